/* SPDX-License-Identifier: Apache-2.0 */
/* The exit codes of the host tool, which scripts rely on. */
#ifndef ENSURE_CLI_EXIT_CODE_H
#define ENSURE_CLI_EXIT_CODE_H

#include "cli/report.h"
#include "core/finding.h"

enum ens_exit_code {
    ENS_EXIT_OK = 0,
    ENS_EXIT_USAGE = 1,   /* usage or configuration, or no target had credentials */
    ENS_EXIT_PENDING = 2, /* plan --detailed-exitcode: something to start */
    ENS_EXIT_FAILED = 3,  /* at least one target refused, failed, or (status) absent or not read */
    ENS_EXIT_UNFINISHED = 4, /* apply, wait: the final state of at least one target is not known */
    ENS_EXIT_INTERRUPTED = 130,
};

/* The exit code of a completed operation: the first that applies of 1, 3, 4, 2, 0. detailed: 2 is
 * returned, else 0 instead of it. */
enum ens_exit_code ens_exit_code_of(const struct ens_report *report, bool detailed);

/* The selectors of a find that have no answer, or no complete one. */
struct ens_find_failures {
    size_t count;
    size_t unconfigured; /* of those: nothing was sent to the cloud */
};

void ens_find_failures_add(struct ens_find_failures *failures,
                           const struct ens_find_failure *failure);

/* selectors: how many there were. The first that applies of 1, 3, 0. */
enum ens_exit_code ens_find_exit_code(const struct ens_find_failures *failures, size_t selectors);

#endif
