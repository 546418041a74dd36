/* SPDX-License-Identifier: Apache-2.0 */
/* Where a run that fails says so. */
#ifndef ENSURE_TESTS_SIMULATION_REPORT_H
#define ENSURE_TESTS_SIMULATION_REPORT_H

#include "simulation.h"

#define SIM_REPORT_MAX  1000
#define SIM_WORKERS_MAX 64

/* What the processes of a simulation share. */
struct sim_report {
    _Atomic uint64_t next_seed;
    _Atomic uint64_t events;
    _Atomic uint64_t effects; /* starts that happened */
    _Atomic uint64_t faults;
    _Atomic bool stop;
    _Atomic bool failed;                       /* seed and text are set */
    _Atomic uint64_t current[SIM_WORKERS_MAX]; /* the seed that each worker is at */
    uint64_t seed;
    char text[SIM_REPORT_MAX];
};

/* Shared with children that are forked after this. */
struct sim_report *sim_report_new(void);

/* Notes the first failure, and ends the process with SIM_EXIT_FAILED. */
#define SIM_EXIT_FAILED 3
_Noreturn void sim_report_failure(const struct sim *sim, const char *text);
void sim_report_note(uint64_t seed, const char *text);

#endif
