/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/inquiry.h"

#include "base/container.h"
#include "core/diagnosis.h"
#include "core/messages.h"
#include "core/retry.h"
#include "engine/reply.h"
#include "http/endpoint.h"

static void send(struct ens_inquiry *inquiry);

static struct ens_timers *timers_of(const struct ens_inquiry *inquiry)
{
    return inquiry->calls->timers;
}

static const struct ens_provider *provider_of(const struct ens_inquiry *inquiry)
{
    return inquiry->route->account->provider;
}

static int64_t remaining_ms(const struct ens_inquiry *inquiry)
{
    return inquiry->deadline_ms - ens_timers_now(timers_of(inquiry));
}

/* As what the reply is classified. */
static enum ens_call_kind call_kind(const struct ens_inquiry *inquiry)
{
    const bool probe = inquiry->kind == ENS_INQUIRY_RIGHT &&
                       (provider_of(inquiry)->capabilities & ENS_CAP_ABSENCE_PROBE) != 0;

    return probe ? ENS_CALL_PROBE : ENS_CALL_READ;
}

static struct ens_call_spec spec_of(const struct ens_inquiry *inquiry)
{
    return (struct ens_call_spec){
        .struct_size = sizeof(struct ens_call_spec),
        .flags = ens_call_is_dry(call_kind(inquiry)) ? ENS_SPEC_DRY_RUN : 0,
        .region = inquiry->route->region,
    };
}

/* ---- the end -------------------------------------------------------------------------------- */

static void end(struct ens_inquiry *inquiry, const struct ens_outcome *outcome)
{
    inquiry->over = true;
    inquiry->done(inquiry, outcome);
}

static void end_without_keys(struct ens_inquiry *inquiry, const struct ens_key_failure *failure)
{
    const struct ens_outcome failed = {
        .kind = call_kind(inquiry),
        .reason = failure->reason,
        .hint = failure->hint,
        .flags = ENS_CODE_FINAL,
        .detail = ens_str_of(failure->error),
    };

    end(inquiry, &failed);
}

/* Records the end of the attempt. Requests to the service that hands out keys are not recorded. */
static void record(const struct ens_inquiry *inquiry, const struct ens_outcome *outcome)
{
    const struct ens_call_spec spec = spec_of(inquiry);

    if (inquiry->kind != ENS_INQUIRY_RIGHT) {
        return;
    }
    const struct ens_record record = {
        .route = inquiry->route,
        .keys = inquiry->keys,
        .kind = call_kind(inquiry),
        .spec = &spec,
        .run = inquiry->run,
        .attempt = inquiry->number,
        .unix_ms = ens_timers_unix_ms(timers_of(inquiry)),
        .elapsed_ms = ens_timers_now(timers_of(inquiry)) - inquiry->attempt.begun_ms,
        .outcome = outcome,
    };
    ens_record_attempt(&inquiry->calls->recorder, &record);
}

void ens_inquiry_stop(struct ens_inquiry *inquiry, enum ens_reason reason)
{
    if (inquiry->over) {
        return;
    }
    inquiry->over = true;
    ens_keyring_leave(&inquiry->waiter);
    ens_timer_clear(timers_of(inquiry), &inquiry->retry);
    if (inquiry->attempt.transfer != NULL) {
        const struct ens_outcome aborted = {
            .kind = call_kind(inquiry), .reason = reason, .sent = true};
        record(inquiry, &aborted);
        ens_attempt_cancel(&inquiry->attempt, &inquiry->calls->sender);
    }
}

void ens_inquiry_done(struct ens_inquiry *inquiry)
{
    if (inquiry->calls != NULL) { /* else it was never begun: there was no account to ask for */
        ens_attempt_done(&inquiry->attempt, &inquiry->calls->sender);
    }
    ens_keys_unref(inquiry->keys);
    ens_arena_free(inquiry->arena);
}

/* ---- sending -------------------------------------------------------------------------------- */

static void on_result(void *ud, const struct ens_transport_result *result);

