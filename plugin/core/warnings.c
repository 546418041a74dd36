/* SPDX-License-Identifier: Apache-2.0 */
#include "core/warnings.h"

void ens_warn(struct ens_warnings *warnings, ens_str text)
{
    warnings->items =
        ens_arena_grow(warnings->arena, warnings->items, warnings->count, sizeof(*warnings->items));
    warnings->items[warnings->count++] = ens_arena_dup(warnings->arena, text);
}
