/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/tracing.h"

#include "base/alloc.h"
#include "base/container.h"
#include "core/reply_headers.h"

#define BODY_MAX          ((size_t)16 * 1024 * 1024)
#define BATCH_BYTES       ((size_t)2 * 1024 * 1024) /* a batch ends with the span that passes this */
#define FIRST_WAIT_MS     ((int64_t)1000)
#define LAST_WAIT_MS      ((int64_t)50) /* the first one, when the engine ends */
#define LONGEST_WAIT_MS   ((int64_t)32 * 1000)
#define CLOCK_STEP_MS     ((int64_t)1000)
#define LONGEST_DOUBLINGS 5u
#define EMPTY_REFUSED     400 /* by receivers that expect a span in each request */
#define NOTHING           "{\"resourceSpans\": []}"

/* A span that waits, as JSON. */
struct ens_tracing_item {
    struct ens_tracing_item *next;
    size_t len;
    char *json;
};

static bool is_on(const struct ens_tracing *tracing)
{
    return tracing->receiver.base.len > 0;
}

/* ---- the queue ------------------------------------------------------------------------------ */

/* Frees the oldest span after those that are skipped. */
static void drop(struct ens_tracing *tracing, size_t skip)
{
    struct ens_tracing_item **at = &tracing->first;

    while (skip-- > 0) {
        at = &(*at)->next;
    }
    struct ens_tracing_item *item = *at;
    *at = item->next;
    if (item->next == NULL) {
        tracing->end = at;
    }
    tracing->count--;
    ens_free(item->json);
    ens_free(item);
}

static void drop_sent(struct ens_tracing *tracing)
{
    for (; tracing->sending > 0; tracing->sending--) {
        drop(tracing, 0);
    }
}

static void give_up_all(struct ens_tracing *tracing)
{
    tracing->lost += tracing->count;
    tracing->sending = tracing->count;
    drop_sent(tracing);
}

/* ---- requests ------------------------------------------------------------------------------- */

static void on_result(void *ud, const struct ens_transport_result *result);

/* The body of a request with the oldest spans. */
static void add_batch(struct ens_tracing *tracing, struct ens_buf *body)
{
    const struct ens_tracing_item *item = tracing->first;

    ens_buf_add(body, tracing->receiver.opening);
    while (item != NULL && tracing->sending < ENS_TRACING_BATCH_MAX && body->len < BATCH_BYTES) {
        ens_buf_add(body, tracing->sending > 0 ? ENS_STR(", ") : ENS_STR(""));
        ens_buf_add(body, (ens_str){item->json, item->len});
        tracing->sending++;
        item = item->next;
    }
    ens_spans_close(body);
}

static void post(struct ens_tracing *tracing, ens_str body)
{
    const struct ens_receiver *receiver = &tracing->receiver;
    const struct ens_http_request request = {
        .struct_size = sizeof(request),
        .method = ENS_STR("POST"),
        .path = receiver->target,
        .headers = receiver->headers,
        .header_count = receiver->header_count,
        .body = body,
    };
    const struct ens_signature unsigned_target = {.struct_size = sizeof(unsigned_target),
                                                  .target = receiver->target};
    const struct ens_transport_message message = {
        .base = receiver->base,
        .host = receiver->host,
        .request = &request,
        .signature = &unsigned_target,
        .timeout_ms = ENS_TRACING_ATTEMPT_MS,
    };

    tracing->transfer =
        tracing->transport->send(tracing->transport->ud, &message, on_result, tracing);
}

static void send(struct ens_tracing *tracing)
{
    ENS_AUTO_BUF body = ens_buf_new(BODY_MAX);

    if (tracing->count > 0) {
        add_batch(tracing, &body);
    } else {
        ens_buf_add(&body, ENS_STR(NOTHING));
    }
    post(tracing, ens_buf_str(&body));
}

static void send_in(struct ens_tracing *tracing, int64_t ms)
{
    ens_timer_set(tracing->timers, &tracing->timer, ens_timers_now(tracing->timers) + ms);
}

static void send_now(struct ens_tracing *tracing)
{
    ens_timer_clear(tracing->timers, &tracing->timer);
    send(tracing);
}

static void on_timer(struct ens_timer *timer)
{
    struct ens_tracing *tracing = ENS_CONTAINER_OF(timer, struct ens_tracing, timer);

    if (tracing->count > 0) {
        send(tracing);
    }
}

static void on_late(struct ens_timer *timer)
{
    ENS_CONTAINER_OF(timer, struct ens_tracing, end_timer)->late = true;
}

/* Whether spans have to wait: for the end of a request, or after a failed one. */
static bool is_held_up(const struct ens_tracing *tracing)
{
    return tracing->transfer != NULL ||
           (tracing->failures > 0 && ens_timer_is_set(&tracing->timer));
}

