/* SPDX-License-Identifier: Apache-2.0 */
/* The accounts: their fixed keys, the roles that STS hands out keys of, and how a process is told
 * of them. No text that an engine gives away may hold a key. */
#ifndef ENSURE_TESTS_SIMULATION_KEYS_H
#define ENSURE_TESTS_SIMULATION_KEYS_H

#include "simulation.h"

void sim_keys_draw(struct sim *sim, struct emu_world *world);

const char *sim_account_name(size_t account);

/* The number of an account, by its name. */
size_t sim_account_number(ens_str name);

const char *sim_access_key(size_t cloud, size_t account);

/* The value of an environment variable; NULL: it is not set. */
const char *sim_keys_variable(const struct sim_process *process, const char *name);

enum sim_source sim_keys_source(const struct sim_process *process, size_t cloud);

/* Looks for these bytes too from now on, in sim_keys_check_text. */
void sim_keys_add_secret(struct sim *sim, ens_str secret);

/* Fails if the text has a secret key, a session token or an identity token. */
void sim_keys_check_text(const struct sim *sim, const char *what, ens_str text);

#endif
