/* SPDX-License-Identifier: Apache-2.0 */
#include "emulator.h"

#include "apis.h"
#include "number.h"

#include "base/alloc.h"

#include <stdio.h>
#include <string.h>

/* The maximum length of a list of ids or states; a request has at most EMU_MAX_CALL_IDS. */
enum { MAX_LIST = 2 * EMU_MAX_BODY };

void emu_exchange_init(struct emu_exchange *exchange, const char *target)
{
    *exchange = (struct emu_exchange){0};
    emu_request_init(&exchange->request, target);
    emu_reply_init(&exchange->reply, &exchange->request);
    exchange->call.arena = exchange->request.arena;
}

void emu_exchange_done(struct emu_exchange *exchange)
{
    emu_reply_done(&exchange->reply);
    emu_request_done(&exchange->request);
}

void emu_emulator_init(struct emu_emulator *emulator, struct emu_world *world,
                       const struct ens_clock *clock, uint64_t seed)
{
    *emulator = (struct emu_emulator){
        .clock = *clock,
        .world = *world,
        .faults = {.random = seed},
        .tokens = json_object(),
        .nonces = json_object(),
        .seed = seed,
        .began_ms = clock->mono_ms(clock->ud),
    };
    emu_issuer_init(&emulator->issuer);
    *world = (struct emu_world){0};
}

void emu_emulator_done(struct emu_emulator *emulator)
{
    emu_ledger_done(&emulator->ledger);
    emu_faults_clear(&emulator->faults);
    json_decref(emulator->tokens);
    json_decref(emulator->nonces);
    emu_issuer_done(&emulator->issuer);
    emu_world_done(&emulator->world);
}

static int64_t wall_ms(const struct emu_emulator *emulator)
{
    const struct ens_clock *clock = &emulator->clock;
    return clock->unix_ms(clock->ud) + emulator->clock_offset_ms;
}

void emu_emulator_revoke(struct emu_emulator *emulator)
{
    emulator->revoked_ms = wall_ms(emulator) + 1;
}

void emu_emulator_reset_tokens(struct emu_emulator *emulator)
{
    json_object_clear(emulator->issuer.tokens_used);
}

static void name_reply(struct emu_emulator *emulator, const struct emu_request *request,
                       struct emu_reply *reply)
{
    reply->request_id = ens_arena_printf(reply->arena, "%08llX-E000-4000-8000-%012llX",
                                         (unsigned long long)(emulator->seed & 0xffffffff),
                                         (unsigned long long)++emulator->requests);
    const char *header = emu_api_of(request)->request_id_header;
    if (header != NULL) {
        emu_reply_header(reply, header, reply->request_id.ptr);
    }
}

/* Records the nonce; false if it was used before. */
static bool use_nonce(struct emu_emulator *emulator, const struct emu_request *request,
                      const struct emu_verdict *verdict)
{
    const char *name =
        ens_arena_printf(request->arena, "%.*s/%.*s", ENS_STR_ARG(verdict->key->access_key),
                         ENS_STR_ARG(verdict->nonce))
            .ptr;
    bool fresh = json_object_get(emulator->nonces, name) == NULL;
    if (json_object_size(emulator->nonces) >= EMU_MAX_REMEMBERED) {
        json_object_clear(emulator->nonces);
    }
    json_object_set_new_nocheck(emulator->nonces, name, json_true());
    return fresh;
}

/* The gateway's error, before the API handles the request; code NULL if it passes. */
static struct emu_refusal gateway(struct emu_emulator *emulator, const struct emu_request *request,
                                  const struct emu_verdict *verdict, const struct emu_call *call)
{
    const struct emu_api *api = emu_api_of(request);
    if (verdict->code != NULL) {
        return (struct emu_refusal){verdict->status, verdict->code, verdict->message};
    }
    if (verdict->nonce.ptr != NULL && !use_nonce(emulator, request, verdict)) {
        return (struct emu_refusal){400, "SignatureNonceUsed", "The nonce was used before."};
    }
    if (call->action == NULL) {
        return call->problem;
    }
    bool hidden = api->hides_denial != NULL && api->hides_denial(call);
    if (!hidden && verdict->key != NULL &&
        emu_key_denies(verdict->key, call->action, call->dry_run)) {
        return api->denied.code != NULL ? api->denied
                                        : emu_refusal_find(request->cloud, "permission");
    }
    return (struct emu_refusal){0};
}

