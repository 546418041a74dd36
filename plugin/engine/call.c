/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/call.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/container.h"
#include "core/messages.h"
#include "core/retry.h"
#include "engine/reply.h"

struct ens_call {
    struct ens_calls *calls;
    struct ens_queue *queue;
    struct ens_arena *arena;       /* ids, token and page are copied: the call may outlive a job */
    ens_str *ids;                  /* sorted, without duplicates */
    struct ens_request **requests; /* NULL: has its outcome, or has left the call */
    size_t count;
    size_t live; /* requests that are not NULL */
    size_t sent; /* ids in the current request: all, or 1 while the first is resent alone */
    enum ens_batch_origin origin;
    unsigned number;        /* of the attempt, from 1 */
    unsigned starts_before; /* starts of the same targets in earlier calls */
    unsigned pages;         /* that were already read */
    ens_str page;           /* token of the page to read; empty: the first */
    ens_str client_token;
    ens_str run_id; /* of the job whose request was queued first; for the audit log */
    bool fresh;     /* over a new connection, because an answer was lost */
    struct ens_attempt attempt;
    const struct ens_outcome
        *failed;            /* outcome of the previous attempt, in the arena; NULL: none */
    struct ens_timer retry; /* set while the call waits for another attempt */
};

static void send(struct ens_call *call);

/* ---- beginning and end ---------------------------------------------------------------------- */

/* A Retry-After in reply to one call pauses all calls of the queue. */
static void send_unless_paused(struct ens_call *call)
{
    const int64_t paused_until = call->queue->batch.paused_until_ms;

    if (ens_timers_now(call->calls->timers) < paused_until) {
        ens_timer_set(call->calls->timers, &call->retry, paused_until);
    } else {
        send(call);
    }
}

static void on_retry(struct ens_timer *timer)
{
    send_unless_paused(ENS_CONTAINER_OF(timer, struct ens_call, retry));
}

static int by_id(const void *a, const void *b)
{
    const struct ens_request *const *left = a;
    const struct ens_request *const *right = b;

    return ens_str_cmp((*left)->id, (*right)->id);
}

/* Two jobs may have the same instance, but clouds reject duplicate ids in a call: requeues the
 * second request for a later call. */
static size_t requeue_duplicates(struct ens_queue *queue, struct ens_request **requests,
                                 size_t count)
{
    size_t kept = 1;

    for (size_t i = 1; i < count; i++) {
        if (by_id(&requests[kept - 1], &requests[i]) == 0) {
            ens_queue_add(queue, requests[i], ens_timers_now(queue->timers));
        } else {
            requests[kept++] = requests[i];
        }
    }
    return kept;
}

/* A repeated start is a new call, after a read; the audit log continues the attempt numbers of the
 * earlier ones. */
static unsigned starts_before(const struct ens_call *call)
{
    unsigned most = 1;

    for (size_t i = 0; i < call->count; i++) {
        const unsigned starts = call->requests[i]->starts;
        most = starts > most ? starts : most;
    }
    return most - 1;
}

static void end(struct ens_call *call)
{
    ENS_ASSERT(call->live == 0);
    ens_timer_clear(call->calls->timers, &call->retry);
    call->calls->in_flight--;
    ens_queue_ended(call->queue);
    ens_attempt_done(&call->attempt);
    ens_arena_free(call->arena);
    ens_free(call);
}

