/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Common code of the benchmarks: runs the runners in turn and prints a table of the results. All
 * functions end the program with a message if they fail.
 */
#ifndef ENSURE_TESTS_BENCH_BENCH_H
#define ENSURE_TESTS_BENCH_BENCH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/rc.h"

__attribute__((noreturn)) void bench_fail(const char *format, ...) ENS_PRINTF(1, 2);

/* An option --NAME NUMBER of the command line. */
struct bench_option {
    const char *name;
    const char *help;
    size_t value; /* the default, replaced by bench_options */
};
/* Parses the command line; an unknown option is an error. Also sets an alarm, so that a benchmark
 * that hangs is terminated. */
void bench_options(int argc, char **argv, const char *about, struct bench_option *options,
                   size_t count);

/* The times of one run. */
struct bench_take {
    double wall_s;
    double cpu_s; /* of all threads and processes involved, except the emulator */
};

struct bench_watch {
    double wall_s;
    double cpu_s;
};
struct bench_watch bench_begin(void);
struct bench_take bench_end(const struct bench_watch *watch); /* cpu_s: of this process only */

struct bench_runner {
    const char *name;
    struct bench_take (*go)(void *ud);
    void *ud;
};

/* Runs each runner in turn, rounds times, so that disturbances affect all alike, and prints a line
 * for each: median and minimum time of a run, the same per unit (such as "request"), and the ratios
 * of time and CPU to the first runner: the medians of the ratios within the rounds. For profiling:
 * if BENCH_ONLY is set, only runners whose "title/name" matches that pattern are run, such as
 * "*baidu/engine". */
void bench_race(const char *title, const char *unit, size_t units,
                const struct bench_runner *runners, size_t count, size_t rounds);

/* Sorts the values, of which there is at least one. */
double bench_median(double *values, size_t count);

/* A temporary directory, which is removed when the program exits. */
const char *bench_directory(void);
/* Writes a file into that directory and returns its path, which is never freed. */
const char *bench_write(const char *name, const char *text);

#endif