static void note_violations(struct emu_ledger *ledger, const struct emu_request *request,
                            const struct emu_call *call)
{
    const char *cloud = emu_cloud_name(request->cloud);
    ens_str sentence = {0};
    if (call->action == NULL) {
        sentence = ens_arena_printf(request->arena,
                                    "%s: asked for %s, which is neither a start nor a read here",
                                    cloud, call->name[0] == '\0' ? "nothing" : call->name);
    } else if (call->repeated_id) {
        sentence =
            ens_arena_printf(request->arena, "%s: %s names an instance twice", cloud, call->name);
    } else if (call->dry_run && call->each_alone) {
        sentence = ens_arena_printf(
            request->arena, "%s: a dry run with SuccessFirst says yes to everything", cloud);
    } else {
        return;
    }
    emu_ledger_violation(ledger, sentence);
}

static char *join_ids(const struct emu_call *call)
{
    ENS_AUTO_BUF text = ens_buf_new(MAX_LIST);
    for (size_t i = 0; i < call->id_count; i++) {
        ens_buf_addf(&text, "%s%.*s", i == 0 ? "" : ",", ENS_STR_ARG(call->ids[i]));
    }
    return call->has_ids ? ens_buf_take(&text) : NULL;
}

static char *join_statuses(const struct emu_emulator *emulator, const struct emu_request *request,
                           const struct emu_call *call, ens_str account)
{
    ENS_AUTO_BUF text = ens_buf_new(MAX_LIST);
    for (size_t i = 0; i < call->id_count; i++) {
        struct emu_instance *instance =
            emu_world_find(&emulator->world, request->cloud, account, call->region, call->ids[i]);
        ens_buf_addf(&text, "%s%s", i == 0 ? "" : ",",
                     instance == NULL ? "" : emu_instance_status(instance, request->now_ms));
    }
    return ens_buf_take(&text);
}

/* A heap copy of a text of the request's arena, or NULL if its ptr is NULL. */
static char *keep(ens_str text)
{
    return text.ptr == NULL ? NULL : ens_strdup(text.ptr);
}

static void begin_record(const struct emu_emulator *emulator, const struct emu_request *request,
                         const struct emu_verdict *verdict, const struct emu_call *call,
                         struct emu_record *ret_record)
{
    *ret_record = (struct emu_record){
        .service = request->service, .cloud = request->cloud, .dry_run = call->dry_run};
    ret_record->at_ms = request->now_ms - emulator->began_ms;
    snprintf(ret_record->action, sizeof(ret_record->action), "%s", call->name);
    ret_record->ids = join_ids(call);
    ret_record->token = keep(call->token);
    ret_record->canonical = keep(verdict->canonical);
    if (verdict->key != NULL) {
        snprintf(ret_record->access_key, sizeof(ret_record->access_key), "%s",
                 verdict->key->access_key.ptr);
        if (call->starts) {
            ret_record->statuses = join_statuses(emulator, request, call, verdict->key->account);
        }
    }
    if (request->cloud == EMU_ALIBABA && call->starts &&
        strcmp(call->name, "StartInstances") == 0) {
        ret_record->optimization = call->each_alone ? "SuccessFirst" : "AllTogether";
    }
}