void ens_call_begin(struct ens_calls *calls, struct ens_queue *queue, struct ens_request **requests,
                    size_t count)
{
    struct ens_call *call = ens_alloc(sizeof(*call));
    struct ens_arena *arena = ens_arena_new();
    const ens_str run_id = ens_arena_dup(arena, requests[0]->run_id);

    qsort(requests, count, sizeof(struct ens_request *), by_id);
    count = requeue_duplicates(queue, requests, count);
    *call = (struct ens_call){
        .calls = calls,
        .queue = queue,
        .arena = arena,
        .ids = ens_arena_array(arena, count, sizeof(ens_str)),
        .requests = ens_arena_array(arena, count, sizeof(struct ens_request *)),
        .count = count,
        .live = count,
        .sent = count,
        .origin = requests[0]->item.origin,
        .run_id = run_id,
        .retry = {.fire = on_retry},
    };
    for (size_t i = 0; i < count; i++) {
        call->ids[i] = ens_arena_dup(arena, requests[i]->id);
        call->requests[i] = requests[i];
        call->fresh |= requests[i]->fresh;
        requests[i]->call = call;
        requests[i]->slot = (uint32_t)i;
    }
    if (queue->kind == ENS_CALL_START) {
        const uint32_t capabilities = queue->route->account->provider->capabilities;
        call->starts_before = starts_before(call);
        if (capabilities & ENS_CAP_CLIENT_TOKEN) {
            call->client_token = ens_arena_dup(arena, requests[0]->client_token);
        }
    }
    calls->in_flight++;
    send(call);
}

static struct ens_call *detach(struct ens_request *request)
{
    struct ens_call *call = request->call;

    call->requests[request->slot] = NULL;
    call->live--;
    request->call = NULL;
    return call;
}

static void record(const struct ens_call *call, const struct ens_outcome *outcome);

void ens_call_leave(struct ens_request *request, enum ens_reason reason)
{
    struct ens_call *call = detach(request);

    if (call->live > 0) {
        return;
    }
    if (call->attempt.transfer != NULL) {
        const struct ens_outcome aborted = {
            .kind = call->queue->kind, .reason = reason, .sent = true};
        record(call, &aborted);
        ens_attempt_cancel(&call->attempt, &call->calls->sender);
    }
    end(call);
}

bool ens_call_in_flight(const struct ens_request *request)
{
    const struct ens_call *call = request->call;

    return call != NULL && call->attempt.transfer != NULL && request->slot < call->sent;
}

void ens_call_pending(const struct ens_request *request, struct ens_arena *arena,
                      struct ens_pending *ret)
{
    const struct ens_call *call = request->call;
    const struct ens_transport *transport = call->calls->sender.transport;

    ret->host = ens_arena_dup(arena, call->queue->route->host);
    if (call->attempt.transfer != NULL && transport->progress != NULL) {
        const struct ens_transport_progress progress =
            transport->progress(transport->ud, call->attempt.transfer);
        ret->phase = progress.phase;
        ret->proxy = ens_arena_dup(arena, progress.proxy);
    }
    ret->last = call->failed != NULL ? ens_outcome_keep(arena, call->failed) : NULL;
}

/* ---- sending -------------------------------------------------------------------------------- */

static struct ens_call_spec spec_of(const struct ens_call *call)
{
    struct ens_call_spec spec = ens_attempt_spec(call->queue->kind, call->queue->route->region);

    spec.ids = call->ids;
    spec.id_count = call->sent;
    spec.client_token = call->client_token;
    spec.page = call->page;
    return spec;
}

/* Drops ids whose job has ended, so that a retry cannot start them. Not between pages: a page token
 * belongs to the ids of the first page's request. */
static void drop_ended_jobs(struct ens_call *call)
{
    size_t kept = 0;

    if (call->page.len > 0 || call->live == call->count) {
        return;
    }
    for (size_t i = 0; i < call->count; i++) {
        if (call->requests[i] != NULL) {
            call->ids[kept] = call->ids[i];
            call->requests[kept] = call->requests[i];
            call->requests[kept]->slot = (uint32_t)kept;
            kept++;
        }
    }
    call->count = kept;
    call->sent = call->sent < kept ? call->sent : kept;
}

static struct ens_record record_of(const struct ens_call *call, const struct ens_call_spec *spec)
{
    return (struct ens_record){
        .route = call->queue->route,
        .kind = call->queue->kind,
        .spec = spec,
        .run_id = call->run_id,
        .attempt = call->number,
        .starts_before = call->starts_before,
        .unix_ms = ens_timers_unix_ms(call->calls->timers),
    };
}

