/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "cli/session_private.h"

/* Reads "LIST[INDEX]: REST". False: the text is not of this form. */
static bool read_position(const char *text, size_t *ret_index, const char **ret_rest)
{
    const size_t list = strspn(text, "abcdefghijklmnopqrstuvwxyz");
    char *end = NULL;

    if (list == 0 || text[list] != '[' || strspn(text + list + 1, "0123456789") == 0) {
        return false;
    }
    *ret_index = strtoul(text + list + 1, &end, 10);
    if (strncmp(end, "]: ", 3) != 0) {
        return false;
    }
    *ret_rest = end + 3;
    return true;
}

void ens_session_tell(const struct ens_diags *told, const struct ens_session_parts *parts,
                      struct ens_diags *diags)
{
    for (size_t i = 0; i < told->count; i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        const struct ens_diag *diag = &told->items[i];
        const char *summary = diag->summary;
        const char *where = diag->where;
        size_t index = 0;
        if (read_position(summary, &index, &summary) && index < parts->count) {
            where = parts->name(parts->ud, arena, index).ptr;
        } else {
            summary = diag->summary;
        }
        ens_diags_add(diags, diag->severity, where, diag->detail, "%s", summary);
    }
}
