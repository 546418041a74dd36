/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/dispatch.h"

#include "base/alloc.h"

/* False: ENS_CALLS_MAX is reached. */
static bool send(struct ens_calls *calls, struct ens_queue *queue)
{
    struct ens_request **requests =
        ens_alloc_array(queue->batch.limit, sizeof(struct ens_request *));
    bool below_limit = true;
    size_t count = 1;

    while (below_limit && count > 0) {
        below_limit = calls->in_flight < ENS_CALLS_MAX;
        count = below_limit ? ens_queue_take(queue, requests) : 0;
        if (count > 0) {
            ens_call_begin(calls, queue, requests, count);
        }
    }
    ens_free(requests);
    return below_limit;
}

void ens_dispatch(struct ens_calls *calls, struct ens_ready *ready)
{
    while (ready->first != NULL) {
        struct ens_queue *queue = ready->first;
        if (!send(calls, queue)) {
            return; /* it stays first, until a call ends */
        }
        ens_queue_dispatched(queue);
    }
}
