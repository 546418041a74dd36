/* SPDX-License-Identifier: Apache-2.0 */
/* The table output: instances grouped by cloud and region, notes, the summary line. */
#ifndef ENSURE_CLI_TABLE_H
#define ENSURE_CLI_TABLE_H

#include "cli/style.h"

/*
 * Written piece by piece, so that it never is in memory as a whole: the owner of the buffer may
 * write out and reset it between two calls. The table is in the arena; report and style must
 * outlive it. next appends whole lines; false: there were no more.
 */
struct ens_table *ens_table_begin(struct ens_arena *arena, struct ens_buf *out,
                                  const struct ens_report *report, const struct ens_style *style);
bool ens_table_next(struct ens_table *table);

/* ---- columns: titles and cells of a result; also used by Markdown ---------------------------- */

#define ENS_COLUMNS_MAX 5 /* of any view */

struct ens_cell {
    ens_str text; /* clean; may be empty */
    enum ens_tone tone;
};

struct ens_column {
    const char *title;
    struct ens_cell (*cell)(struct ens_arena *arena, enum ens_view view,
                            const struct ens_result *result);
};

const struct ens_column *ens_table_columns(enum ens_view view, size_t *ret_count);

#endif
