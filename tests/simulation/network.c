/* SPDX-License-Identifier: Apache-2.0 */
#include "network.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apis.h"
#include "base/alloc.h"
#include "base/hash.h"
#include "login.h"
#include "serve.h"
#include "watch.h"

uint64_t sim_code_bit(ens_str code)
{
    return code.len == 0 ? 0 : UINT64_C(1) << ens_hash(ENS_HASH_START, code) % 64;
}

/* ---- sending -------------------------------------------------------------------------------- */

static enum emu_cloud cloud_of(const struct sim *sim, ens_str host)
{
    static const char *const domains[EMU_CLOUDS] = {"volcengineapi.com", "aliyuncs.com",
                                                    "baidubce.com"};

    for (size_t i = 0; i < EMU_CLOUDS; i++) {
        if (ens_str_ends(host, ens_str_of(domains[i]))) {
            return (enum emu_cloud)i;
        }
    }
    sim_fail(sim, "a request to a host of no cloud: %.*s", ENS_STR_ARG(host));
}

static void add_headers(struct emu_request *request, const struct ens_pair *const *pairs,
                        size_t count)
{
    for (size_t i = 0; i < count; i++) {
        emu_request_header(request, ens_arena_dup(request->arena, pairs[i]->name).ptr,
                           ens_arena_dup(request->arena, pairs[i]->value).ptr);
    }
}

static void take_message(struct ens_transfer *transfer, const struct ens_transport_message *message)
{
    const struct ens_signature *signature = message->signature;
    struct emu_request *request = &transfer->exchange.request;
    char *target = ens_alloc(signature->target.len + 1);

    memcpy(target, signature->target.ptr, signature->target.len);
    emu_exchange_init(&transfer->exchange, target);
    ens_free(target);
    request->cloud = cloud_of(transfer->sim, message->host);
    transfer->login = ens_str_starts(message->host, ENS_STR("sts."));
    request->service = transfer->login ? EMU_STS : EMU_API;
    request->method = ens_arena_dup(request->arena, message->request->method);
    emu_request_header(request, "host", ens_arena_dup(request->arena, message->host).ptr);
    add_headers(request, message->request->headers, message->request->header_count);
    add_headers(request, signature->headers, signature->header_count);
    ens_buf_add(&request->body, message->request->body);
}

static enum ens_call_kind kind_of(const struct emu_call *call)
{
    if (call->starts) {
        return call->dry_run ? ENS_CALL_DRY_RUN : ENS_CALL_START;
    }
    return call->dry_run ? ENS_CALL_PROBE : ENS_CALL_READ;
}

static struct sim_instance *instance_of(struct sim *sim, ens_str id)
{
    const ens_str prefix = ENS_STR("i-sim");
    int64_t index = -1;

    if (!ens_str_starts(id, prefix) ||
        !ens_str_to_i64((ens_str){id.ptr + prefix.len, id.len - prefix.len}, &index) ||
        index >= (int64_t)sim->fleet_count) {
        sim_fail(sim, "a request names %.*s, which no job did", ENS_STR_ARG(id));
    }
    return &sim->fleet[index];
}

/* What it asks for, read as the cloud reads it. */
static void understand(struct ens_transfer *transfer)
{
    struct emu_exchange *exchange = &transfer->exchange;
    struct ens_arena *arena = exchange->request.arena;
    struct emu_call call = {.arena = arena};
    struct emu_verdict unsigned_yet = {0};

    emu_api_of(&exchange->request)->read(&exchange->request, &unsigned_yet, &call);
    if (call.action == NULL || call.problem.code != NULL || call.id_count == 0) {
        sim_fail(transfer->sim, "a request that no cloud understands: %s, %s", call.name,
                 call.problem.code == NULL ? "no ids" : call.problem.message);
    }
    if (call.repeated_id) {
        sim_fail(transfer->sim, "%s names an instance twice", call.name);
    }
    transfer->kind = kind_of(&call);
    transfer->count = call.id_count;
    transfer->instances = ens_arena_array(arena, call.id_count, sizeof(struct sim_instance *));
    transfer->watches = ens_arena_array(arena, call.id_count, sizeof(struct sim_watch *));
    transfer->meanings = ens_arena_array(arena, call.id_count, sizeof(enum sim_meaning));
    transfer->shown = ens_arena_array(arena, call.id_count, sizeof(enum ens_status));
    transfer->codes = ens_arena_array(arena, call.id_count, sizeof(uint64_t));
    transfer->starts = ens_arena_array(arena, call.id_count, sizeof(unsigned long));
    transfer->gone = ens_arena_array(arena, call.id_count, sizeof(bool));
    for (size_t i = 0; i < call.id_count; i++) {
        transfer->instances[i] = instance_of(transfer->sim, call.ids[i]);
        transfer->watches[i] = transfer->process->watches[transfer->instances[i]->index];
    }
    exchange->call.token = call.token;
}

