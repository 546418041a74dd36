/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/rest.h"

#include <stddef.h>

void ens_rests_init(struct ens_rests *rests)
{
    *rests = (struct ens_rests){.first = NULL};
    (void)pthread_mutex_init(&rests->lock, NULL);
}

void ens_rests_done(struct ens_rests *rests)
{
    (void)pthread_mutex_destroy(&rests->lock);
}

void ens_rest_begin(struct ens_rests *rests, struct ens_rest *rest)
{
    (void)pthread_mutex_lock(&rests->lock);
    rest->until = gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                               gpr_time_from_millis(ENS_RPC_REST_MS, GPR_TIMESPAN));
    rest->next = NULL;
    rest->previous = rests->last;
    *(rests->last != NULL ? &rests->last->next : &rests->first) = rest;
    rests->last = rest;
    rest->listed = true;
    (void)pthread_mutex_unlock(&rests->lock);
}

static void unlist(struct ens_rests *rests, struct ens_rest *rest)
{
    *(rest->previous != NULL ? &rest->previous->next : &rests->first) = rest->next;
    *(rest->next != NULL ? &rest->next->previous : &rests->last) = rest->previous;
    rest->listed = false;
}

bool ens_rest_end(struct ens_rests *rests, struct ens_rest *rest)
{
    (void)pthread_mutex_lock(&rests->lock);
    const bool listed = rest->listed;
    if (listed) {
        unlist(rests, rest);
    }
    (void)pthread_mutex_unlock(&rests->lock);
    return listed;
}

struct ens_rpc_call *ens_rest_next(struct ens_rests *rests, gpr_timespec *until)
{
    struct ens_rpc_call *call = NULL;

    (void)pthread_mutex_lock(&rests->lock);
    struct ens_rest *first = rests->first;
    if (first != NULL && gpr_time_cmp(first->until, gpr_now(GPR_CLOCK_MONOTONIC)) <= 0) {
        call = first->call;
        unlist(rests, first);
    } else if (first != NULL) {
        *until = gpr_time_min(*until, first->until);
    }
    (void)pthread_mutex_unlock(&rests->lock);
    return call;
}
