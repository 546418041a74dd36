/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Operations on more targets than results are kept of: each result is written when it is its turn,
 * counted, and forgotten. JSON documents have their warnings and summary last then. Of more than
 * ENS_RESULTS_MAX instances a table shows the notes and the summary alone.
 */
#ifndef ENSURE_CLI_BULK_H
#define ENSURE_CLI_BULK_H

#include "cli/exit_code.h"
#include "cli/options.h"
#include "cli/session.h"

/* Fails where that many targets can't be done as the options say, because all results would have to
 * be kept. Call it before the plugin is started. */
ens_rc ens_bulk_check(const struct ens_options *options, size_t count,
                      struct ens_diags *diags) ENS_MUST_USE;

/* Whether the operation on that many targets is one for ens_bulk_run. */
bool ens_bulk_is(const struct ens_options *options, size_t count);

/* Runs the operation, writes its results to standard output, and returns the exit code. */
enum ens_exit_code ens_bulk_run(struct ens_session *session, const struct ens_operation *operation,
                                const struct ens_options *options, struct ens_diags *diags);

#endif
