/* SPDX-License-Identifier: Apache-2.0 */
/* Engines, and the jobs that operators give them. */
#ifndef ENSURE_TESTS_SIMULATION_PROCESS_H
#define ENSURE_TESTS_SIMULATION_PROCESS_H

#include "simulation.h"

/* The operator's next job, in a process that fits. */
void sim_operator_next(struct sim_operator *owner);

void sim_job_cancel(struct sim_job *job);

/* Nothing more of it is sent, heard, logged or told. Its operators come back. */
void sim_process_die(struct sim_process *process);

/* Steps those that want it. */
void sim_processes_step(struct sim *sim);
int64_t sim_processes_next(const struct sim *sim);
void sim_processes_done(struct sim *sim);

void sim_errand_add(struct sim *sim, struct sim_errand errand);

#endif