/* Records the end of the attempt. */
static void record(const struct ens_call *call, const struct ens_outcome *outcome)
{
    const struct ens_call_spec spec = spec_of(call);
    struct ens_record record = record_of(call, &spec);

    record.outcome = outcome;
    record.elapsed_ms = ens_timers_now(call->calls->timers) - call->attempt.begun_ms;
    ens_record_attempt(&call->calls->recorder, &record);
}

/* Writes the audit line that must precede a start; false: it could not be written. */
static bool record_start(const struct ens_call *call, const struct ens_call_spec *spec)
{
    const struct ens_record record = record_of(call, spec);

    return call->queue->kind != ENS_CALL_START ||
           ens_record_sending(&call->calls->recorder, &record);
}

static void deliver_sent(struct ens_call *call, const struct ens_outcome *outcome);

static void end_unsent(struct ens_call *call)
{
    const struct ens_outcome refused = {
        .kind = call->queue->kind,
        .reason = ENS_REASON_POLICY,
        .flags = ENS_CODE_FINAL,
        .detail = ens_record_warning(&call->calls->recorder),
    };

    call->sent = call->count;
    deliver_sent(call, &refused);
    end(call);
}

static void on_result(void *ud, const struct ens_transport_result *result);

static int64_t last_deadline(const struct ens_call *call)
{
    int64_t last = INT64_MIN;

    for (size_t i = 0; i < call->count; i++) {
        const struct ens_request *request = call->requests[i];
        if (request != NULL && request->deadline_ms > last) {
            last = request->deadline_ms;
        }
    }
    return last;
}

static void send(struct ens_call *call)
{
    drop_ended_jobs(call);
    call->number++;
    const struct ens_call_spec spec = spec_of(call);
    if (!record_start(call, &spec)) {
        end_unsent(call);
        return;
    }
    ens_attempt_send(
        &call->attempt, &call->calls->sender, call->queue->route, call->queue->kind, &spec,
        ens_retry_attempt_ms(call->queue->kind,
                             last_deadline(call) - ens_timers_now(call->calls->timers)),
        call->fresh, on_result, call);
}

/* ---- retry ---------------------------------------------------------------------------------- */

/* Whether the refusal is about all ids that were sent or about one of them. An unknown code may
 * well be about one id, even with the HTTP status of a missing permission. */
static enum ens_split split_of(const struct ens_call *call, const struct ens_outcome *outcome)
{
    const bool known = outcome->by_code || outcome->code.len == 0;

    if ((outcome->flags & ENS_CODE_CALL) ||
        ((outcome->flags & ENS_CODE_FINAL) && !ens_reason_is_answer(outcome->reason))) {
        return ENS_SPLIT_NONE;
    }
    return ens_batch_split_of(&call->queue->batch, call->queue->kind, outcome->reason, call->sent,
                              known ? call->origin : ENS_ORIGIN_SPLIT);
}

/* Rejected for its date or nonce: resend unchanged. Otherwise a real start is only repeated by its
 * tasks, after another read. */
static bool may_retry(const struct ens_call *call, const struct ens_outcome *outcome)
{
    if (outcome->reason == ENS_REASON_CLOCK_SKEW || (outcome->flags & ENS_CODE_NEW_NONCE)) {
        return true;
    }
    if (call->queue->kind == ENS_CALL_START) {
        return false;
    }
    /* A refusal that may be about one id is split first; the parts are retried. */
    return !ens_reason_is_answer(outcome->reason) || split_of(call, outcome) == ENS_SPLIT_NONE;
}

/* Passes a request its outcome, if it is still in the call. */
static void deliver(struct ens_call *call, size_t slot, const struct ens_outcome *outcome)
{
    struct ens_request *request = call->requests[slot];

    if (request != NULL) {
        (void)detach(request);
        request->done(request, outcome);
    }
}

/* Schedules another attempt; requests whose deadline is before it get the outcome now. False: no
 * further attempt. */
