/* SPDX-License-Identifier: Apache-2.0 */
/* The notes below the table: reasons and advice for refused and failed instances, and the changes
 * since the plan. Writes nothing if there are none. */
#ifndef ENSURE_CLI_NOTES_H
#define ENSURE_CLI_NOTES_H

#include "cli/style.h"

void ens_notes_write(struct ens_buf *out, const struct ens_report *report,
                     const struct ens_style *style);

/* "planned start (stopped), now none (running)". */
ens_str ens_change_text(struct ens_arena *arena, const struct ens_result *planned,
                        const struct ens_result *found);

/* "Insufficient.Balance, HTTP 400, request 2026..."; empty: no reply was received. The text is
 * clean (cli/text.h). */
ens_str ens_answer_text(struct ens_arena *arena, const struct ens_result *result);

#endif
