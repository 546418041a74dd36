/* SPDX-License-Identifier: Apache-2.0 */
/* The table of a find: instances by place, with as many columns as the terminal is wide enough for.
 */
#ifndef ENSURE_CLI_FIND_TABLE_H
#define ENSURE_CLI_FIND_TABLE_H

#include "cli/style.h"
#include "core/finding.h"
#include "core/pack.h"
#include "core/text_set.h"

/* Rows are kept until the table is written, since the widths of its columns depend on all: in few
 * bytes, with texts that many have in common kept once. */
struct ens_find_table {
    struct ens_text_set texts; /* its arena is also the rows'; set before the first is added */
    unsigned char **rows;      /* records (core/pack.h) */
    size_t count;
    size_t failed; /* regions that could not be listed */
};

void ens_find_table_add(struct ens_find_table *table, const struct ens_finding *finding);
void ens_find_table_write(struct ens_buf *out, const struct ens_find_table *table,
                          const struct ens_style *style);

#endif
