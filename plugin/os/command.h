/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a program and collects what it writes, without waiting: its owner polls when one of its
 * descriptors can be read. No shell is involved. The program inherits the environment and the
 * working directory; its standard input is empty, and no other descriptor of this process is open
 * in it. It runs in a process group of its own, which is killed when the program has ended or is
 * given up, so that nothing it started stays behind unless it left the group.
 *
 * A supervisor between this process and the program waits for it and reports how it ended, so that
 * the host's own handling of SIGCHLD has no influence.
 */
#ifndef ENSURE_OS_COMMAND_H
#define ENSURE_OS_COMMAND_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/host.h"

#define ENS_COMMAND_WORDS_MAX  64u                 /* of one command */
#define ENS_COMMAND_OUTPUT_MAX ((size_t)64 * 1024) /* bytes of standard output */
#define ENS_COMMAND_ERROR_MAX  ((size_t)4 * 1024)  /* bytes of standard error that are kept */

#define ENS_COMMAND_FDS        3

struct ens_command {
    int pid;                  /* of the supervisor, and of the group */
    int fds[ENS_COMMAND_FDS]; /* standard output, standard error, end; -1: at its end */
    char *output;             /* wiped */
    size_t output_len;
    char *error;
    size_t error_len;
    int status; /* of waitpid; -1: not known */
};

/* Starts a program, which is searched in PATH if its name has no '/'. */
ens_rc ens_command_start(const ens_str *words, size_t count,
                         const struct ens_environment *environment, struct ens_command *ret,
                         struct ens_diags *diags) ENS_MUST_USE;

/* Reads what the program has written. True: the program has ended, or wrote too much. */
bool ens_command_poll(struct ens_command *command);

/* After poll has returned true: ENS_OK if the program succeeded; *ret_output is valid until
 * ens_command_done. Otherwise a diagnostic, with the first line of its standard error. */
ens_rc ens_command_result(struct ens_command *command, ens_str *ret_output,
                          struct ens_diags *diags) ENS_MUST_USE;

/* Kills what is left of it, and wipes the output. */
void ens_command_done(struct ens_command *command);

#endif
