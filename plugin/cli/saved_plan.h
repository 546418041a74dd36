/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A saved plan while it is applied: locked against a second apply at the same time, and marked in
 * its file once nothing of it is left to be done, so that it is applied once.
 */
#ifndef ENSURE_CLI_SAVED_PLAN_H
#define ENSURE_CLI_SAVED_PLAN_H

#include "base/buf.h"
#include "core/document.h"

struct ens_saved_plan {
    const char *path;
    int fd;              /* holds the lock; -1: the plan is not in a regular file */
    unsigned mode;       /* of the file */
    struct ens_buf text; /* that the file holds */
};

/*
 * Locks the plan and reads it again, since another process may have marked it in the meantime;
 * *plan becomes what is in the file now. A plan that is being applied or was applied is refused.
 * One from a pipe can be neither locked nor marked.
 */
ens_rc ens_saved_plan_open(struct ens_arena *arena, const char *path, struct ens_saved_plan *ret,
                           struct ens_document *plan, struct ens_diags *diags) ENS_MUST_USE;

/* Writes into the file that the plan was applied now; that it can't be is a warning. */
void ens_saved_plan_mark(const struct ens_saved_plan *saved, struct ens_diags *diags);

void ens_saved_plan_close(struct ens_saved_plan *saved); /* a zeroed one too */
#define ENS_AUTO_SAVED_PLAN ENS_CLEANUP(ens_saved_plan_close) struct ens_saved_plan

#endif