/* The request, and where it goes. */
static struct ens_credentials_request request_of(struct ens_inquiry *inquiry,
                                                 const struct ens_identity *identity)
{
    const struct ens_provider *provider = provider_of(inquiry);
    const struct ens_memory memory = ens_attempt_begin(&inquiry->attempt, &inquiry->calls->sender);
    struct ens_credentials_request request = {.struct_size = sizeof(request),
                                              .endpoint = inquiry->route->base,
                                              .identity = identity,
                                              .region = inquiry->route->region};

    if (inquiry->kind == ENS_INQUIRY_CALLER) {
        provider->caller_request(&memory, identity, inquiry->route->account->sts_endpoint,
                                 &request);
        return request;
    }
    struct ens_http_request *http = memory.alloc(memory.ctx, sizeof(*http));
    http->struct_size = sizeof(*http);
    provider->right_request(&memory, inquiry->route->region, http);
    request.http = http;
    return request;
}

static int64_t timeout_of(const struct ens_inquiry *inquiry)
{
    const int64_t usual = ens_retry_attempt_ms(ENS_CALL_READ, remaining_ms(inquiry));

    return inquiry->kind == ENS_INQUIRY_CALLER && usual > ENS_CALLER_ATTEMPT_MS
               ? ENS_CALLER_ATTEMPT_MS
               : usual;
}

static bool has_request(const struct ens_inquiry *inquiry)
{
    const struct ens_provider *provider = provider_of(inquiry);

    return inquiry->kind == ENS_INQUIRY_CALLER ? provider->caller_request != NULL
                                               : provider->right_request != NULL;
}

static void transmit(struct ens_inquiry *inquiry)
{
    const struct ens_identity identity = ens_keys_reveal(inquiry->keys);
    const struct ens_credentials_request request = request_of(inquiry, &identity);

    inquiry->number++;
    inquiry->host = ens_arena_dup(
        inquiry->arena, ens_endpoint_host_header(inquiry->attempt.arena, request.endpoint));
    const struct ens_attempt_plan plan = {
        .provider = provider_of(inquiry),
        .identity = &identity,
        .base = request.endpoint,
        .host = inquiry->host,
        .region = request.region,
        .service = request.service,
        .clock_offset_s = inquiry->clock_offset_s,
        .timeout_ms = timeout_of(inquiry),
        .fresh = inquiry->number > 1,
    };
    inquiry->sent_unix_ms = ens_timers_unix_ms(timers_of(inquiry));
    ens_attempt_send(&inquiry->attempt, &inquiry->calls->sender, &plan, request.http, on_result,
                     inquiry);
}

/* Signs and sends the request as soon as the account has keys. */
static void send(struct ens_inquiry *inquiry)
{
    struct ens_keyring *keyring = &inquiry->route->account->keyring;

    switch (ens_keyring_get(keyring, &inquiry->waiter)) {
    case ENS_KEYS_WAIT:
        return;
    case ENS_KEYS_FAILED:
        end_without_keys(inquiry, &keyring->failure);
        return;
    case ENS_KEYS_READY:
        break;
    }
    if (inquiry->renewing && ens_keys_eq(keyring->keys, inquiry->keys)) {
        end(inquiry, inquiry->failed); /* the source has no others */
        return;
    }
    inquiry->renewing = false;
    struct ens_keys *before = inquiry->keys;
    inquiry->keys = ens_keys_ref(keyring->keys);
    ens_keys_unref(before);
    if (has_request(inquiry)) {
        transmit(inquiry);
    } else {
        end(inquiry, &(struct ens_outcome){.kind = call_kind(inquiry), .reason = ENS_REASON_OK});
    }
}

static void on_keys(struct ens_key_waiter *waiter)
{
    send(ENS_CONTAINER_OF(waiter, struct ens_inquiry, waiter));
}

static void on_retry(struct ens_timer *timer)
{
    send(ENS_CONTAINER_OF(timer, struct ens_inquiry, retry));
}

void ens_inquiry_begin(struct ens_inquiry *inquiry)
{
    inquiry->arena = ens_arena_new();
    inquiry->waiter =
        (struct ens_key_waiter){.deadline_ms = inquiry->deadline_ms, .ready = on_keys};
    inquiry->retry.fire = on_retry;
    inquiry->clock_offset_s = inquiry->route->clock_offset_s;
    send(inquiry);
}

void ens_inquiry_pending(const struct ens_inquiry *inquiry, struct ens_arena *arena,
                         struct ens_pending *ret)
{
    const struct ens_transport *transport = inquiry->calls->sender.transport;

