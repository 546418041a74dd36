/* SPDX-License-Identifier: Apache-2.0 */
/* Below the table: why instances were refused or failed and what to do, and what changed since the
 * plan. Nothing where there is nothing to say. */
#ifndef ENSURE_CLI_NOTES_H
#define ENSURE_CLI_NOTES_H

#include "cli/style.h"

#define ENS_NOTES_MAX 20 /* instances that are named in one note; the table's rows name all */

void ens_notes_write(struct ens_buf *out, const struct ens_report *report,
                     const struct ens_style *style);

/* "planned start (stopped), now none (running)". */
ens_str ens_change_text(struct ens_arena *arena, const struct ens_result *planned,
                        const struct ens_result *found);

/* "Insufficient.Balance, HTTP 400, request 2026..."; empty: no cloud answered. Clean. */
ens_str ens_answer_text(struct ens_arena *arena, const struct ens_result *result);

#endif
