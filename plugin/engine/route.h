/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Routes: an account, a region and the resulting endpoint, with one queue for each kind of call.
 * The offset of the cloud's clock is kept here too.
 */
#ifndef ENSURE_ENGINE_ROUTE_H
#define ENSURE_ENGINE_ROUTE_H

#include "engine/account.h"
#include "engine/queue.h"

#define ENS_ROUTE_CHAINS 256u /* of the hash table */

struct ens_route {
    struct ens_route *next; /* in its hash chain */
    struct ens_account *account;
    ens_str region;
    ens_str base;            /* scheme://host[:port] */
    ens_str host;            /* the Host header, which is signed */
    int64_t clock_offset_s;  /* of the cloud's clock to ours, from a clock_skew reply */
    struct ens_pace pace;    /* of all calls */
    struct ens_arena *arena; /* of the texts */
    struct ens_queue queues[ENS_CALL_KIND_COUNT];
};

struct ens_routes {
    struct ens_timers *timers;
    struct ens_ready ready; /* queues to dispatch */
    struct ens_route *chains[ENS_ROUTE_CHAINS];
};

void ens_routes_init(struct ens_routes *routes, struct ens_timers *timers);
void ens_routes_clear(struct ens_routes *routes); /* no request is in any queue */

/* The route of the account and region, made on first use. */
struct ens_route *ens_route_get(struct ens_routes *routes, struct ens_account *account,
                                ens_str region);

#endif
