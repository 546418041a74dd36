/* The columns of each view: their titles, and what stands in them about one result. */
#ifndef ENSURE_CLI_TABLE_CELLS_H
#define ENSURE_CLI_TABLE_CELLS_H

#include "cli/style.h"

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
