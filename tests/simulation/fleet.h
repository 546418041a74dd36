/* SPDX-License-Identifier: Apache-2.0 */
/* What a run begins with: accounts, instances, faults, operators and errands, drawn from the seed.
 */
#ifndef ENSURE_TESTS_SIMULATION_FLEET_H
#define ENSURE_TESTS_SIMULATION_FLEET_H

#include "simulation.h"

void sim_draw(struct sim *sim);

const char *sim_access_key(size_t cloud, size_t account);
const char *sim_secret_key(size_t cloud, size_t account);

/* Another user starts, stops or deletes an instance. */
void sim_others_act(struct sim *sim);

#endif
