/* SPDX-License-Identifier: Apache-2.0 */
/* A plugin process, for its host: start it, read its first line, end it. */
#ifndef ENSURE_RPC_CHILD_H
#define ENSURE_RPC_CHILD_H

#include <sys/types.h>

#include "base/buf.h"
#include "base/diag.h"

struct ens_child {
    pid_t pid;  /* 0: not started, or ended */
    int output; /* the read end of its stdout; -1: none */
};

/* The child gets this process's environment with the given variables added or replaced
 * ("NAME=VALUE", NULL-terminated; "NAME" alone removes it), an empty pipe as stdin, our stderr,
 * default signals and a process group of its own, so that the terminal's Ctrl-C does not reach
 * it. inherited: a descriptor that it gets as 3; -1: none. */
ens_rc ens_child_start(const char *program, char *const *variables, int inherited,
                       struct ens_child *ret, struct ens_diags *diags) ENS_MUST_USE;

/* Appends the first line of its output, without the line feed. ENS_DEADLINE: there was none in
 * time; ENS_IO: it ended before; ENS_LIMIT: longer than out->max. */
ens_rc ens_child_read_line(struct ens_child *child, int64_t timeout_ms, struct ens_buf *out,
                           struct ens_diags *diags) ENS_MUST_USE;

/* Waits up to patience_ms for its end, then kills its process group; reaps it. */
void ens_child_end(struct ens_child *child, int64_t patience_ms);

#endif
