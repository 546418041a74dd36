/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Output in a step of GitHub Actions: annotations of targets, and text that can't be taken for a
 * workflow command. Pure.
 */
#ifndef ENSURE_CLI_GITHUB_H
#define ENSURE_CLI_GITHUB_H

#include "cli/report.h"
#include "core/finding.h"

/* Workflow commands, one line each. Of a result: ::error if it failed (ens_report_failed),
 * ::warning if it is unfinished or unverified, else nothing. */
void ens_github_result(struct ens_buf *out, const struct ens_report *report,
                       const struct ens_result *result);
void ens_github_failure(struct ens_buf *out, const struct ens_find_failure *failure); /* ::error */
void ens_github_warning(struct ens_buf *out, ens_str warning); /* ::warning */

/* Of the report's results, if it has all, and of its warnings. */
void ens_github_annotations(struct ens_buf *out, const struct ens_report *report);

/* Adds text of several lines with every beginning of a workflow command changed: the runner obeys
 * "::" at the beginning of a line and "##[" anywhere. The last character of both is replaced by
 * this, which has the same meaning in the format of the text. */
void ens_github_defuse(struct ens_buf *out, ens_str text, const char *colon, const char *bracket);

#endif
