/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the benchmarks share: takes of contenders side by side, and the table that shows them.
 * Everything fails by ending the program with a sentence: there is nothing to measure then.
 */
#ifndef ENSURE_TESTS_BENCH_BENCH_H
#define ENSURE_TESTS_BENCH_BENCH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/rc.h"

__attribute__((noreturn)) void bench_fail(const char *format, ...) ENS_PRINTF(1, 2);

/* The number behind --NAME on the command line; otherwise stands when it is not given. Anything
 * that bench_options did not see named is refused there. */
struct bench_option {
    const char *name;
    const char *help;
    size_t value; /* the default, then what was given */
};
/* Also puts an upper limit on the life of the program, so that a benchmark that hangs ends. */
void bench_options(int argc, char **argv, const char *about, struct bench_option *options,
                   size_t count);

/* What one go took. */
struct bench_take {
    double wall_s;
    double cpu_s; /* of all threads and processes that did it, the emulator left out */
};

struct bench_watch {
    double wall_s;
    double cpu_s;
};
struct bench_watch bench_begin(void);
struct bench_take bench_end(const struct bench_watch *watch); /* this process's own CPU */

struct bench_runner {
    const char *name;
    struct bench_take (*go)(void *ud);
    void *ud;
};

/* Lets each runner go in turn, rounds times, so that what disturbs one disturbs all, and prints a
 * line for each: median and least time of a go, what that is for one of its units (such as
 * "request"), and how time and CPU compare with the first runner's: the medians of the ratios
 * within the rounds. For profilers: with BENCH_ONLY in the environment only those go whose
 * "title/name" fits the pattern, such as "*baidu/engine". */
void bench_race(const char *title, const char *unit, size_t units,
                const struct bench_runner *runners, size_t count, size_t rounds);

/* A directory that is gone, with all that is in it, when the program ends by itself. */
const char *bench_directory(void);
/* Writes a file into it and returns its path, which lives as long as the program. */
const char *bench_write(const char *name, const char *text);

#endif
