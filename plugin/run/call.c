/* One call on its way: build, sign, send. */
#include <stdlib.h>

#include "base/alloc.h"
#include "run/engine_private.h"

#define NONCE_BYTES ((size_t)16)

static void on_again(struct ens_engine *engine, struct ens_alarm *alarm)
{
    (void)engine;
    ens_call_send(
        (struct ens_call_flight *)((char *)alarm - offsetof(struct ens_call_flight, again)));
}

static int by_id(const void *a, const void *b)
{
    const struct ens_target_work *const *left = a;
    const struct ens_target_work *const *right = b;

    return ens_str_cmp((*left)->task.target.id, (*right)->task.target.id);
}

/* Two jobs may mean the same instance, and no cloud takes an id twice in a call: the second goes
 * back in line. */
static size_t put_back_doubles(struct ens_engine *engine, struct ens_group *group,
                               struct ens_batch_item **items, size_t count)
{
    const int64_t now = ens_engine_now(engine);
    size_t kept = 1;

    for (size_t i = 1; i < count; i++) {
        if (by_id(&items[kept - 1], &items[i]) == 0) {
            ens_batch_add(&group->batch, items[i], now, now);
        } else {
            items[kept++] = items[i];
        }
    }
    return kept;
}

/* Each start comes after a read, in a call of its own; the audit log counts on. */
static unsigned starts_before(const struct ens_call_flight *call)
{
    unsigned most = 1;

    for (size_t i = 0; i < call->count; i++) {
        const unsigned starts = call->targets[i]->task.starts;
        most = starts > most ? starts : most;
    }
    return most - 1;
}

void ens_call_begin(struct ens_engine *engine, struct ens_group *group,
                    struct ens_batch_item **items, size_t count)
{
    struct ens_call_flight *call = ens_alloc(sizeof(*call));
    struct ens_arena *arena = ens_arena_new();

    qsort(items, count, sizeof(struct ens_batch_item *), by_id);
    count = put_back_doubles(engine, group, items, count);
    *call = (struct ens_call_flight){
        .engine = engine,
        .group = group,
        .arena = arena,
        .ids = ens_arena_array(arena, count, sizeof(ens_str)),
        .targets = ens_arena_array(arena, count, sizeof(struct ens_target_work *)),
        .count = count,
        .live = count,
        .sent = count,
        .part = items[0]->part,
        .again = {.fire = on_again},
    };
    for (size_t i = 0; i < count; i++) {
        struct ens_target_work *target = (struct ens_target_work *)items[i];
        call->ids[i] = ens_arena_dup(arena, target->task.target.id);
        call->targets[i] = target;
        target->call = call;
        target->slot = (uint32_t)i;
    }
    const struct ens_task *first = &call->targets[0]->task;
    if (group->ask == ENS_ASK_START && (first->provider->capabilities & ENS_CAP_CLIENT_TOKEN)) {
        call->client_token = ens_arena_dup(arena, first->client_token);
    }
    call->before = group->ask == ENS_ASK_START ? starts_before(call) : 0;
    engine->calls++;
    ens_call_send(call);
}

void ens_call_end(struct ens_call_flight *call)
{
    struct ens_engine *engine = call->engine;

    ENS_ASSERT(call->live == 0 && call->transfer == NULL);
    ens_alarm_clear(engine, &call->again);
    ens_batch_ended(&call->group->batch);
    ens_group_mark(engine, call->group);
    engine->calls--;
    ens_arena_free(call->scratch);
    ens_arena_free(call->arena);
    ens_free(call);
}

static struct ens_call_flight *detach(struct ens_target_work *target)
{
    struct ens_call_flight *call = target->call;

    call->targets[target->slot] = NULL;
    call->live--;
    target->call = NULL;
    return call;
}

void ens_call_leave(struct ens_target_work *target)
{
    struct ens_call_flight *call = detach(target);

    if (call->live > 0) {
        return;
    }
    if (call->transfer != NULL) {
        ens_http_abort(call->transfer);
        call->transfer = NULL;
    }
    ens_call_end(call);
}

bool ens_call_in_flight(const struct ens_target_work *target)
{
    return target->call != NULL && target->call->transfer != NULL;
}

void ens_call_deliver(struct ens_call_flight *call, size_t slot, const struct ens_outcome *outcome)
{
    struct ens_target_work *target = call->targets[slot];

    if (target != NULL) {
        (void)detach(target);
        ens_target_outcome(call->engine, target, outcome);
    }
}

