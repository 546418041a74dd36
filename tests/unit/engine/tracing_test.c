/* SPDX-License-Identifier: Apache-2.0 */
/* The queue of spans and its limit, batches, repeats and the end, with a receiver in memory and a
 * virtual clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/alloc.h"
#include "engine/tracing.h"
#include "support/fake_environment.h"

#define REQUESTS_MAX 64

/* A receiver that keeps its requests, and replies when the test says so. */
struct ground {
    struct ens_tracing tracing;
    struct ens_timers timers;
    struct ens_clock clock;
    struct ens_entropy entropy;
    struct ens_transport transport;
    struct ens_environment environment;
    struct ens_log log;
    struct variable variables[4];
    struct ens_arena *arena;
    struct ens_diags warnings;
    struct ens_trace job;
    int64_t now_ms;
    int64_t offset_ms;          /* of UTC */
    unsigned filled;            /* uses of entropy */
    char *bodies[REQUESTS_MAX]; /* of all requests */
    size_t requests;
    ens_transport_done_fn *done; /* of the one in flight; NULL: none */
    unsigned cancelled;
    char logged[512];
    enum ens_log_level level;
};

/* Not what struct ens_transfer is elsewhere: only its address is used. */
struct ens_transfer {
    int unused;
};

static int64_t now(void *ud)
{
    return ((const struct ground *)ud)->now_ms;
}

static int64_t utc(void *ud)
{
    const struct ground *ground = ud;

    return ground->now_ms + ground->offset_ms;
}

static void fill(void *ud, void *bytes, size_t size)
{
    struct ground *ground = ud;

    memset(bytes, (int)(++ground->filled % 255 + 1), size);
}

static struct ens_transfer *send(void *ud, const struct ens_transport_message *message,
                                 ens_transport_done_fn *done, void *done_ud)
{
    static struct ens_transfer transfer;
    struct ground *ground = ud;

    assert_null(ground->done); /* one request at a time */
    assert_ptr_equal(done_ud, &ground->tracing);
    assert_true(ground->requests < REQUESTS_MAX);
    assert_true(ens_str_is(message->base, "http://127.0.0.1:4318"));
    assert_true(ens_str_is(message->signature->target, "/v1/traces"));
    ENS_AUTO_BUF body = ens_buf_new(message->request->body.len);
    ens_buf_add(&body, message->request->body);
    ground->bodies[ground->requests++] = ens_buf_take(&body);
    ground->done = done;
    return &transfer;
}

static void cancel(void *ud, struct ens_transfer *transfer)
{
    struct ground *ground = ud;

    (void)transfer;
    assert_non_null(ground->done);
    ground->done = NULL;
    ground->cancelled++;
}

static void write_log(void *ud, enum ens_log_level level, const char *module, const char *message,
                      const struct ens_pair *pairs, size_t pair_count)
{
    struct ground *ground = ud;

    (void)module;
    (void)pairs;
    (void)pair_count;
    assert_string_equal(ground->logged, ""); /* one line */
    ground->level = level;
    (void)strncpy(ground->logged, message, sizeof(ground->logged) - 1);
}

static void begin_with(struct ground *ground, const char *endpoint, const char *parent)
{
    *ground = (struct ground){
        .now_ms = 1000,
        .offset_ms = 5000,
        .clock = {utc, now, ground},
        .entropy = {fill, ground},
        .transport = {.send = send, .cancel = cancel, .ud = ground},
        .log = {write_log, ground, ENS_LOG_WARN},
        .variables = {{"OTEL_EXPORTER_OTLP_ENDPOINT", endpoint}, {"TRACEPARENT", parent}},
    };
    ground->timers = (struct ens_timers){.clock = &ground->clock, .entropy = &ground->entropy};
    ground->environment = fake_environment(ground->variables);
    ground->arena = ens_arena_new();
    ground->tracing = (struct ens_tracing){
        .timers = &ground->timers, .transport = &ground->transport, .log = &ground->log};
    ens_tracing_open(&ground->tracing, ground->arena, &ground->environment, ENS_STR("ensure/1"),
                     &ground->warnings);
    ground->job = ens_tracing_begin(&ground->tracing);
}

