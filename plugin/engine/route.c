/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/route.h"

#include "base/alloc.h"
#include "base/hash.h"
#include "http/endpoint.h"

static size_t limit_of(const struct ens_provider *provider, enum ens_call_kind kind)
{
    switch (kind) {
    case ENS_CALL_READ:
    case ENS_CALL_PROBE:
        return provider->describe_limit;
    case ENS_CALL_DRY_RUN:
        return provider->dry_run_limit > 0 ? provider->dry_run_limit : 1;
    case ENS_CALL_FIND:
    case ENS_CALL_FIND_PROBE:
        return 1; /* each list is a call of its own */
    case ENS_CALL_START:
        break;
    }
    /* A client token identifies one start, so with tokens each start is a separate call. */
    return provider->capabilities & ENS_CAP_CLIENT_TOKEN ? 1 : provider->start_limit;
}

static struct ens_route *route_new(struct ens_routes *routes, struct ens_account *account,
                                   ens_str region)
{
    const struct ens_provider *provider = account->provider;
    struct ens_route *route = ens_alloc(sizeof(*route));
    struct ens_arena *arena = ens_arena_new();
    const struct ens_memory memory = ens_arena_memory(arena);

    route->account = account;
    route->arena = arena;
    route->region = ens_arena_dup(arena, region);
    if (account->endpoint.len > 0) {
        route->base = ens_arena_dup(arena, account->endpoint);
    } else {
        ens_str host = provider->endpoint(&memory, route->region);
        route->base = ens_arena_printf(arena, "https://%.*s", ENS_STR_ARG(host));
    }
    route->host = ens_endpoint_host_header(arena, route->base);
    for (size_t i = 0; i < ENS_CALL_KIND_COUNT; i++) {
        const enum ens_call_kind kind = (enum ens_call_kind)i;
        ens_queue_init(&route->queues[i], route, kind, limit_of(provider, kind), &route->pace,
                       routes->timers, &routes->ready);
    }
    return route;
}

static struct ens_route **chain_of(struct ens_routes *routes, const struct ens_account *account,
                                   ens_str region)
{
    const uint64_t address = (uint64_t)(uintptr_t)account;
    uint64_t hash = ens_hash(ENS_HASH_START, (ens_str){(const char *)&address, sizeof(address)});

    hash = ens_hash(hash, region);
    return &routes->chains[(hash ^ hash >> 32) % ENS_ROUTE_CHAINS];
}

void ens_routes_init(struct ens_routes *routes, struct ens_timers *timers)
{
    *routes = (struct ens_routes){.timers = timers};
    ens_ready_init(&routes->ready);
}

void ens_routes_clear(struct ens_routes *routes)
{
    for (size_t i = 0; i < ENS_ROUTE_CHAINS; i++) {
        while (routes->chains[i] != NULL) {
            struct ens_route *route = routes->chains[i];
            routes->chains[i] = route->next;
            for (size_t j = 0; j < ENS_CALL_KIND_COUNT; j++) {
                ens_queue_done(&route->queues[j]);
            }
            ens_arena_free(route->arena);
            ens_free(route);
        }
    }
}

struct ens_route *ens_route_get(struct ens_routes *routes, struct ens_account *account,
                                ens_str region)
{
    struct ens_route **chain = chain_of(routes, account, region);

    for (struct ens_route *route = *chain; route != NULL; route = route->next) {
        if (route->account == account && ens_str_eq(route->region, region)) {
            return route;
        }
    }
    struct ens_route *route = route_new(routes, account, region);
    route->next = *chain;
    *chain = route;
    return route;
}
