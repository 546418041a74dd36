/* SPDX-License-Identifier: Apache-2.0 */
/* The last line of a report: "12 instances: 3 running, 5 to start (3 validated, 2 simulated), 1
 * wait, ...".
 */
#ifndef ENSURE_CLI_SUMMARY_H
#define ENSURE_CLI_SUMMARY_H

#include "cli/style.h"

/* Without a line feed. */
void ens_summary_line(struct ens_buf *out, const struct ens_report *report,
                      const struct ens_style *style);

#endif
