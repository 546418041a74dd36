/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/container.h"
#include "core/messages.h"
#include "core/retry.h"
#include "engine/call_private.h"

static void send(struct ens_call *call);

/* ---- beginning and end ---------------------------------------------------------------------- */

static struct ens_keyring *keyring_of(const struct ens_call *call)
{
    return &call->queue->route->account->keyring;
}

/* A Retry-After in reply to one call pauses all calls of the queue, and a cloud that throttles gets
 * them at a pace. */
static void send_unless_paused(struct ens_call *call)
{
    const int64_t now = ens_timers_now(call->calls->timers);
    const int64_t paused_until = call->queue->batch.paused_until_ms;
    const int64_t paced = ens_pace_next(call->queue->pace, now);
    const int64_t at = paced > paused_until ? paced : paused_until;

    if (now < at) {
        ens_timer_set(call->calls->timers, &call->retry, at);
    } else {
        send(call);
    }
}

static void on_retry(struct ens_timer *timer)
{
    send_unless_paused(ENS_CONTAINER_OF(timer, struct ens_call, retry));
}

/* The account has other keys, or can't have any. */
static void on_keys(struct ens_key_waiter *waiter)
{
    send_unless_paused(ENS_CONTAINER_OF(waiter, struct ens_call, waiter));
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
    ens_keyring_leave(&call->waiter);
    call->calls->in_flight--;
    ens_queue_ended(call->queue);
    ens_attempt_done(&call->attempt, &call->calls->sender);
    ens_keys_unref(call->keys);
    ens_arena_give(call->calls->sender.arenas, call->arena);
    ens_free(call);
}

void ens_call_begin(struct ens_calls *calls, struct ens_queue *queue, struct ens_request **requests,
                    size_t count)
{
    struct ens_call *call = ens_alloc(sizeof(*call));
    struct ens_arena *arena = ens_arena_take(calls->sender.arenas);
    const struct ens_run run = {ens_arena_dup(arena, requests[0]->run.id), requests[0]->run.trace};

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
        .run = run,
        .page = ens_arena_dup(arena, requests[0]->page),
        .filter = requests[0]->filter,
        .retry = {.fire = on_retry},
        .waiter = {.ready = on_keys},
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

static void record(const struct ens_call *call, const struct ens_outcome *outcome);

void ens_call_leave(struct ens_request *request, enum ens_reason reason)
{
    struct ens_call *call = ens_call_detach(request);

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
    if (call->waiter.at != NULL) {
        ens_keyring_pending(keyring_of(call), arena, ret);
    }
    if (call->attempt.transfer != NULL && transport->progress != NULL) {
        const struct ens_transport_progress progress =
            transport->progress(transport->ud, call->attempt.transfer);
        ret->phase = progress.phase;
        ret->proxy = ens_arena_dup(arena, progress.proxy);
    }
    ret->last = call->failed != NULL ? ens_outcome_keep(arena, call->failed) : NULL;
}

/* ---- sending -------------------------------------------------------------------------------- */

static struct ens_record record_of(const struct ens_call *call, const struct ens_call_spec *spec)
{
    return (struct ens_record){
        .route = call->queue->route,
        .keys = call->keys,
        .kind = call->queue->kind,
        .spec = spec,
        .run = &call->run,
        .attempt = call->number,
        .starts_before = call->starts_before,
        .unix_ms = ens_timers_unix_ms(call->calls->timers),
    };
}

/* Records the end of the attempt. */
static void record(const struct ens_call *call, const struct ens_outcome *outcome)
{
    const struct ens_call_spec spec = ens_call_spec_of(call);
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

static void end_with(struct ens_call *call, const struct ens_outcome *outcome)
{
    ens_call_deliver_all(call, outcome);
    end(call);
}

static void end_unrecorded(struct ens_call *call)
{
    const struct ens_outcome refused = {
        .kind = call->queue->kind,
        .reason = ENS_REASON_POLICY,
        .flags = ENS_CODE_FINAL,
        .detail = ens_record_warning(&call->calls->recorder),
    };

    end_with(call, &refused);
}

static void end_without_keys(struct ens_call *call, const struct ens_key_failure *failure)
{
    const struct ens_outcome failed = {
        .kind = call->queue->kind,
        .reason = failure->reason,
        .hint = failure->hint,
        .flags = ENS_CODE_FINAL,
        .detail = ens_str_of(failure->error),
    };

    end_with(call, &failed);
}

static void on_result(void *ud, const struct ens_transport_result *result);

static void transmit(struct ens_call *call)
{
    const struct ens_route *route = call->queue->route;
    const struct ens_call_spec spec = ens_call_spec_of(call);
    const struct ens_identity identity = ens_keys_reveal(call->keys);
    struct ens_http_request request;

    call->number++;
    if (!record_start(call, &spec)) {
        end_unrecorded(call);
        return;
    }
    const struct ens_memory memory = ens_attempt_begin(&call->attempt, &call->calls->sender);
    ens_attempt_build(&memory, route->account->provider, call->queue->kind, &spec, call->filter,
                      &request);
    const struct ens_attempt_plan plan = {
        .provider = route->account->provider,
        .identity = &identity,
        .base = route->base,
        .host = route->host,
        .region = route->region,
        .clock_offset_s = route->clock_offset_s,
        .timeout_ms = ens_retry_attempt_ms(
            call->queue->kind, ens_call_deadline(call) - ens_timers_now(call->calls->timers)),
        .fresh = call->fresh,
    };
    ens_pace_sent(call->queue->pace, ens_timers_now(call->calls->timers));
    ens_attempt_send(&call->attempt, &call->calls->sender, &plan, &request, on_result, call);
}

/* Signs and sends the request as soon as the account has keys. */
static void send(struct ens_call *call)
{
    struct ens_keyring *keyring = keyring_of(call);

    ens_call_drop_ended(call);
    call->waiter.deadline_ms = ens_call_deadline(call);
    switch (ens_keyring_get(keyring, &call->waiter)) {
    case ENS_KEYS_WAIT:
        return;
    case ENS_KEYS_FAILED:
        end_without_keys(call, &keyring->failure);
        return;
    case ENS_KEYS_READY:
        break;
    }
    if (call->renewing && ens_keys_eq(keyring->keys, call->keys)) {
        ens_call_deliver_sent(call, call->failed); /* the source has no others */
        ens_call_deliver_rest(call, call->failed);
        end(call);
        return;
    }
    call->renewing = false;
    struct ens_keys *before = call->keys;
    call->keys = ens_keys_ref(keyring->keys);
    ens_keys_unref(before);
    transmit(call);
}

/* ---- retry ---------------------------------------------------------------------------------- */

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
    return !ens_reason_is_answer(outcome->reason) ||
           ens_call_split_of(call, outcome) == ENS_SPLIT_NONE;
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
        .remaining_ms = ens_call_deadline(call) - now,
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
            ens_call_deliver(call, i, outcome);
        }
    }
    call->failed = ens_outcome_keep(call->arena, outcome);
    ens_timer_set(call->calls->timers, &call->retry, at);
    return true;
}

