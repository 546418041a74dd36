/* SPDX-License-Identifier: Apache-2.0 */
/* The runner of GitHub Actions, when this process is started by one (GITHUB_ACTIONS is set). */
#ifndef ENSURE_CLI_RUNNER_H
#define ENSURE_CLI_RUNNER_H

#include "base/diag.h"
#include "cli/options.h"
#include "cli/report.h"
#include "core/finding.h"

bool ens_runner_is(void);

/* Writes what a verb prints, in whole lines or items. With a runner, no text of a cloud in it can
 * be taken for a workflow command (ens_github_defuse). */
ens_rc ens_runner_write(int fd, enum ens_format format, ens_str text,
                        struct ens_diags *diags) ENS_MUST_USE;

/* Writes the diagnostics to standard error, likewise harmless. Its failure is ignored: there is
 * nowhere to report it. */
void ens_runner_note(const struct ens_diags *diags);

/* Annotations, on standard error; nothing without a runner. Of a result, if there is something to
 * tell of it; of a region that could not be listed; of a warning. */
void ens_runner_result(const struct ens_report *report, const struct ens_result *result);
void ens_runner_failure(const struct ens_find_failure *failure);
void ens_runner_warning(ens_str warning);

/* The annotations of a report, of its warnings alone if it has not all results; and appends it as
 * Markdown to the summary of the step, the file that GITHUB_STEP_SUMMARY names, if it has all. A
 * file that is not written is a warning. Does nothing without a runner. */
void ens_runner_tell(const struct ens_report *report, struct ens_diags *diags);

#endif