static void reply(struct ground *ground, uint32_t status, const char *retry_after)
{
    const struct ens_pair header = {ENS_STR("retry-after"), ens_str_of(retry_after)};
    const struct ens_pair *headers[] = {&header};
    const struct ens_http_reply http = {.struct_size = sizeof(http),
                                        .status = status,
                                        .headers = headers,
                                        .header_count = retry_after != NULL ? 1 : 0};
    const struct ens_transport_result result = {
        .end = status != 0 ? ENS_TRANSPORT_REPLY : ENS_TRANSPORT_NOT_SENT,
        .reply = status != 0 ? &http : NULL,
        .error = status != 0 ? "" : "could not connect",
    };
    ens_transport_done_fn *done = ground->done;

    assert_non_null(done);
    ground->done = NULL;
    done(&ground->tracing, &result);
}

/* Tracing is on, and the receiver has said that it is there. */
static void begin(struct ground *ground)
{
    begin_with(ground, "http://127.0.0.1:4318", "");
    assert_int_equal(ground->requests, 1);
    assert_string_equal(ground->bodies[0], "{\"resourceSpans\": []}");
    reply(ground, 200, NULL);
}

static void finish(struct ground *ground)
{
    assert_true(ens_tracing_end(&ground->tracing));
    ens_tracing_done(&ground->tracing);
    ens_timers_done(&ground->timers);
    for (size_t i = 0; i < ground->requests; i++) {
        ens_free(ground->bodies[i]);
    }
    ens_diags_done(&ground->warnings);
    ens_arena_free(ground->arena);
}

/* Adds spans that are named "<first>" and so on. */
static void add(struct ground *ground, size_t first, size_t count)
{
    for (size_t i = first; i < first + count; i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        const struct ens_span span = {.trace = ground->job,
                                      .kind = ENS_SPAN_CLIENT,
                                      .name = ens_arena_printf(arena, "<%zu>", i)};
        ens_tracing_add(&ground->tracing, &span);
    }
}

static void pass(struct ground *ground, int64_t ms)
{
    ground->now_ms += ms;
    ens_timers_fire(&ground->timers);
}

static size_t spans_in(const char *body)
{
    size_t count = 0;

    for (const char *at = strstr(body, "\"spanId\""); at != NULL; at = strstr(at, "\"spanId\"")) {
        count++;
        at++;
    }
    return count;
}

/* The spans of the last request. */
static size_t sent(const struct ground *ground)
{
    return spans_in(ground->bodies[ground->requests - 1]);
}

/* ---- batches -------------------------------------------------------------------------------- */

static void test_spans_wait_for_others(void **state)
{
    struct ground ground;

    (void)state;
    begin(&ground);
    add(&ground, 0, 1);
    pass(&ground, ENS_TRACING_DELAY_MS - 1);
    add(&ground, 1, 2);
    assert_int_equal(ground.requests, 1);
    pass(&ground, 1);
    assert_int_equal(ground.requests, 2);
    assert_int_equal(sent(&ground), 3);
    add(&ground, 3, 1); /* while the request is in flight */
    reply(&ground, 200, NULL);
    assert_int_equal(ground.requests, 2);
    pass(&ground, ENS_TRACING_DELAY_MS);
    assert_int_equal(sent(&ground), 1);
    reply(&ground, 200, NULL);
    assert_int_equal(ground.tracing.lost, 0);
    finish(&ground);
    assert_string_equal(ground.logged, "");
}

static void test_full_batches_are_sent_at_once(void **state)
{
    struct ground ground;

    (void)state;
    begin(&ground);
    add(&ground, 0, ENS_TRACING_BATCH_MAX - 1);
    assert_int_equal(ground.requests, 1);
    add(&ground, 0, 1);
    assert_int_equal(ground.requests, 2);
    assert_int_equal(sent(&ground), ENS_TRACING_BATCH_MAX);
    add(&ground, 0, ENS_TRACING_BATCH_MAX + 1);
    reply(&ground, 200, NULL);
    assert_int_equal(sent(&ground), ENS_TRACING_BATCH_MAX);
    reply(&ground, 200, NULL);
    assert_int_equal(ground.requests, 3);
    ens_tracing_flush(&ground.tracing); /* no job runs */
    assert_int_equal(sent(&ground), 1);
    reply(&ground, 200, NULL);
    finish(&ground);
}

