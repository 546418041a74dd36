/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A report as JUnit XML, for Jenkins, GitLab and the like: one test case for each target. A refused
 * or failed target is a failure, an unfinished one an error, with the reason for its type. Fits
 * both common schemas, Ant's and that of Jenkins' xUnit plugin.
 */
#ifndef ENSURE_CLI_JUNIT_H
#define ENSURE_CLI_JUNIT_H

#include "cli/report.h"

void ens_junit_write(struct ens_buf *out, const struct ens_report *report);

#endif