/* Sends a full batch at once, and any other after more spans could join it. */
static void schedule(struct ens_tracing *tracing)
{
    if (tracing->count == 0 || is_held_up(tracing)) {
        return;
    }
    if (tracing->count >= ENS_TRACING_BATCH_MAX || tracing->ending) {
        send_now(tracing);
    } else if (!ens_timer_is_set(&tracing->timer)) {
        send_in(tracing, ENS_TRACING_DELAY_MS);
    }
}

/* ---- results -------------------------------------------------------------------------------- */

static void note_failure(struct ens_tracing *tracing, ens_str why)
{
    if (tracing->failure.count == 0) {
        ens_diags_add(&tracing->failure, ENS_WARNING, NULL, NULL, "%.*s", ENS_STR_ARG(why));
    }
}

static void note_status(struct ens_tracing *tracing, uint32_t status)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();

    note_failure(tracing, ens_arena_printf(arena, "it answers with HTTP %u", (unsigned)status));
}

/* OTLP/HTTP: these and no reply at all are worth another try. */
static bool is_passing(const struct ens_transport_result *result)
{
    static const uint32_t statuses[] = {429, 502, 503, 504};

    for (size_t i = 0; result->reply != NULL && i < ENS_COUNT(statuses); i++) {
        if (result->reply->status == statuses[i]) {
            return true;
        }
    }
    return result->reply == NULL && !result->untrusted;
}

static int64_t wait_ms(const struct ens_tracing *tracing, const struct ens_transport_result *result)
{
    const unsigned doublings = tracing->failures - 1;
    const int64_t first_ms = tracing->ending ? LAST_WAIT_MS : FIRST_WAIT_MS;
    const int64_t own_ms = doublings < LONGEST_DOUBLINGS ? first_ms << doublings : LONGEST_WAIT_MS;
    const int64_t asked_ms =
        result->reply == NULL
            ? 0
            : ens_reply_retry_after_ms(result->reply, ens_timers_unix_ms(tracing->timers) / 1000);

    return asked_ms > own_ms ? asked_ms : own_ms;
}

static void accept(struct ens_tracing *tracing, const struct ens_http_reply *reply)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ens_str why;
    const size_t rejected = ens_spans_rejected(arena, reply->body, &why);

    tracing->failures = 0;
    tracing->accepted = true;
    if (tracing->lost == tracing->told) {
        ens_diags_done(&tracing->failure); /* it is over, and no span was lost by it */
    }
    if (rejected > 0) {
        tracing->lost += rejected < tracing->sending ? rejected : tracing->sending;
        note_failure(tracing, why.len > 0 ? ens_arena_printf(arena, "it rejects spans: %.*s",
                                                             ENS_STR_ARG(why))
                                          : ENS_STR("it rejects spans"));
    }
    drop_sent(tracing);
    schedule(tracing);
}

/* The request failed: its spans wait for another one, or are given up. */
static void refuse(struct ens_tracing *tracing, const struct ens_transport_result *result)
{
    if (result->reply == NULL) {
        note_failure(tracing, ens_str_of(result->error));
    } else {
        note_status(tracing, result->reply->status);
    }
    if (!is_passing(result)) {
        tracing->lost += tracing->sending;
        drop_sent(tracing);
    }
    tracing->sending = 0;
    tracing->failures++;
    tracing->accepted = false;
    if (tracing->ending && result->reply == NULL) {
        give_up_all(tracing); /* a receiver that can't be reached now won't be soon */
    } else {
        send_in(tracing, wait_ms(tracing, result));
    }
}

static void on_result(void *ud, const struct ens_transport_result *result)
{
    struct ens_tracing *tracing = ud;
    const struct ens_http_reply *reply = result->reply;

    tracing->transfer = NULL;
    if (reply != NULL &&
        (reply->status / 100 == 2 || (tracing->sending == 0 && reply->status == EMPTY_REFUSED))) {
        accept(tracing, reply);
    } else {
        refuse(tracing, result);
    }
}

/* ---- for jobs ------------------------------------------------------------------------------- */

void ens_tracing_open(struct ens_tracing *tracing, struct ens_arena *arena,
                      const struct ens_environment *environment, ens_str user_agent,
                      struct ens_diags *warnings)
{
    const ens_str parent = ens_str_of(environment->get(environment->ud, "TRACEPARENT"));

    tracing->end = &tracing->first;
    tracing->timer.fire = on_timer;
    tracing->end_timer.fire = on_late;
    ens_receiver_read(arena, environment, user_agent, &tracing->receiver, warnings);
    if (parent.len > 0 && !ens_trace_parse(parent, &tracing->parent) && is_on(tracing)) {
        ens_diags_add(warnings, ENS_WARNING, "TRACEPARENT", NULL,
                      "it is not of the form 00-TRACE_ID-SPAN_ID-FLAGS; traces begin here");
    }
}