/* ---- the limit ------------------------------------------------------------------------------ */

static void test_the_limit(void **state)
{
    struct ground ground;

    (void)state;
    begin(&ground);
    add(&ground, 0, ENS_TRACING_QUEUE_MAX); /* of which a batch is in flight, unanswered */
    assert_int_equal(ground.requests, 2);
    assert_int_equal(ground.tracing.count, ENS_TRACING_QUEUE_MAX);
    assert_int_equal(ground.tracing.lost, 0);
    assert_int_equal(ens_tracing_warning(&ground.tracing, ground.arena).len, 0);
    add(&ground, ENS_TRACING_QUEUE_MAX, 2); /* the oldest two that wait are given up */
    assert_int_equal(ground.tracing.count, ENS_TRACING_QUEUE_MAX);
    assert_int_equal(ground.tracing.lost, 2);
    assert_string_equal(ens_tracing_warning(&ground.tracing, ground.arena).ptr,
                        "traces can't be sent to http://127.0.0.1:4318 "
                        "(OTEL_EXPORTER_OTLP_ENDPOINT): it takes them more slowly than calls end; "
                        "spans lost so far: 2");
    assert_int_equal(ens_tracing_warning(&ground.tracing, ground.arena).len, 0);
    reply(&ground, 200, NULL);
    assert_null(strstr(ground.bodies[2], "<512>"));
    assert_null(strstr(ground.bodies[2], "<513>"));
    assert_non_null(strstr(ground.bodies[2], "<514>"));
    reply(&ground, 200, NULL);
    reply(&ground, 200, NULL);
    assert_int_equal(sent(&ground), ENS_TRACING_BATCH_MAX);
    assert_non_null(strstr(ground.bodies[4], "<2049>"));
    reply(&ground, 200, NULL);
    finish(&ground);
    assert_string_equal(ground.logged, ""); /* a job has warned of all that is lost */
}

/* ---- failures ------------------------------------------------------------------------------- */

static void test_repeats(void **state)
{
    static const int64_t waits_s[] = {1, 2, 4, 8, 16, 32, 32, 32};
    struct ground ground;

    (void)state;
    begin(&ground);
    add(&ground, 0, ENS_TRACING_BATCH_MAX);
    for (size_t i = 0; i < ENS_COUNT(waits_s); i++) {
        reply(&ground, i % 2 == 0 ? 0 : 503, NULL);
        const size_t before = ground.requests;
        ens_tracing_flush(&ground.tracing); /* does not shorten the wait, nor does a full batch */
        add(&ground, 0, 1);
        pass(&ground, waits_s[i] * 1000 - 1);
        assert_int_equal(ground.requests, before);
        pass(&ground, 1);
        assert_int_equal(ground.requests, before + 1);
        assert_int_equal(sent(&ground), ENS_TRACING_BATCH_MAX);
    }
    reply(&ground, 429, "100");
    const size_t before = ground.requests;
    pass(&ground, 99999);
    assert_int_equal(ground.requests, before);
    pass(&ground, 1);
    assert_int_equal(ground.requests, before + 1);
    reply(&ground, 200, NULL);
    assert_int_equal(ground.tracing.lost, 0);
    assert_int_equal(ens_tracing_warning(&ground.tracing, ground.arena).len, 0); /* it is over */
    pass(&ground, ENS_TRACING_DELAY_MS);
    reply(&ground, 200, NULL);
    finish(&ground);
    assert_string_equal(ground.logged, "");
}

static void test_refused(void **state)
{
    struct ground ground;

    (void)state;
    begin(&ground);
    add(&ground, 0, 3);
    pass(&ground, ENS_TRACING_DELAY_MS);
    reply(&ground, 400, NULL);
    assert_int_equal(ground.tracing.count, 0);
    assert_string_equal(ens_tracing_warning(&ground.tracing, ground.arena).ptr,
                        "traces can't be sent to http://127.0.0.1:4318 "
                        "(OTEL_EXPORTER_OTLP_ENDPOINT): it answers with HTTP 400; "
                        "spans lost so far: 3");
    pass(&ground, 3600000);
    assert_int_equal(ground.requests, 2); /* there is nothing to send */
    add(&ground, 0, 1);
    assert_false(ens_tracing_end(&ground.tracing));
    reply(&ground, 400, NULL);
    finish(&ground);
    assert_int_equal(ground.level, ENS_LOG_WARN); /* a job has warned */
    assert_non_null(strstr(ground.logged, "; further spans lost: 1"));
}

