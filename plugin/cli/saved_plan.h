/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A saved plan while it is applied: its file is locked against a concurrent apply, and marked as
 * applied once all targets are finished, so that it is applied only once.
 */
#ifndef ENSURE_CLI_SAVED_PLAN_H
#define ENSURE_CLI_SAVED_PLAN_H

#include "base/buf.h"
#include "core/document.h"

struct ens_saved_plan {
    const char *path;
    int fd;              /* holds the lock; -1: the plan is not in a regular file */
    unsigned mode;       /* of the file */
    struct ens_buf text; /* the content of the file */
};

/*
 * Locks the plan and reads it again into *plan, since another process may have marked it in the
 * meantime. A plan that is being applied or was applied is refused. A plan from a pipe can be
 * neither locked nor marked.
 */
ens_rc ens_saved_plan_open(struct ens_arena *arena, const char *path, struct ens_saved_plan *ret,
                           struct ens_document *plan, struct ens_diags *diags) ENS_MUST_USE;

/* Writes the time of the apply into the file; failure is a warning. */
void ens_saved_plan_mark(const struct ens_saved_plan *saved, struct ens_diags *diags);

void ens_saved_plan_close(struct ens_saved_plan *saved); /* may be zeroed */
#define ENS_AUTO_SAVED_PLAN ENS_CLEANUP(ens_saved_plan_close) struct ens_saved_plan

#endif
