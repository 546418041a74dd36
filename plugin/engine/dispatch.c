/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/dispatch.h"

#include "base/alloc.h"

/* False: as many calls are in flight as may be. */
static bool send(struct ens_calls *calls, struct ens_queue *queue)
{
    struct ens_request **requests =
        ens_alloc_array(queue->batch.limit, sizeof(struct ens_request *));
    bool may = true;
    size_t count = 1;

    while (may && count > 0) {
        may = calls->in_flight < ENS_CALLS_MAX;
        count = may ? ens_queue_take(queue, requests) : 0;
        if (count > 0) {
            ens_call_begin(calls, queue, requests, count);
        }
    }
    ens_free(requests);
    return may;
}

void ens_dispatch(struct ens_calls *calls, struct ens_ready *ready)
{
    while (ready->first != NULL) {
        struct ens_queue *queue = ready->first;
        if (!send(calls, queue)) {
            return; /* it stays first; the end of a call makes room */
        }
        ens_queue_looked_at(queue);
    }
}