/* Writes the API's reply to a call that passed the gateway. */
static void answer(struct emu_emulator *emulator, const struct emu_request *request,
                   const struct emu_verdict *verdict, struct emu_call *call,
                   const struct emu_fault_effects *effects, struct emu_reply *reply)
{
    const struct emu_api *api = emu_api_of(request);
    if (call->problem.code != NULL) {
        api->refuse(request, call, &call->problem, reply);
        return;
    }
    if (json_object_size(emulator->tokens) >= EMU_MAX_REMEMBERED) {
        json_object_clear(emulator->tokens);
    }
    struct emu_context context = {
        .world = &emulator->world,
        .tokens = emulator->tokens,
        .request = request,
        .call = call,
        .caller = verdict->key,
        .account = verdict->key == NULL ? (ens_str){0} : verdict->key->account,
        .issuer = &emulator->issuer,
        .grant_fault = &effects->grant_fault,
        .boot_ms = emulator->boot_ms,
        .hold_back_ms = effects->hold_back_ms,
        .hold_back_reads = effects->hold_back_reads,
        .number_codes = effects->number_codes,
        .permitted =
            verdict->key == NULL || !emu_key_denies(verdict->key, call->action, call->dry_run),
    };
    bool dry_run = call->dry_run;
    call->dry_run = dry_run && !(call->starts && effects->start_anyway);
    api->answer(&context, reply);
    call->dry_run = dry_run;
}

static void serve_call(struct emu_emulator *emulator, const struct emu_request *request,
                       const struct emu_verdict *verdict, struct emu_call *call,
                       struct emu_reply *reply, struct emu_record *record)
{
    struct emu_refusal refusal = gateway(emulator, request, verdict, call);
    if (verdict->code == NULL && request->service == EMU_API) {
        note_violations(&emulator->ledger, request, call);
    }
    if (refusal.code != NULL) {
        emu_api_of(request)->refuse(request, call, &refusal, reply);
        return;
    }
    struct emu_fault_effects effects;
    emu_faults_pick(&emulator->faults, request, call, &effects);
    reply->delay_ms += effects.delay_ms;
    if (effects.fault == NULL || effects.fault->effect) {
        answer(emulator, request, verdict, call, &effects, reply);
    }
    if (effects.fault != NULL) {
        emu_fault_apply(effects.fault, request, call, reply);
    }
    record->fault = keep(effects.specs);
}

void emu_emulator_receive(struct emu_emulator *emulator, struct emu_exchange *exchange)
{
    const struct ens_clock *clock = &emulator->clock;
    exchange->request.now_ms = clock->mono_ms(clock->ud);
    exchange->request.wall_ms = wall_ms(emulator);
    exchange->request.revoked_ms = emulator->revoked_ms;
    exchange->reply.delay_ms = emulator->latency_ms;
    name_reply(emulator, &exchange->request, &exchange->reply);
}

void emu_emulator_check(const struct emu_emulator *emulator, struct emu_exchange *exchange)
{
    const struct emu_api *api = emu_api_of(&exchange->request);
    if (api->verify != NULL) {
        api->verify(&exchange->request, &emulator->world, &exchange->verdict);
    }
    api->read(&exchange->request, &exchange->verdict, &exchange->call);
    if (exchange->request.query_broken) {
        emu_call_problem(&exchange->call, 400, "InvalidParameter",
                         "The query is not encoded properly.");
    }
}

void emu_emulator_answer(struct emu_emulator *emulator, struct emu_exchange *exchange)
{
    struct emu_request *request = &exchange->request;
    struct emu_reply *reply = &exchange->reply;
    struct emu_record record;
    begin_record(emulator, request, &exchange->verdict, &exchange->call, &record);
    serve_call(emulator, request, &exchange->verdict, &exchange->call, reply, &record);
    record.granted = reply->granted; /* not shared: the reply is freed without a lock */
    reply->granted = NULL;
    bool silent = reply->wire == EMU_WIRE_CUT || reply->wire == EMU_WIRE_HANG;
    record.status = silent ? 0 : reply->status;
    if (!silent) {
        snprintf(record.code, sizeof(record.code), "%.*s", ENS_STR_ARG(reply->code));
    }
    emu_ledger_add(&emulator->ledger, &record);

    char date[EMU_DATE_SIZE];
    emu_date_write_http(date, request->wall_ms / 1000);
    emu_reply_header(reply, "Date", date);
}

void emu_emulator_serve(struct emu_emulator *emulator, struct emu_exchange *exchange)
{
    emu_emulator_receive(emulator, exchange);
    emu_emulator_check(emulator, exchange);
    emu_emulator_answer(emulator, exchange);
}
