#include "emulator.h"

#include "clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void emu_emulator_init(struct emu_emulator *emulator, struct emu_world *world, uint64_t seed)
{
    *emulator = (struct emu_emulator){.world = *world, .seed = seed, .faults = {.random = seed}};
    *world = (struct emu_world){0};
    pthread_mutex_init(&emulator->lock, NULL);
    emulator->began_ms = emu_clock_monotonic_ms();
}

static void free_token(void *value)
{
    struct emu_token *token = value;
    free(token->fingerprint);
    json_decref(token->result);
    free(token);
}

void emu_emulator_done(struct emu_emulator *emulator)
{
    emu_ledger_done(&emulator->ledger);
    emu_faults_clear(&emulator->faults);
    emu_table_done(&emulator->tokens, free_token);
    emu_table_done(&emulator->nonces, NULL);
    emu_world_done(&emulator->world);
    pthread_mutex_destroy(&emulator->lock);
}

void emu_emulator_count_connection(struct emu_emulator *emulator, enum emu_cloud cloud)
{
    pthread_mutex_lock(&emulator->lock);
    emulator->ledger.connections[cloud]++;
    pthread_mutex_unlock(&emulator->lock);
}

static void name_reply(struct emu_emulator *emulator, const struct emu_request *request,
                       struct emu_reply *reply)
{
    unsigned long long number = ++emulator->requests;
    snprintf(reply->request_id, sizeof(reply->request_id), "%08llX-E000-4000-8000-%012llX",
             (unsigned long long)(emulator->seed & 0xffffffff), number);
    emu_pairs_add(&reply->headers, emu_api_of(request->cloud)->request_id_header,
                  reply->request_id);
}

/* True when the nonce is new. */
static bool use_nonce(struct emu_emulator *emulator, const struct emu_request *request,
                      const struct emu_key *key)
{
    struct emu_text text = {0};
    emu_text_addf(&text, "%s/%s", key->access_key,
                  emu_request_header_get(request, "x-acs-signature-nonce"));
    bool fresh = emu_table_get(&emulator->nonces, emu_text_str(&text)) == NULL;
    if (emulator->nonces.count >= EMU_MAX_REMEMBERED) {
        emu_table_done(&emulator->nonces, NULL);
    }
    emu_table_put(&emulator->nonces, emu_text_str(&text), emulator);
    emu_text_done(&text);
    return fresh;
}

/* Why the request gets no further than the gateway; code NULL when it does. */
static struct emu_refusal gateway(struct emu_emulator *emulator, const struct emu_request *request,
                                  const struct emu_verdict *verdict, const struct emu_call *call)
{
    const struct emu_api *api = emu_api_of(request->cloud);
    if (verdict->code != NULL) {
        return (struct emu_refusal){verdict->status, verdict->code, verdict->message};
    }
    if (request->cloud == EMU_ALIBABA && !use_nonce(emulator, request, verdict->key)) {
        return (struct emu_refusal){400, "SignatureNonceUsed", "The nonce was used before."};
    }
    if (call->action == NULL) {
        return call->problem;
    }
    bool hidden = api->hides_denial != NULL && api->hides_denial(call);
    if (!hidden && emu_key_denies(verdict->key, call->action, call->dry_run)) {
        return emu_refusal_find(request->cloud, "permission");
    }
    return (struct emu_refusal){0};
}

static void note_violations(struct emu_ledger *ledger, const struct emu_request *request,
                            const struct emu_call *call)
{
    const char *cloud = emu_cloud_name(request->cloud);
    if (call->action == NULL) {
        emu_ledger_violation(ledger, "%s: asked for %s, which is neither a start nor a read here",
                             cloud, call->name[0] == '\0' ? "nothing" : call->name);
    } else if (call->repeated_id) {
        emu_ledger_violation(ledger, "%s: %s names an instance twice", cloud, call->name);
    } else if (call->dry_run && call->each_alone) {
        emu_ledger_violation(ledger, "%s: a dry run with SuccessFirst says yes to everything",
                             cloud);
    }
}

static char *join_ids(const struct emu_call *call)
{
    struct emu_text text = {0};
    for (size_t i = 0; i < call->id_count; i++) {
        emu_text_addf(&text, "%s%s", i == 0 ? "" : ",", call->ids[i]);
    }
    return call->has_ids ? emu_text_take(&text) : NULL;
}

static char *join_statuses(const struct emu_emulator *emulator, const struct emu_request *request,
                           const struct emu_call *call, const char *account)
{
    struct emu_text text = {0};
    for (size_t i = 0; i < call->id_count; i++) {
        struct emu_instance *instance =
            emu_world_find(&emulator->world, request->cloud, account, call->region, call->ids[i]);
        emu_text_addf(&text, "%s%s", i == 0 ? "" : ",",
                      instance == NULL ? "" : emu_instance_status(instance, request->now_ms));
    }
    return emu_text_take(&text);
}

