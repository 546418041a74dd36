/* Who travels together. */
#include "base/alloc.h"
#include "run/endpoint.h"
#include "run/engine_private.h"

static void look_again(struct ens_engine *engine, struct ens_alarm *alarm)
{
    ens_group_mark(engine, (struct ens_group *)((char *)alarm - offsetof(struct ens_group, alarm)));
}

static size_t limit_of(const struct ens_provider *provider, enum ens_ask ask)
{
    switch (ask) {
    case ENS_ASK_READ:
    case ENS_ASK_PROBE:
        return provider->describe_limit;
    case ENS_ASK_DRY_RUN:
        return provider->dry_run_limit > 0 ? provider->dry_run_limit : 1;
    case ENS_ASK_START:
        break;
    }
    /* A token belongs to one start: with tokens each start is a call of its own. */
    return provider->capabilities & ENS_CAP_CLIENT_TOKEN ? 1 : provider->start_limit;
}

/* host[:port] as it stands in the Host header. */
static ens_str host_of(struct ens_arena *arena, ens_str base)
{
    struct ens_endpoint endpoint = {0};

    if (ens_endpoint_parse(base, &endpoint) != NULL) {
        return base; /* sending will say what is wrong with it */
    }
    if (endpoint.port.len == 0 || ens_str_is(endpoint.port, endpoint.tls ? "443" : "80")) {
        return ens_arena_dup(arena, endpoint.host);
    }
    return ens_arena_printf(arena, "%.*s:%.*s", ENS_STR_ARG(endpoint.host),
                            ENS_STR_ARG(endpoint.port));
}

static struct ens_lane *lane_new(struct ens_login *login, ens_str region)
{
    const struct ens_provider *provider = login->account.provider;
    struct ens_lane *lane = ens_alloc(sizeof(*lane));
    struct ens_arena *arena = ens_arena_new();
    const struct ens_memory memory = ens_arena_memory(arena);

    lane->login = login;
    lane->arena = arena;
    lane->region = ens_arena_dup(arena, region);
    if (login->account.endpoint != NULL) {
        lane->base = ens_arena_dup(arena, ens_str_of(login->account.endpoint));
    } else {
        ens_str host = provider->endpoint(&memory, lane->region);
        lane->base = ens_arena_printf(arena, "https://%.*s", ENS_STR_ARG(host));
    }
    lane->host = host_of(arena, lane->base);
    for (size_t i = 0; i < ENS_ASK_COUNT; i++) {
        struct ens_group *group = &lane->groups[i];
        group->lane = lane;
        group->ask = (enum ens_ask)i;
        group->alarm.fire = look_again;
        ens_batch_init(&group->batch, limit_of(provider, group->ask), group->ask == ENS_ASK_READ);
    }
    return lane;
}

/* FNV-1a over the account's address and the region. */
static size_t chain_of(const struct ens_login *login, ens_str region)
{
    uint64_t hash = UINT64_C(14695981039346656037) ^ (uint64_t)(uintptr_t)login;

    for (size_t i = 0; i < region.len; i++) {
        hash = (hash ^ (unsigned char)region.ptr[i]) * UINT64_C(1099511628211);
    }
    return (size_t)(hash ^ hash >> 32) % ENS_LANE_CHAINS;
}

struct ens_lane *ens_lane_get(struct ens_engine *engine, struct ens_login *login, ens_str region)
{
    struct ens_lane **chain = &engine->lanes[chain_of(login, region)];

    for (struct ens_lane *lane = *chain; lane != NULL; lane = lane->next) {
        if (lane->login == login && ens_str_eq(lane->region, region)) {
            return lane;
        }
    }
    struct ens_lane *lane = lane_new(login, region);
    lane->next = *chain;
    *chain = lane;
    return lane;
}

void ens_lanes_free(struct ens_engine *engine)
{
    for (size_t i = 0; i < ENS_LANE_CHAINS; i++) {
        while (engine->lanes[i] != NULL) {
            struct ens_lane *lane = engine->lanes[i];
            engine->lanes[i] = lane->next;
            for (size_t j = 0; j < ENS_ASK_COUNT; j++) {
                ens_alarm_clear(engine, &lane->groups[j].alarm);
                ens_batch_done(&lane->groups[j].batch);
            }
            ens_arena_free(lane->arena);
            ens_free(lane);
        }
    }
    engine->marked = NULL;
    engine->marked_end = &engine->marked;
}

void ens_group_mark(struct ens_engine *engine, struct ens_group *group)
{
    if (group->marked) {
        return;
    }
    group->marked = true;
    group->next = NULL;
    *engine->marked_end = group;
    engine->marked_end = &group->next;
}

/* False: the engine has as many calls in flight as it may. */
static bool send(struct ens_engine *engine, struct ens_group *group)
{
    struct ens_batch_item **items =
        ens_alloc_array(group->batch.limit, sizeof(struct ens_batch_item *));
    bool may = true;
    size_t count = 1;

    while (may && count > 0) {
        may = engine->calls < ENS_CALLS_MAX;
        count = may ? ens_batch_take(&group->batch, ens_engine_now(engine), items) : 0;
        if (count > 0) {
            ens_call_begin(engine, group, items, count);
        }
    }
    ens_free(items);
    return may;
}

void ens_groups_send(struct ens_engine *engine)
{
    while (engine->marked != NULL) {
        struct ens_group *group = engine->marked;
        int64_t at = 0;
        if (!send(engine, group)) {
            return; /* it stays first; the end of a call makes room */
        }
        engine->marked = group->next;
        if (engine->marked == NULL) {
            engine->marked_end = &engine->marked;
        }
        group->marked = false;
        if (ens_batch_next(&group->batch, ens_engine_now(engine), &at)) {
            ens_alarm_set(engine, &group->alarm, at);
        } else {
            ens_alarm_clear(engine, &group->alarm);
        }
    }
}
