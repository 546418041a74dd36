/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests to STS, and the oracles on them: when keys may be asked for, with which keys calls are
 * signed, and what is told of failed renewals.
 */
#ifndef ENSURE_TESTS_SIMULATION_LOGIN_H
#define ENSURE_TESTS_SIMULATION_LOGIN_H

#include "network.h"

/* A request to STS: what it asks for; its way out, to STS and back. */
void sim_login_understand(struct ens_transfer *transfer);
void sim_login_sent(struct ens_transfer *transfer);
void sim_login_reach(struct ens_transfer *transfer); /* before STS answers */
void sim_login_served(struct ens_transfer *transfer);
void sim_login_answered(struct ens_transfer *transfer);
void sim_login_left(struct ens_transfer *transfer);

/* A call of the API goes out; is about to be served; was refused by a code. */
void sim_login_call(struct ens_transfer *transfer);
void sim_login_check_signer(const struct ens_transfer *transfer);
void sim_login_refused(const struct ens_transfer *transfer);
bool sim_login_says_expired(const struct ens_transfer *transfer);

/* What a job tells. */
void sim_login_result(const struct sim_job *job, const struct sim_instance *instance,
                      const struct ens_result *result);
void sim_login_done(const struct sim_job *job);

/* The process has no job: what it knew of failures is forgotten. */
void sim_login_rest(struct sim_process *process);

#endif