    ret->host = ens_arena_dup(arena, inquiry->host);
    if (inquiry->waiter.at != NULL) {
        ens_keyring_pending(&inquiry->route->account->keyring, arena, ret);
    }
    if (inquiry->attempt.transfer != NULL && transport->progress != NULL) {
        const struct ens_transport_progress progress =
            transport->progress(transport->ud, inquiry->attempt.transfer);
        ret->phase = progress.phase;
        ret->proxy = ens_arena_dup(arena, progress.proxy);
    }
    ret->last = inquiry->failed != NULL ? ens_outcome_keep(arena, inquiry->failed) : NULL;
}

/* ---- replies -------------------------------------------------------------------------------- */

/* Schedules another attempt; false: there is none. */
static bool retry(struct ens_inquiry *inquiry, const struct ens_outcome *outcome)
{
    const int64_t wait = ens_retry_wait_ms(&(struct ens_retry){
        .kind = ENS_CALL_READ,
        .reason = outcome->reason,
        .flags = outcome->flags,
        .attempt = inquiry->number,
        .retry_after_ms = outcome->retry_after_ms,
        .remaining_ms = remaining_ms(inquiry),
        .random = ens_timers_random(timers_of(inquiry)),
    });
    const bool unanswered = inquiry->kind == ENS_INQUIRY_CALLER && outcome->http_status == 0;

    if (wait == ENS_RETRY_NO || unanswered) {
        return false;
    }
    inquiry->failed = ens_outcome_keep(inquiry->arena, outcome);
    ens_timer_set(timers_of(inquiry), &inquiry->retry, ens_timers_now(timers_of(inquiry)) + wait);
    return true;
}

/* The keys have expired: sends the request once more with others. False: that is not why it was
 * refused, or it has had others already. */
static bool renew(struct ens_inquiry *inquiry, const struct ens_outcome *outcome)
{
    if (!(outcome->flags & ENS_CODE_EXPIRED) || inquiry->renewed) {
        return false;
    }
    inquiry->renewed = true;
    inquiry->renewing = true;
    inquiry->failed = ens_outcome_keep(inquiry->arena, outcome);
    ens_keyring_expired(&inquiry->route->account->keyring, inquiry->keys);
    send(inquiry);
    return true;
}

static void compare_clocks(struct ens_inquiry *inquiry, const struct ens_reply *reply)
{
    const int64_t now_ms = ens_timers_unix_ms(timers_of(inquiry));

    if (reply->server_unix_s == 0) {
        return;
    }
    inquiry->told_time = true;
    inquiry->clock_skew_ms = ens_clock_skew_ms(reply->server_unix_s, inquiry->sent_unix_ms, now_ms);
    if (reply->whole.reason == ENS_REASON_CLOCK_SKEW) {
        inquiry->clock_offset_s = reply->server_unix_s - now_ms / 1000;
    }
}

static void on_result(void *ud, const struct ens_transport_result *result)
{
    struct ens_inquiry *inquiry = ud;
    const struct ens_call_spec spec = spec_of(inquiry);
    const struct ens_reply_question question = {
        .provider = provider_of(inquiry),
        .kind = call_kind(inquiry),
        .spec = &spec,
        .keys = inquiry->keys,
        .now_unix_s = ens_timers_unix_ms(timers_of(inquiry)) / 1000,
    };
    struct ens_reply reply;

    inquiry->attempt.transfer = NULL;
    if (inquiry->kind == ENS_INQUIRY_CALLER) {
        ens_str identity = {NULL, 0};
        ens_reply_read_caller(inquiry->attempt.arena, &question, result, &reply, &identity);
        inquiry->identity =
            ens_arena_dup(inquiry->arena,
                          ens_cloud_text(inquiry->attempt.arena, identity, ENS_CLOUD_MESSAGE_MAX));
    } else {
        ens_reply_read(inquiry->attempt.arena, &question, result, &reply);
    }
    compare_clocks(inquiry, &reply);
    record(inquiry, &reply.whole);
    if (!renew(inquiry, &reply.whole) && !retry(inquiry, &reply.whole)) {
        end(inquiry, &reply.whole);
    }
}