static bool retry(struct ens_call *call, const struct ens_outcome *outcome)
{
    const int64_t now = ens_timers_now(call->calls->timers);
    const int64_t wait = ens_retry_wait_ms(&(struct ens_retry){
        .kind = call->queue->kind,
        .reason = outcome->reason,
        .flags = outcome->flags,
        .attempt = call->number,
        .retry_after_ms = outcome->retry_after_ms,
        .remaining_ms = last_deadline(call) - now,
        .random = ens_timers_random(call->calls->timers),
    });
    const int64_t at = now + wait;

    if (outcome->reason == ENS_REASON_THROTTLED) {
        /* The Retry-After pauses the queue even if this call has no time left for a retry. */
        ens_batch_pause(&call->queue->batch,
                        wait != ENS_RETRY_NO ? at : now + outcome->retry_after_ms);
    }
    if (wait == ENS_RETRY_NO || !may_retry(call, outcome)) {
        return false;
    }
    for (size_t i = 0; i < call->count; i++) {
        if (call->requests[i] != NULL && call->requests[i]->deadline_ms <= at) {
            deliver(call, i, outcome);
        }
    }
    call->failed = ens_outcome_keep(call->arena, outcome);
    ens_timer_set(call->calls->timers, &call->retry, at);
    return true;
}

/* ---- settling ------------------------------------------------------------------------------- */

static void deliver_sent(struct ens_call *call, const struct ens_outcome *outcome)
{
    for (size_t i = 0; i < call->sent; i++) {
        deliver(call, i, outcome);
    }
}

static int compare_ids(const void *a, const void *b)
{
    return ens_str_cmp(*(const ens_str *)a, *(const ens_str *)b);
}

/* False: the id is not in the request. */
static bool find_slot(const struct ens_call *call, ens_str id, size_t *ret)
{
    const ens_str *found = bsearch(&id, call->ids, call->sent, sizeof(id), compare_ids);

    if (found == NULL) {
        return false;
    }
    *ret = (size_t)(found - call->ids);
    return true;
}

/* Each request gets its observation as soon as a page contains it. True: another page has to be
 * read. */
static bool settle_read(struct ens_call *call, struct ens_reply *reply)
{
    const struct ens_describe_result *page = &reply->describe;

    for (size_t i = 0; i < page->observation_count; i++) {
        const struct ens_observation *seen = page->observations[i];
        struct ens_outcome outcome = reply->whole;
        size_t slot = 0;
        if (find_slot(call, seen->id, &slot)) {
            outcome.seen = seen;
            deliver(call, slot, &outcome);
        }
    }
    if (page->next_page.len == 0 || call->live == 0) {
        deliver_sent(call, &reply->whole); /* the remaining ids are not in the list */
        return false;
    }
    if (call->pages + 1 >= ENS_PAGES_MAX || ens_str_eq(page->next_page, call->page)) {
        reply->whole.reason = ENS_REASON_MALFORMED_RESPONSE;
        reply->whole.detail = ENS_STR("the pages of the list do not end");
        deliver_sent(call, &reply->whole);
        return false;
    }
    call->page = ens_arena_dup(call->arena, page->next_page);
    call->pages++;
    return true;
}

static void settle_started(struct ens_call *call, const struct ens_reply_question *question,
                           const struct ens_reply *reply)
{
    for (size_t i = 0; i < reply->start.item_count; i++) {
        const struct ens_start_item *item = reply->start.items[i];
        size_t slot = 0;
        if (find_slot(call, item->id, &slot)) {
            const struct ens_outcome outcome =
                ens_reply_item(call->attempt.arena, question, reply, item);
            deliver(call, slot, &outcome);
        }
    }
    deliver_sent(call, &reply->whole);
}

/* Requeues the remaining requests as smaller calls. */
static void split(struct ens_call *call, enum ens_split how)
{
    struct ens_request **requests =
        ens_arena_array(call->attempt.arena, call->count, sizeof(struct ens_request *));
    size_t count = 0;

    for (size_t i = 0; i < call->count; i++) {
        if (call->requests[i] != NULL) {
            requests[count++] = call->requests[i];
            (void)detach(call->requests[i]);
        }
    }
    ens_queue_split(call->queue, requests, count, how);
}