static void test_nothing_listens(void **state)
{
    struct ground ground;

    (void)state;
    begin_with(&ground, "http://127.0.0.1:4318", "");
    reply(&ground, 0, NULL);
    assert_string_equal(ens_tracing_warning(&ground.tracing, ground.arena).ptr,
                        "traces can't be sent to http://127.0.0.1:4318 "
                        "(OTEL_EXPORTER_OTLP_ENDPOINT): could not connect");
    add(&ground, 0, 5);
    assert_false(ens_tracing_end(&ground.tracing)); /* once more, and no longer */
    assert_int_equal(ground.requests, 2);
    reply(&ground, 0, NULL);
    finish(&ground);
    assert_int_equal(ground.level, ENS_LOG_WARN);
    assert_non_null(strstr(ground.logged, "could not connect; spans lost: 5"));
}

/* After a failure that left nothing to send, spans are sent again. */
static void test_an_empty_queue_does_not_end_it(void **state)
{
    struct ground ground;

    (void)state;
    begin_with(&ground, "http://127.0.0.1:4318", "");
    reply(&ground, 503, NULL);
    pass(&ground, 3600000);
    assert_int_equal(ground.requests, 1);
    add(&ground, 0, 1);
    pass(&ground, ENS_TRACING_DELAY_MS);
    assert_int_equal(ground.requests, 2);
    reply(&ground, 200, NULL);
    finish(&ground);
    assert_string_equal(ground.logged, "");
}

/* The cause that is told is that of the loss, not of an earlier failure that cost nothing. */
static void test_the_cause_is_that_of_the_loss(void **state)
{
    struct ground ground;

    (void)state;
    begin_with(&ground, "http://127.0.0.1:4318", "");
    reply(&ground, 503, NULL);
    add(&ground, 0, 1);
    pass(&ground, 1000);
    reply(&ground, 200, NULL);
    add(&ground, 1, 2);
    pass(&ground, ENS_TRACING_DELAY_MS);
    reply(&ground, 413, NULL);
    finish(&ground);
    assert_non_null(strstr(ground.logged, "it answers with HTTP 413; spans lost: 2"));
}

/* ---- the end of a job ----------------------------------------------------------------------- */

#define CANT_BE_SENT "traces can't be sent to http://127.0.0.1:4318 (OTEL_EXPORTER_OTLP_ENDPOINT): "

static void expect_warning(struct ground *ground, const char *rest)
{
    const ens_str warning = ens_tracing_warning(&ground->tracing, ground->arena);

    assert_true(warning.len > sizeof(CANT_BE_SENT) - 1);
    assert_memory_equal(warning.ptr, CANT_BE_SENT, sizeof(CANT_BE_SENT) - 1);
    assert_string_equal(warning.ptr + sizeof(CANT_BE_SENT) - 1, rest);
    assert_int_equal(ens_tracing_warning(&ground->tracing, ground->arena).len, 0);
}

/* What is lost after the warning is told at the end; each span is counted once. */
static void test_a_job_warns_of_a_refusal(void **state)
{
    static const struct {
        uint32_t status;
        const char *rest;
    } rows[] = {
        {401, "it answers with HTTP 401"},
        {0, "could not connect"},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        struct ground ground;
        begin_with(&ground, "http://127.0.0.1:4318", "");
        reply(&ground, rows[i].status, NULL);
        add(&ground, 0, 3);
        expect_warning(&ground, rows[i].rest);
        assert_false(ens_tracing_end(&ground.tracing)); /* they are tried once more */
        assert_int_equal(sent(&ground), 3);
        reply(&ground, rows[i].status, NULL);
        finish(&ground);
        assert_int_equal(ground.level, ENS_LOG_WARN);
        assert_non_null(strstr(ground.logged, "; spans lost: 3"));
    }
}

