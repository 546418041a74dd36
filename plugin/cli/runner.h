/* SPDX-License-Identifier: Apache-2.0 */
/* The runner of GitHub Actions, when this process is started by one (GITHUB_ACTIONS is set). */
#ifndef ENSURE_CLI_RUNNER_H
#define ENSURE_CLI_RUNNER_H

#include "base/diag.h"
#include "cli/options.h"
#include "cli/report.h"

bool ens_runner_is(void);

/* Writes what a verb prints, in whole lines or items. With a runner, no text of a cloud in it can
 * be taken for a workflow command (ens_github_defuse). */
ens_rc ens_runner_write(int fd, enum ens_format format, ens_str text,
                        struct ens_diags *diags) ENS_MUST_USE;

/* Writes the diagnostics to standard error, likewise harmless. Its failure is ignored: there is
 * nowhere to report it. */
void ens_runner_note(const struct ens_diags *diags);

/* Writes annotations to standard error, and appends the report as Markdown to the summary of the
 * step, the file that GITHUB_STEP_SUMMARY names; a report without all its results is not. A file
 * that is not written is a warning. Does nothing without a runner. */
void ens_runner_tell(const struct ens_report *report, struct ens_diags *diags);

#endif