/* When the cloud sees it and when its client knows, as far as that is known already. */
static void plan_journey(struct ens_transfer *transfer)
{
    const struct sim_fate *fate = &transfer->fate;
    const int64_t there = transfer->sent_ms + fate->there_ms;

    transfer->arrive_ms = there;
    transfer->end_ms = SIM_NEVER;
    if (fate->fault == SIM_FAULT_REFUSED) {
        transfer->arrive_ms = SIM_NEVER;
        transfer->end_ms = there;
        transfer->end = ENS_TRANSPORT_NOT_SENT;
    } else if (fate->fault == SIM_FAULT_REQUEST_LOST) {
        transfer->arrive_ms = SIM_NEVER;
        transfer->end_ms = there + fate->back_ms;
        transfer->end = ENS_TRANSPORT_LOST;
    } else if (fate->fault == SIM_FAULT_LATE) {
        transfer->end_ms = there + fate->back_ms;
        transfer->arrive_ms = transfer->end_ms + fate->lag_ms;
        transfer->end = ENS_TRANSPORT_LOST;
    }
}

static void begin_journey(struct ens_transfer *transfer)
{
    struct sim *sim = transfer->sim;
    const enum emu_cloud cloud = transfer->exchange.request.cloud;

    if (transfer->login) {
        sim_login_sent(transfer);
        transfer->fate = sim_fate_draw_login(sim, cloud);
    } else {
        sim_login_call(transfer);
        sim_watch_sent(transfer);
        transfer->fate = sim_fate_draw(sim, transfer->kind, cloud);
    }
    plan_journey(transfer);
}

static void append(struct sim *sim, struct ens_transfer *transfer)
{
    struct ens_transfer **at = &sim->transfers;

    while (*at != NULL) {
        at = &(*at)->next;
    }
    *at = transfer;
}

static struct ens_transfer *transport_send(void *ud, const struct ens_transport_message *message,
                                           ens_transport_done_fn *done, void *done_ud)
{
    struct sim_process *process = ud;
    struct sim *sim = process->sim;
    struct ens_transfer *transfer = ens_alloc(sizeof(*transfer));

    *transfer = (struct ens_transfer){
        .sim = sim,
        .process = process,
        .sent_ms = sim->now_ms,
        .arrive_ms = SIM_NEVER,
        .end_ms = SIM_NEVER,
        .limit_ms = sim->now_ms + message->timeout_ms,
        .done = done,
        .ud = done_ud,
    };
    take_message(transfer, message);
    if (transfer->login) {
        sim_login_understand(transfer);
    } else {
        understand(transfer);
    }
    append(sim, transfer);
    if (!process->dead) { /* a dead process sends nothing and hears nothing */
        begin_journey(transfer);
    } else {
        transfer->limit_ms = SIM_NEVER;
    }
    return transfer;
}

/* ---- the end of a transfer ------------------------------------------------------------------ */

static void drop(struct ens_transfer *transfer)
{
    struct ens_transfer **at = &transfer->sim->transfers;

    while (*at != transfer) {
        at = &(*at)->next;
    }
    *at = transfer->next;
    emu_exchange_done(&transfer->exchange);
    ens_free(transfer);
}

/* No process waits for it any more. What is on its way may arrive all the same, but not so late
 * that no client could know. */
static void leave(struct ens_transfer *transfer)
{
    struct sim *sim = transfer->sim;
    const bool may_arrive = transfer->arrive_ms != SIM_NEVER && sim_one_in(&sim->network, 2);

    transfer->process = NULL;
    if (!may_arrive) {
        drop(transfer);
        return;
    }
    const int64_t latest = sim->now_ms + (int64_t)sim_below(&sim->network, 3000);
    if (transfer->arrive_ms > latest) {
        transfer->arrive_ms = latest;
    }
}

static void transport_cancel(void *ud, struct ens_transfer *transfer)
{
    struct sim_process *process = ud;

    if (!process->dead && transfer->login) {
        sim_login_left(transfer);
    } else if (!process->dead) {
        sim_watch_left(transfer);
    }
    leave(transfer);
}

static void finish(struct ens_transfer *transfer, const struct ens_transport_result *result)
{
    ens_transport_done_fn *done = transfer->done;
    void *ud = transfer->ud;

    transfer->process->touched = true;
    if (transfer->login) {
        sim_login_answered(transfer);
    } else {
        sim_watch_answered(transfer);
    }
    transfer->process = NULL; /* it may send the next request at once */
    done(ud, result);
    if (transfer->arrive_ms == SIM_NEVER) { /* else it is late: the cloud has not seen it yet */
        drop(transfer);
    }
}