/* ---- the end -------------------------------------------------------------------------------- */

static void test_the_end_is_bounded(void **state)
{
    struct ground ground;

    (void)state;
    begin(&ground);
    add(&ground, 0, 7);
    assert_false(ens_tracing_end(&ground.tracing));
    assert_int_equal(sent(&ground), 7);
    pass(&ground, ENS_TRACING_END_MS - 1);
    assert_false(ens_tracing_end(&ground.tracing));
    pass(&ground, 1);
    finish(&ground);
    assert_int_equal(ground.cancelled, 1);
    assert_int_equal(ground.level, ENS_LOG_ERROR); /* no job has warned */
    assert_string_equal(ground.logged, "traces can't be sent to http://127.0.0.1:4318 "
                                       "(OTEL_EXPORTER_OTLP_ENDPOINT): it does not answer in time; "
                                       "spans lost: 7");
}

static void test_the_end_sends_all(void **state)
{
    struct ground ground;

    (void)state;
    begin(&ground);
    add(&ground, 0, 2 * ENS_TRACING_BATCH_MAX + 1);
    assert_false(ens_tracing_end(&ground.tracing));
    reply(&ground, 503, NULL);
    assert_int_equal(ground.requests, 2);
    pass(&ground, 50); /* a receiver that is there gets another request soon */
    reply(&ground, 200, NULL);
    reply(&ground, 200, NULL);
    assert_false(ens_tracing_end(&ground.tracing));
    reply(&ground, 200, NULL);
    assert_int_equal(sent(&ground), 1);
    finish(&ground);
    assert_string_equal(ground.logged, "");
}

static void test_the_end_without_spans(void **state)
{
    struct ground ground;

    (void)state;
    begin_with(&ground, "http://127.0.0.1:4318", "");
    finish(&ground); /* with the first request in flight */
    assert_int_equal(ground.cancelled, 1);
    assert_string_equal(ground.logged, "");
}

/* ---- off ------------------------------------------------------------------------------------ */

static void test_off(void **state)
{
    static const struct {
        const char *endpoint;
        const char *parent;
        bool set;
    } rows[] = {
        {"", "", false},
        {"", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", true},
        {"", "nonsense", false},
        {"http://192.0.2.1", "", false},
        {"http://127.0.0.1:4318", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00", true},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        struct ground ground;
        begin_with(&ground, rows[i].endpoint, rows[i].parent);
        assert_int_equal(ens_trace_is_set(&ground.job), rows[i].set);
        assert_false(ens_tracing_wants(&ground.tracing, &ground.job));
        ens_tracing_flush(&ground.tracing);
        assert_int_equal(ground.requests, 0);
        assert_int_equal(ens_timers_next(&ground.timers), ENS_TIME_NEVER);
        finish(&ground);
        assert_string_equal(ground.logged, "");
    }
}

/* All spans have one clock, until UTC is set. */
static void test_clock(void **state)
{
    struct ground ground;

    (void)state;
    begin(&ground);
    assert_int_equal(ens_tracing_unix_ms(&ground.tracing, 1000), 6000);
    ground.offset_ms += 1000;
    (void)ens_tracing_begin(&ground.tracing);
    assert_int_equal(ens_tracing_unix_ms(&ground.tracing, 1000), 6000);
    ground.offset_ms -= 2001;
    (void)ens_tracing_begin(&ground.tracing);
    assert_int_equal(ens_tracing_unix_ms(&ground.tracing, 1000), 4999);
    finish(&ground);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spans_wait_for_others),
        cmocka_unit_test(test_full_batches_are_sent_at_once),
        cmocka_unit_test(test_the_limit),
        cmocka_unit_test(test_repeats),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_nothing_listens),
        cmocka_unit_test(test_an_empty_queue_does_not_end_it),
        cmocka_unit_test(test_the_cause_is_that_of_the_loss),
        cmocka_unit_test(test_a_job_warns_of_a_refusal),
        cmocka_unit_test(test_the_end_is_bounded),
        cmocka_unit_test(test_the_end_sends_all),
        cmocka_unit_test(test_the_end_without_spans),
        cmocka_unit_test(test_off),
        cmocka_unit_test(test_clock),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