/* ---- sending -------------------------------------------------------------------------------- */

static ens_str make_nonce(const struct ens_engine *engine, struct ens_arena *arena)
{
    static const char digits[] = "0123456789abcdef";
    uint8_t bytes[NONCE_BYTES];
    char *text = ens_arena_alloc(arena, 2 * NONCE_BYTES);

    engine->entropy->fill(engine->entropy->ud, bytes, sizeof(bytes));
    for (size_t i = 0; i < NONCE_BYTES; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    return (ens_str){text, 2 * NONCE_BYTES};
}

struct ens_call ens_call_shape(const struct ens_call_flight *call)
{
    const enum ens_ask ask = call->group->ask;
    const bool dry = ask == ENS_ASK_PROBE || ask == ENS_ASK_DRY_RUN;

    return (struct ens_call){
        .struct_size = sizeof(struct ens_call),
        .flags = dry ? ENS_CALL_DRY_RUN : 0,
        .region = call->group->lane->region,
        .ids = call->ids,
        .id_count = call->sent,
        .client_token = call->client_token,
        .page = call->page,
    };
}

static void build(const struct ens_call_flight *call, struct ens_http_request *ret)
{
    const struct ens_provider *provider = call->group->lane->login->account.provider;
    const struct ens_memory memory = ens_arena_memory(call->scratch);
    const struct ens_call shape = ens_call_shape(call);

    *ret = (struct ens_http_request){.struct_size = sizeof(*ret)};
    switch (call->group->ask) {
    case ENS_ASK_READ:
    case ENS_ASK_PROBE:
        provider->describe_request(&memory, &shape, ret);
        return;
    case ENS_ASK_DRY_RUN:
    case ENS_ASK_START:
        provider->start_request(&memory, &shape, ret);
        return;
    }
}

/* Date and nonce are new in each attempt. */
static void sign(const struct ens_call_flight *call, const struct ens_http_request *request,
                 struct ens_signature *ret)
{
    const struct ens_engine *engine = call->engine;
    const struct ens_lane *lane = call->group->lane;
    const struct ens_account *account = &lane->login->account;
    const struct ens_memory memory = ens_arena_memory(call->scratch);
    const struct ens_identity identity = {
        .struct_size = sizeof(identity),
        .access_key = ens_secret_reveal(&account->access_key),
        .secret_key = ens_secret_reveal(&account->secret_key),
        .security_token = ens_secret_reveal(&account->security_token),
    };
    const struct ens_signing_context context = {
        .struct_size = sizeof(context),
        .region = lane->region,
        .host = lane->host,
        .now_unix_s = engine->clock->unix_ms(engine->clock->ud) / 1000 + lane->clock_offset_s,
        .nonce = make_nonce(engine, call->scratch),
    };

    *ret = (struct ens_signature){.struct_size = sizeof(*ret)};
    account->provider->sign(&memory, request, &identity, &context, ret);
}

static void on_done(void *ud, const struct ens_http_outcome *outcome)
{
    struct ens_call_flight *call = ud;

    call->transfer = NULL;
    ens_call_answered(call, outcome);
}

/* What nobody wants any more is not asked for again; above all it is not started. The pages of a
 * list belong to the ids of the first. */
static void drop_left(struct ens_call_flight *call)
{
    size_t kept = 0;

    if (call->page.len > 0 || call->live == call->count) {
        return;
    }
    for (size_t i = 0; i < call->count; i++) {
        if (call->targets[i] != NULL) {
            call->ids[kept] = call->ids[i];
            call->targets[kept] = call->targets[i];
            call->targets[kept]->slot = (uint32_t)kept;
            kept++;
        }
    }
    call->count = kept;
    call->sent = call->sent < kept ? call->sent : kept;
}

void ens_call_send(struct ens_call_flight *call)
{
    const struct ens_lane *lane = call->group->lane;
    struct ens_http_request request;
    struct ens_signature signature;

    drop_left(call);
    ens_arena_free(call->scratch);
    call->scratch = ens_arena_new();
    call->attempt++;
    call->begun_ms = ens_engine_now(call->engine);
    build(call, &request);
    sign(call, &request, &signature);
    const struct ens_http_message message = {
        .base = lane->base,
        .host = lane->host,
        .request = &request,
        .signature = &signature,
        .timeout_ms = ENS_ATTEMPT_MS,
    };
    call->transfer = ens_http_send(call->engine->http, &message, on_done, call);
}
