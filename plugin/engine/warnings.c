/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/warnings.h"

void ens_warn(struct ens_warnings *warnings, ens_str text)
{
    struct ens_diags *reported = warnings->reported;

    for (size_t i = 0; i < reported->count; i++) {
        if (ens_str_is(text, reported->items[i].summary)) {
            return;
        }
    }
    if (text.len == 0 || reported->count == ENS_DIAGS_MAX) {
        return;
    }
    ens_diags_add(reported, ENS_WARNING, NULL, NULL, "%.*s", ENS_STR_ARG(text));
    warnings->items =
        ens_arena_grow(warnings->arena, warnings->items, warnings->count, sizeof(*warnings->items));
    warnings->items[warnings->count++] = ens_arena_dup(warnings->arena, text);
}

void ens_warn_of(struct ens_warnings *warnings, const struct ens_diags *diags)
{
    for (size_t i = 0; diags != NULL && i < diags->count; i++) {
        ens_warn(warnings, ens_diag_line(warnings->arena, &diags->items[i]));
    }
}

void ens_warn_of_audit(struct ens_warnings *warnings, const struct ens_recorder *recorder,
                       unsigned failures_before)
{
    if (recorder->failures != failures_before) {
        ens_warn(warnings, ens_record_warning(recorder));
    }
}
