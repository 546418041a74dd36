/* SPDX-License-Identifier: Apache-2.0 */
#include "ansible/fleet.h"

#include "ansible/module_output.h"

#define NAMED_MAX 5 /* ids that a message lists */

bool ens_fleet_any(const struct ens_fleet *fleet, ens_select_fn *selected)
{
    for (size_t i = 0; i < fleet->count; i++) {
        if (selected(fleet->args, &fleet->results[i])) {
            return true;
        }
    }
    return false;
}

/* Appends the ids of the selected instances with that reason; returns the first of them. */
static const struct ens_result *add_names(struct ens_buf *text, const struct ens_fleet *fleet,
                                          ens_select_fn *selected, enum ens_reason reason)
{
    const struct ens_result *first = NULL;
    size_t names = 0;

    for (size_t i = 0; i < fleet->count; i++) {
        const struct ens_result *result = &fleet->results[i];

        if (result->reason != reason || !selected(fleet->args, result)) {
            continue;
        }
        first = first == NULL ? result : first;
        if (names++ < NAMED_MAX) {
            ens_buf_addf(text, "%s%.*s", names > 1 ? ", " : "", ENS_STR_ARG(result->target.id));
        }
    }
    if (names > NAMED_MAX) {
        ens_buf_addf(text, " and %zu more", names - NAMED_MAX);
    }
    return first;
}

void ens_fleet_add_reason(struct ens_buf *text, const struct ens_fleet *fleet,
                          ens_select_fn *selected, enum ens_reason reason)
{
    const struct ens_result *first = add_names(text, fleet, selected, reason);

    if (first == NULL) {
        return;
    }
    ens_buf_addf(text, ": %.*s %.*s%s(%s", ENS_STR_ARG(first->message), ENS_STR_ARG(first->advice),
                 first->advice.len > 0 ? " " : "", ens_reason_name(reason));
    ens_module_add_reply(text, first->provider_code, first->request_id);
    ens_buf_add_char(text, ')');
}

void ens_fleet_add_reasons(struct ens_buf *text, const struct ens_fleet *fleet,
                           ens_select_fn *selected)
{
    for (int reason = 0; reason < ENS_REASON_COUNT; reason++) {
        ENS_AUTO_BUF clause = ens_buf_new(ENS_MODULE_TEXT_MAX);

        ens_fleet_add_reason(&clause, fleet, selected, (enum ens_reason)reason);
        if (clause.len > 0) {
            ens_buf_addf(text, "; %s", ens_buf_text(&clause));
        }
    }
}
