/* SPDX-License-Identifier: Apache-2.0 */
/* The exit codes of the host tool, which scripts rely on. */
#ifndef ENSURE_CLI_EXIT_CODE_H
#define ENSURE_CLI_EXIT_CODE_H

#include "cli/report.h"

enum ens_exit_code {
    ENS_EXIT_OK = 0,
    ENS_EXIT_USAGE = 1,   /* usage or configuration, or no target had credentials */
    ENS_EXIT_PENDING = 2, /* plan, where that was asked for: something to start */
    ENS_EXIT_FAILED = 3,  /* at least one target refused, failed, or (status) absent or not read */
    ENS_EXIT_UNFINISHED = 4, /* apply: it is not known of at least one what becomes of it */
    ENS_EXIT_INTERRUPTED = 130,
};

/* Of an operation that was done to its end: the first that holds of 1, 3, 4, 2, 0. detailed: 2 is
 * told from 0. */
enum ens_exit_code ens_exit_code_of(const struct ens_report *report, bool detailed);

#endif
