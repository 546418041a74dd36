/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The oracles: what must hold of each request, each effect and each result, judged by what the
 * model of the clouds did and showed. They know nothing of the engine's decisions.
 */
#ifndef ENSURE_TESTS_SIMULATION_WATCH_H
#define ENSURE_TESTS_SIMULATION_WATCH_H

#include "network.h"

/* A request goes out, and is answered or given up. */
void sim_watch_sent(struct ens_transfer *transfer);
void sim_watch_answered(struct ens_transfer *transfer);
void sim_watch_left(struct ens_transfer *transfer);

/* The model was started by a request. */
void sim_watch_effect(struct ens_transfer *transfer, size_t index);

/* What a job tells. */
void sim_watch_progress(struct sim_job *job, size_t index, const struct ens_result *result);
void sim_watch_result(struct sim_job *job, size_t index, const struct ens_result *result);
void sim_watch_done(struct sim_job *job);

/* After each step of the engine, and when all is over. */
void sim_watch_step(const struct sim *sim);
void sim_watch_end(const struct sim *sim);

#endif