/* A difference below this is that of two clocks read one after the other; above it, UTC was set. */
static void set_clock(struct ens_tracing *tracing)
{
    const int64_t offset_ms = ens_timers_unix_ms(tracing->timers) - ens_timers_now(tracing->timers);
    const int64_t change_ms = offset_ms - tracing->clock_offset_ms;

    if (change_ms > CLOCK_STEP_MS || change_ms < -CLOCK_STEP_MS) {
        tracing->clock_offset_ms = offset_ms;
    }
}

int64_t ens_tracing_unix_ms(const struct ens_tracing *tracing, int64_t mono_ms)
{
    return mono_ms + tracing->clock_offset_ms;
}

struct ens_trace ens_tracing_begin(struct ens_tracing *tracing)
{
    struct ens_trace trace = tracing->parent;

    if (!is_on(tracing)) {
        return trace;
    }
    set_clock(tracing);
    trace = ens_trace_below(&tracing->parent, tracing->timers->entropy);
    if (trace.sampled && !tracing->asked) {
        /* Asks early, so that the first job can tell that there is no receiver. */
        tracing->asked = true;
        send(tracing);
    }
    return trace;
}

bool ens_tracing_wants(const struct ens_tracing *tracing, const struct ens_trace *trace)
{
    return is_on(tracing) && trace->sampled;
}

void ens_tracing_add(struct ens_tracing *tracing, const struct ens_span *span)
{
    ENS_AUTO_BUF json = ens_buf_new(ENS_SPAN_JSON_MAX);

    ens_span_format(span, &json);
    if (ens_buf_failed(&json)) {
        tracing->lost++;
        return;
    }
    if (tracing->count == ENS_TRACING_QUEUE_MAX) {
        drop(tracing, tracing->sending);
        tracing->lost++;
    }
    struct ens_tracing_item *item = ens_alloc(sizeof(*item));
    item->len = json.len;
    item->json = ens_buf_take(&json);
    *tracing->end = item;
    tracing->end = &item->next;
    tracing->count++;
    schedule(tracing);
}

void ens_tracing_flush(struct ens_tracing *tracing)
{
    if (tracing->count > 0 && !is_held_up(tracing)) {
        send_now(tracing);
    }
}

/* ---- what is told --------------------------------------------------------------------------- */

static ens_str explain(const struct ens_tracing *tracing, struct ens_arena *arena)
{
    const struct ens_receiver *receiver = &tracing->receiver;
    const ens_str why = tracing->failure.count > 0
                            ? ens_str_of(tracing->failure.items[0].summary)
                            : ENS_STR("it takes them more slowly than calls end");

    return ens_arena_printf(arena, "traces can't be sent to %.*s (%s): %.*s",
                            ENS_STR_ARG(receiver->base), receiver->variable, ENS_STR_ARG(why));
}

ens_str ens_tracing_warning(struct ens_tracing *tracing, struct ens_arena *arena)
{
    const bool failed = tracing->failure.count > 0 && !tracing->accepted;

    if (tracing->warned || (!failed && tracing->lost == 0)) {
        return ENS_STR("");
    }
    tracing->warned = true;
    tracing->told = tracing->lost;
    const ens_str text = explain(tracing, arena);
    return tracing->lost == 0 ? text
                              : ens_arena_printf(arena, "%.*s; spans lost so far: %zu",
                                                 ENS_STR_ARG(text), tracing->lost);
}

/* An error where no job could tell why: every front end shows these. */
static void log_lost(const struct ens_tracing *tracing)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const size_t untold = tracing->lost - tracing->told;

    if (untold > 0) {
        ens_log(tracing->log, tracing->warned ? ENS_LOG_WARN : ENS_LOG_ERROR, "engine",
                "%.*s; %sspans lost: %zu", ENS_STR_ARG(explain(tracing, arena)),
                tracing->told > 0 ? "further " : "", untold);
    }
}

/* ---- the end -------------------------------------------------------------------------------- */

static void begin_end(struct ens_tracing *tracing)
{
    tracing->ending = true;
    tracing->failures = 0; /* repeats come sooner */
    ens_timer_set(tracing->timers, &tracing->end_timer,
                  ens_timers_now(tracing->timers) + ENS_TRACING_END_MS);
    ens_tracing_flush(tracing);
}

bool ens_tracing_end(struct ens_tracing *tracing)
{
    if (!tracing->ending && tracing->count > 0) {
        begin_end(tracing);
    }
    if (tracing->count > 0 && !tracing->late) {
        return false;
    }
    if (tracing->transfer != NULL) {
        tracing->transport->cancel(tracing->transport->ud, tracing->transfer);
        tracing->transfer = NULL;
        note_failure(tracing, ENS_STR("it does not answer in time"));
    }
    give_up_all(tracing);
    log_lost(tracing);
    return true;
}

void ens_tracing_done(struct ens_tracing *tracing)
{
    ENS_ASSERT(tracing->transfer == NULL && tracing->count == 0);
    ens_timer_clear(tracing->timers, &tracing->timer);
    ens_timer_clear(tracing->timers, &tracing->end_timer);
    ens_diags_done(&tracing->failure);
}