static void deliver_reply(struct ens_transfer *transfer)
{
    const struct emu_reply *reply = &transfer->exchange.reply;
    struct ens_arena *arena = transfer->exchange.request.arena;
    const size_t count = reply->headers.count + 1;
    struct ens_pair *pairs = ens_arena_array(arena, count, sizeof(*pairs));
    const struct ens_pair **list = ens_arena_array(arena, count, sizeof(struct ens_pair *));

    for (size_t i = 0; i < count; i++) {
        ens_str name = i == 0 ? ENS_STR("content-type") : reply->headers.items[i - 1].name;
        char *lower = ens_arena_alloc(arena, name.len + 1);
        for (size_t j = 0; j < name.len; j++) {
            const char c = name.ptr[j];
            lower[j] = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
        }
        pairs[i].name = (ens_str){lower, name.len};
        pairs[i].value = i == 0 ? reply->content_type : reply->headers.items[i - 1].value;
        list[i] = &pairs[i];
    }
    const struct ens_http_reply http = {.struct_size = sizeof(http),
                                        .status = (uint32_t)reply->status,
                                        .headers = list,
                                        .header_count = count,
                                        .body = ens_buf_str(&reply->body)};
    finish(transfer,
           &(struct ens_transport_result){.end = ENS_TRANSPORT_REPLY, .reply = &http, .error = ""});
}

static void deliver(struct ens_transfer *transfer)
{
    const bool in_time = transfer->end_ms <= transfer->sim->now_ms;

    if (!in_time) {
        transfer->end = ENS_TRANSPORT_LOST;
        if (transfer->arrive_ms != SIM_NEVER) { /* it is late, within what a client can know */
            transfer->arrive_ms =
                transfer->sim->now_ms + (int64_t)sim_below(&transfer->sim->network, 3000);
        }
    }
    if (transfer->end == ENS_TRANSPORT_REPLY) {
        deliver_reply(transfer);
        return;
    }
    finish(transfer, &(struct ens_transport_result){
                         .end = transfer->end,
                         .fault = ENS_FAULT_NETWORK,
                         .timed_out = !in_time,
                         .error = in_time ? "the simulated network failed" : "it took too long",
                     });
}

/* ---- time ----------------------------------------------------------------------------------- */

static int64_t due_at(const struct ens_transfer *transfer)
{
    int64_t at = transfer->arrive_ms;

    if (transfer->process != NULL) {
        at = transfer->end_ms < at ? transfer->end_ms : at;
        at = transfer->limit_ms < at ? transfer->limit_ms : at;
    }
    return at;
}

int64_t sim_network_next(const struct sim *sim)
{
    int64_t next = SIM_NEVER;

    for (const struct ens_transfer *at = sim->transfers; at != NULL; at = at->next) {
        const int64_t due = due_at(at);
        next = due < next ? due : next;
    }
    return next;
}

static struct ens_transfer *first_due(const struct sim *sim)
{
    struct ens_transfer *at = sim->transfers;

    while (at != NULL && due_at(at) > sim->now_ms) {
        at = at->next;
    }
    return at;
}

void sim_network_run(struct sim *sim)
{
    struct ens_transfer *transfer;

    while ((transfer = first_due(sim)) != NULL) {
        sim->events++;
        if (transfer->arrive_ms <= sim->now_ms) {
            transfer->arrive_ms = SIM_NEVER;
            sim_serve(transfer);
            if (transfer->process == NULL) {
                drop(transfer);
            }
        } else {
            deliver(transfer);
        }
    }
}

void sim_network_done(struct sim *sim)
{
    while (sim->transfers != NULL) {
        if (sim->transfers->process != NULL) {
            sim_fail(sim, "a call is left when its engine is gone");
        }
        drop(sim->transfers);
    }
}

/* ---- the transport -------------------------------------------------------------------------- */

/* Only a dead process waits by itself: for its engine to end, on a clock of its own. */
static void transport_wait(void *ud, int64_t until_ms)
{
    struct sim_process *process = ud;
    const int64_t now = process->sim->now_ms + process->ahead_ms;

    if (!process->dead) {
        sim_fail(process->sim, "an engine without jobs does not end");
    }
    if (until_ms == SIM_NEVER) {
        sim_fail(process->sim, "an engine whose jobs are cancelled waits forever");
    }
    process->ahead_ms += until_ms > now ? until_ms - now : 0;
}

static void transport_wake(void *ud)
{
    struct sim_process *process = ud;

    process->touched = true;
}

static struct ens_transport_progress transport_progress(void *ud,
                                                        const struct ens_transfer *transfer)
{
    (void)ud;
    return (struct ens_transport_progress){
        .phase = transfer->fate.fault == SIM_FAULT_REFUSED ? ENS_PHASE_CONNECT : ENS_PHASE_REPLY};
}

void sim_network_attach(struct sim_process *process)
{
    process->transport = (struct ens_transport){.send = transport_send,
                                                .cancel = transport_cancel,
                                                .wait = transport_wait,
                                                .wake = transport_wake,
                                                .ud = process,
                                                .progress = transport_progress};
}
