/* SPDX-License-Identifier: Apache-2.0 */
/* Child processes of a benchmark; they are killed when it exits. */
#ifndef ENSURE_TESTS_BENCH_PROCESS_H
#define ENSURE_TESTS_BENCH_PROCESS_H

#include <sys/types.h>

#include "bench.h"

struct process {
    pid_t pid;
    int output; /* read end of a pipe from its stdout */
};

/* arguments and variables ("NAME=VALUE") end with NULL; variables may be NULL. stdin is /dev/null,
 * stderr a file of bench_directory(). */
struct process process_start(const char *const *arguments, const char *const *variables);

/* Reads the first line of its output, without the line end; or all output, if it has no line end.
 */
void process_read_line(const struct process *process, char *line, size_t size);

struct process_end {
    struct bench_take cpu; /* wall_s is 0; includes children that it waited for */
    size_t rss_max;        /* in bytes; the maximum of all these processes */
    int code;              /* exit code; -1: ended by a signal */
};
/* Sends the signal, if not 0, and waits. */
struct process_end process_finish(struct process *process, int signal_number);

/* Runs a program until it exits, and discards its output. If the exit code is not the expected one,
 * the benchmark ends with the first lines of its stderr. */
struct bench_take process_run(const char *const *arguments, const char *const *variables,
                              int expected_code, size_t *ret_rss_max);

/* The same, and the peaks of resident memory of the program itself and of its first child, as last
 * seen before they ended. */
struct process_peaks {
    size_t own;
    size_t child;
};
struct bench_take process_run_seen(const char *const *arguments, const char *const *variables,
                                   int expected_code, struct process_peaks *ret);

/* The same of an ensure command that would run on: it is interrupted once over(ud), which is asked
 * sometimes, is true. */
void process_run_until(const char *const *arguments, const char *const *variables,
                       bool (*over)(void *ud), void *ud, struct process_peaks *ret);

/* A value of /proc/PID/status, such as "VmHWM", in bytes; pid 0: this process. */
size_t process_status(pid_t pid, const char *name);
/* A value of /proc/PID/smaps_rollup, such as "Anonymous", in bytes. */
size_t process_smaps(pid_t pid, const char *name);

#endif
