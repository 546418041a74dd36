/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "engine/call_private.h"

struct ens_call_spec ens_call_spec_of(const struct ens_call *call)
{
    const bool list = ens_call_is_list(call->queue->kind);

    return (struct ens_call_spec){
        .struct_size = sizeof(struct ens_call_spec),
        .flags = ens_call_is_dry(call->queue->kind) ? ENS_SPEC_DRY_RUN : 0,
        .region = call->queue->route->region,
        .ids = list ? NULL : call->ids,
        .id_count = list ? 0 : call->sent,
        .client_token = call->client_token,
        .page = call->page,
    };
}

int64_t ens_call_deadline(const struct ens_call *call)
{
    int64_t last = INT64_MIN;

    for (size_t i = 0; i < call->count; i++) {
        const struct ens_request *request = call->requests[i];
        if (request != NULL && request->deadline_ms > last) {
            last = request->deadline_ms;
        }
    }
    return last;
}

struct ens_call *ens_call_detach(struct ens_request *request)
{
    struct ens_call *call = request->call;

    call->requests[request->slot] = NULL;
    call->live--;
    request->call = NULL;
    return call;
}

void ens_call_drop_ended(struct ens_call *call)
{
    size_t kept = 0;

    if (call->page.len > 0 || call->live == call->count) {
        return;
    }
    for (size_t i = 0; i < call->count; i++) {
        if (call->requests[i] != NULL) {
            call->ids[kept] = call->ids[i];
            call->requests[kept] = call->requests[i];
            call->requests[kept]->slot = (uint32_t)kept;
            kept++;
        }
    }
    call->count = kept;
    call->sent = call->sent < kept ? call->sent : kept;
}

void ens_call_deliver(struct ens_call *call, size_t slot, const struct ens_outcome *outcome)
{
    struct ens_request *request = call->requests[slot];

    if (request != NULL) {
        (void)ens_call_detach(request);
        request->done(request, outcome);
    }
}

void ens_call_deliver_sent(struct ens_call *call, const struct ens_outcome *outcome)
{
    for (size_t i = 0; i < call->sent; i++) {
        ens_call_deliver(call, i, outcome);
    }
}

void ens_call_deliver_all(struct ens_call *call, const struct ens_outcome *outcome)
{
    call->sent = call->count;
    ens_call_deliver_sent(call, outcome);
}

void ens_call_deliver_rest(struct ens_call *call, const struct ens_outcome *outcome)
{
    struct ens_outcome rest = *outcome;

    rest.sent = false;
    ens_call_deliver_all(call, &rest);
}

static int compare_ids(const void *a, const void *b)
{
    return ens_str_cmp(*(const ens_str *)a, *(const ens_str *)b);
}

bool ens_call_find(const struct ens_call *call, ens_str id, size_t *ret)
{
    const ens_str *found = bsearch(&id, call->ids, call->sent, sizeof(id), compare_ids);

    if (found == NULL) {
        return false;
    }
    *ret = (size_t)(found - call->ids);
    return true;
}