static void begin_record(const struct emu_emulator *emulator, const struct emu_request *request,
                         const struct emu_verdict *verdict, const struct emu_call *call,
                         struct emu_record *ret_record)
{
    *ret_record = (struct emu_record){.cloud = request->cloud, .dry_run = call->dry_run};
    ret_record->at_ms = request->now_ms - emulator->began_ms;
    snprintf(ret_record->action, sizeof(ret_record->action), "%s", call->name);
    ret_record->ids = join_ids(call);
    ret_record->token = call->token == NULL ? NULL : emu_copy(call->token);
    ret_record->canonical = verdict->canonical == NULL ? NULL : emu_copy(verdict->canonical);
    if (verdict->key != NULL) {
        snprintf(ret_record->access_key, sizeof(ret_record->access_key), "%s",
                 verdict->key->access_key);
        if (call->starts) {
            ret_record->statuses = join_statuses(emulator, request, call, verdict->key->account);
        }
    }
    if (request->cloud == EMU_ALIBABA && call->starts &&
        strcmp(call->name, "StartInstances") == 0) {
        ret_record->optimization = call->each_alone ? "SuccessFirst" : "AllTogether";
    }
}

/* The cloud's own answer, to a call that the gateway let through. */
static void answer(struct emu_emulator *emulator, const struct emu_request *request,
                   const struct emu_verdict *verdict, struct emu_call *call,
                   const struct emu_mishap *mishap, struct emu_reply *reply)
{
    const struct emu_api *api = emu_api_of(request->cloud);
    if (call->problem.code != NULL) {
        api->refuse(request, call, &call->problem, reply);
        return;
    }
    if (emulator->tokens.count >= EMU_MAX_REMEMBERED) {
        emu_table_done(&emulator->tokens, free_token);
    }
    struct emu_context context = {
        .world = &emulator->world,
        .tokens = &emulator->tokens,
        .request = request,
        .call = call,
        .account = verdict->key->account,
        .boot_ms = emulator->boot_ms,
        .hold_back_ms = mishap->hold_back_ms,
        .hold_back_reads = mishap->hold_back_reads,
        .number_codes = mishap->number_codes,
        .permitted = !emu_key_denies(verdict->key, call->action, call->dry_run),
    };
    bool dry_run = call->dry_run;
    call->dry_run = dry_run && !(call->starts && mishap->start_anyway);
    api->answer(&context, reply);
    call->dry_run = dry_run;
}

static void serve_call(struct emu_emulator *emulator, const struct emu_request *request,
                       const struct emu_verdict *verdict, struct emu_call *call,
                       struct emu_reply *reply, struct emu_record *record)
{
    struct emu_refusal refusal = gateway(emulator, request, verdict, call);
    if (verdict->code == NULL) {
        note_violations(&emulator->ledger, request, call);
    }
    if (refusal.code != NULL) {
        emu_api_of(request->cloud)->refuse(request, call, &refusal, reply);
        return;
    }
    struct emu_mishap mishap;
    emu_faults_pick(&emulator->faults, request->cloud, call, &mishap);
    reply->delay_ms += mishap.delay_ms;
    if (mishap.fault == NULL || mishap.fault->effect) {
        answer(emulator, request, verdict, call, &mishap, reply);
    }
    if (mishap.fault != NULL) {
        emu_fault_spoil(mishap.fault, request, call, reply);
    }
    record->fault = mishap.specs.len == 0 ? NULL : emu_text_take(&mishap.specs);
    emu_text_done(&mishap.specs);
}

void emu_emulator_serve(struct emu_emulator *emulator, struct emu_request *request,
                        struct emu_reply *reply)
{
    pthread_mutex_lock(&emulator->lock);
    request->now_ms = emu_clock_monotonic_ms();
    request->wall_ms = emu_clock_wall_ms() + emulator->clock_offset_ms;
    reply->delay_ms = emulator->latency_ms;
    name_reply(emulator, request, reply);
    pthread_mutex_unlock(&emulator->lock);

    /* The keys never change, so the costly part needs no lock. */
    struct emu_verdict verdict;
    struct emu_call call = {0};
    emu_api_of(request->cloud)->verify(request, &emulator->world, &verdict);
    emu_api_of(request->cloud)->read(request, &verdict, &call);
    if (request->query_broken) {
        emu_call_problem(&call, 400, "InvalidParameter", "The query is not encoded properly.");
    }

    pthread_mutex_lock(&emulator->lock);
    struct emu_record record;
    begin_record(emulator, request, &verdict, &call, &record);
    serve_call(emulator, request, &verdict, &call, reply, &record);
    bool silent = reply->wire == EMU_WIRE_CUT || reply->wire == EMU_WIRE_HANG;
    record.status = silent ? 0 : reply->status;
    snprintf(record.code, sizeof(record.code), "%s", silent ? "" : reply->code);
    emu_ledger_add(&emulator->ledger, &record);
    pthread_mutex_unlock(&emulator->lock);

    char date[EMU_TIME_TEXT];
    emu_time_write_http(date, request->wall_ms / 1000);
    emu_pairs_add(&reply->headers, "Date", date);
    emu_call_done(&call);
    emu_verdict_done(&verdict);
}