/* The first id was resent alone: its outcome decides how the others are resent, or settles them
 * too. */
static void settle_rest(struct ens_call *call, const struct ens_outcome *outcome)
{
    struct ens_batch *batch = &call->queue->batch;
    const enum ens_call_kind kind = call->queue->kind;
    const enum ens_split how =
        outcome->reason == ENS_REASON_OK
            ? ENS_SPLIT_HALVES
            : ens_batch_split_of(batch, kind, outcome->reason, call->count, ENS_ORIGIN_NEW);

    batch->denials += outcome->reason == ENS_REASON_PERMISSION_DENIED ? 1 : 0;
    if (how == ENS_SPLIT_NONE) {
        struct ens_outcome rest = *outcome;
        /* The rest was not in the request whose effect is unknown. */
        rest.sent &= !ens_outcome_ambiguous(outcome);
        call->sent = call->count;
        deliver_sent(call, &rest);
    } else if (how == ENS_SPLIT_FIRST) {
        split(call, ENS_SPLIT_FIRST);
    } else {
        split(call, kind == ENS_CALL_START ? ENS_SPLIT_SINGLES : ENS_SPLIT_HALVES);
    }
}

/* True: the call continues with its first id alone. */
static bool settle_refused(struct ens_call *call, const struct ens_outcome *outcome)
{
    const enum ens_split how = split_of(call, outcome);

    switch (how) {
    case ENS_SPLIT_NONE:
        deliver_sent(call, outcome);
        return false;
    case ENS_SPLIT_FIRST:
        call->sent = 1;
        call->page = ENS_STR("");
        call->pages = 0;
        return true;
    case ENS_SPLIT_HALVES:
    case ENS_SPLIT_SINGLES:
        split(call, how);
        return false;
    }
    return false;
}

/* Passes requests their outcomes. True: the call continues with another request. */
static bool settle(struct ens_call *call, const struct ens_reply_question *question,
                   struct ens_reply *reply)
{
    const bool first_alone = call->sent < call->count;
    bool more = false;

    if (reply->whole.reason != ENS_REASON_PERMISSION_DENIED) {
        call->queue->batch.denials = 0;
    }
    if (reply->whole.reason != ENS_REASON_OK) {
        more = settle_refused(call, &reply->whole);
    } else if (question->kind == ENS_CALL_READ) {
        more = settle_read(call, reply);
    } else if (question->kind == ENS_CALL_START) {
        settle_started(call, question, reply);
    } else {
        deliver_sent(call, &reply->whole);
    }
    if (first_alone && !more && call->live > 0) {
        settle_rest(call, &reply->whole);
    }
    return more && call->live > 0;
}

static void on_result(void *ud, const struct ens_transport_result *result)
{
    struct ens_call *call = ud;
    struct ens_route *route = call->queue->route;
    const struct ens_call_spec spec = spec_of(call);
    const struct ens_reply_question question = {
        .provider = route->account->provider,
        .kind = call->queue->kind,
        .spec = &spec,
        .keys = &route->account->keys,
        .now_unix_s = ens_timers_unix_ms(call->calls->timers) / 1000,
    };
    struct ens_reply reply;

    call->attempt.transfer = NULL;
    ens_reply_read(call->attempt.arena, &question, result, &reply);
    record(call, &reply.whole);
    if (reply.whole.reason == ENS_REASON_CLOCK_SKEW && reply.server_unix_s != 0) {
        route->clock_offset_s =
            reply.server_unix_s - ens_timers_unix_ms(call->calls->timers) / 1000;
    }
    if (retry(call, &reply.whole)) {
        return;
    }
    if (settle(call, &question, &reply)) {
        call->number = 0;
        send_unless_paused(call);
    } else {
        end(call);
    }
}