/* The keys have expired: sends the call once more with others. False: that is not why it was
 * refused, or it has had others already. */
static bool renew(struct ens_call *call, const struct ens_outcome *outcome)
{
    if (!(outcome->flags & ENS_CODE_EXPIRED) || call->renewed) {
        return false;
    }
    call->renewed = true;
    call->renewing = true;
    call->failed = ens_outcome_keep(call->arena, outcome);
    ens_keyring_expired(keyring_of(call), call->keys);
    send_unless_paused(call);
    return true;
}

static void keep_pace(const struct ens_call *call, const struct ens_outcome *outcome)
{
    const int64_t now = ens_timers_now(call->calls->timers);

    if (outcome->reason == ENS_REASON_THROTTLED) {
        ens_pace_throttled(call->queue->pace, call->attempt.begun_ms, now);
    } else if (outcome->http_status != 0) {
        ens_pace_answered(call->queue->pace, now);
    }
}

static void on_result(void *ud, const struct ens_transport_result *result)
{
    struct ens_call *call = ud;
    struct ens_route *route = call->queue->route;
    const struct ens_call_spec spec = ens_call_spec_of(call);
    const struct ens_reply_question question = {
        .provider = route->account->provider,
        .kind = call->queue->kind,
        .spec = &spec,
        .keys = call->keys,
        .now_unix_s = ens_timers_unix_ms(call->calls->timers) / 1000,
    };
    struct ens_reply reply;

    call->attempt.transfer = NULL;
    ens_reply_read(call->attempt.arena, &question, result, &reply);
    record(call, &reply.whole);
    keep_pace(call, &reply.whole);
    if (reply.whole.reason == ENS_REASON_CLOCK_SKEW && reply.server_unix_s != 0) {
        route->clock_offset_s =
            reply.server_unix_s - ens_timers_unix_ms(call->calls->timers) / 1000;
    }
    if (renew(call, &reply.whole) || retry(call, &reply.whole)) {
        return;
    }
    if (ens_call_settle(call, &question, &reply)) {
        call->number = 0;
        send_unless_paused(call);
    } else {
        end(call);
    }
}
