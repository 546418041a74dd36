/* SPDX-License-Identifier: Apache-2.0 */
/* Programs that a benchmark starts. None outlives it: they are killed when it dies. */
#ifndef ENSURE_TESTS_BENCH_PROCESS_H
#define ENSURE_TESTS_BENCH_PROCESS_H

#include <sys/types.h>

#include "bench.h"

struct process {
    pid_t pid;
    int output; /* what it writes to stdout */
};

/* arguments and variables ("NAME=VALUE") end with NULL; variables may be NULL. stdin is /dev/null,
 * stderr a file of bench_directory(). */
struct process process_start(const char *const *arguments, const char *const *variables);

/* Reads the first line of its output, or all there is; the line's end is cut off. */
void process_read_line(const struct process *process, char *line, size_t size);

struct process_end {
    struct bench_take cpu; /* wall_s is 0; with the children that it waited for */
    size_t rss_max;        /* bytes, of the largest of them */
    int code;              /* exit code; -1: ended by a signal */
};
/* Sends the signal, if not 0, and waits. */
struct process_end process_finish(struct process *process, int signal_number);

/* Runs it to its end, without its output; another exit code than expected fails, with the first
 * lines of its stderr. */
struct bench_take process_run(const char *const *arguments, const char *const *variables,
                              int expected_code, size_t *ret_rss_max);

/* A line of /proc/PID/status, such as "VmHWM", in bytes; pid 0: this process. */
size_t process_status(pid_t pid, const char *name);
/* The same of /proc/PID/smaps_rollup, such as "Private_Dirty". */
size_t process_smaps(pid_t pid, const char *name);

#endif
