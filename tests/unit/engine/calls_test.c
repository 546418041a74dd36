/* SPDX-License-Identifier: Apache-2.0 */
/* Calls: retries, clock skew, concurrency limits, deadlines and cancellation. */
#include <stdio.h>
#include <string.h>

#include "answers.h"
#include "engine/call.h"
#include "engine/target_job.h"

/* ---- retries -------------------------------------------------------------------------------- */

struct flaky {
    unsigned bad;     /* number of first replies that fail */
    const char *code; /* "": the connection is lost */
    int64_t retry_after_ms;
    int64_t skew_s; /* of the cloud's clock */
    bool sends_date;
    unsigned calls;
    int64_t times[40];
    char nonces[40][33];
};

static void answer_flaky(void *ud, const struct net_request *request, struct net_reply *ret)
{
    struct flaky *flaky = ud;
    const unsigned n = flaky->calls++;

    flaky->times[n] = request->sent_ms;
    (void)snprintf(flaky->nonces[n], 33, "%.*s", ENS_STR_ARG(request->nonce));
    if (n < flaky->bad && flaky->code[0] == '\0') {
        ret->end = ENS_TRANSPORT_LOST;
    } else if (n < flaky->bad) {
        refuse(ret, 400, flaky->code);
        ret->retry_after_ms = flaky->retry_after_ms;
    } else {
        see_all(request, ret, "UP");
    }
}

static void test_retry_after(void **state)
{
    struct flaky flaky = {.bad = 2, .code = "Throttled", .retry_after_ms = 7000};
    struct net net;
    struct net_job job;

    (void)state;
    net_init(&net);
    net.answer = answer_flaky;
    net.ud = &flaky;
    run(&net, &job, ENS_MODE_PLAN, 3);
    expect_all(&job, "none observed already_running running");
    assert_int_equal(flaky.calls, 3);
    assert_in_range(flaky.times[1] - flaky.times[0], 7000, 7600);
    assert_in_range(flaky.times[2] - flaky.times[1], 7000, 7600);
    end(&net, &job);
}

struct throttled_polls {
    unsigned starts;
    unsigned reads_after; /* number of reads after the start */
};

static void answer_throttled_polls(void *ud, const struct net_request *request,
                                   struct net_reply *ret)
{
    struct throttled_polls *polls = ud;

    if (request->kind == ENS_CALL_START) {
        polls->starts++;
    } else if (polls->starts == 0) {
        see_all(request, ret, "DOWN");
    } else {
        polls->reads_after++;
        refuse(ret, 400, "Throttled");
        ret->retry_after_ms = 60000;
    }
}

/* Polls obey a Retry-After that ends after the job's deadline: none is sent until then. */
static void test_retry_after_past_the_deadline(void **state)
{
    struct throttled_polls polls = {0};
    struct net net;
    struct net_job job;
    struct net_job *jobs[] = {&job};

    (void)state;
    net_init(&net);
    net.answer = answer_throttled_polls;
    net.ud = &polls;
    net_begin(&net);
    net_job_init(&job, ENS_MODE_APPLY, "moon", "i-", 1);
    job.job.timeout_ms = 30000;
    net_run(&net, jobs, 1);
    assert_int_equal(polls.reads_after, 1);
    assert_true(job.results[0].started);
    assert_int_equal(job.results[0].reason, ENS_REASON_TIMED_OUT);
    end(&net, &job);
}

struct pause {
    int64_t from_ms; /* when Retry-After was sent; 0: not yet */
    unsigned lost;
    unsigned too_early;
};

/* Each dry run gets no reply once; then the first retry is throttled with a Retry-After. */
static void answer_pause(void *ud, const struct net_request *request, struct net_reply *ret)
{
    struct pause *pause = ud;

    if (request->kind == ENS_CALL_READ) {
        see_all(request, ret, "DOWN");
        return;
    }
    if (pause->from_ms != 0) {
        pause->too_early +=
            request->sent_ms > pause->from_ms && request->sent_ms < pause->from_ms + 20000;
        refuse(ret, 412, "Passed");
    } else if (pause->lost < 5) {
        pause->lost++;
        ret->end = ENS_TRANSPORT_LOST;
    } else {
        pause->from_ms = net_now();
        refuse(ret, 400, "Throttled");
        ret->retry_after_ms = 20000;
    }
}

/* Retry-After also delays calls of the same kind that wait for a retry of their own. */
static void test_retry_after_holds_for_others(void **state)
{
    struct pause pause = {0};
    struct net net;
    struct net_job job;

    (void)state;
    net_init(&net);
    net.provider.dry_run_limit = 1;
    net.answer = answer_pause;
    net.ud = &pause;
    run(&net, &job, ENS_MODE_PLAN, 5);
    expect_all(&job, "start validated ok stopped");
    assert_int_equal(pause.too_early, 0);
    end(&net, &job);
}

/* A call rejected because of its nonce is resent unchanged, with a new nonce. */
static void test_new_nonce(void **state)
{
    struct flaky flaky = {.bad = 2, .code = "Nonce"};
    struct net net;
    struct net_job job;

    (void)state;
    net_init(&net);
    net.answer = answer_flaky;
    net.ud = &flaky;
    run(&net, &job, ENS_MODE_PLAN, 8);
    expect_all(&job, "none observed already_running running");
    assert_int_equal(flaky.calls, 3);
    end(&net, &job);
}

/* An unknown region is an error of the whole call, which is not split. */
static void test_error_of_the_whole_call(void **state)
{
    struct flaky flaky = {.bad = 40, .code = "Region"};
    struct net net;
    struct net_job job;

    (void)state;
    net_init(&net);
    net.answer = answer_flaky;
    net.ud = &flaky;
    run(&net, &job, ENS_MODE_PLAN, 8);
    expect_all(&job, "refuse unverified invalid_argument unknown");
    assert_int_equal(flaky.calls, 1);
    end(&net, &job);
}

static void test_retries_end(void **state)
{
    static const struct {
        const char *code;
        unsigned calls;
        const char *brief;
    } rows[] = {
        {"", 7, "refuse unverified unavailable unknown"},
        {"Throttled", 12, "refuse unverified throttled unknown"},
        {"Nonce", 7, "refuse unverified invalid_argument unknown"},
        {"Malformed", 1, "refuse unverified invalid_argument unknown"},
        {"Busy", 4, "refuse unverified in_progress unknown"},
        {"Skew", 2, "refuse unverified clock_skew unknown"},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        struct flaky flaky = {.bad = 40, .code = rows[i].code};
        struct net net;
        struct net_job job;
        net_init(&net);
        net.answer = answer_flaky;
        net.ud = &flaky;
        run(&net, &job, ENS_MODE_PLAN, 1);
        expect_all(&job, rows[i].brief);
        assert_int_equal(flaky.calls, rows[i].calls);
        for (unsigned j = 1; j < flaky.calls; j++) {
            assert_string_not_equal(flaky.nonces[j], flaky.nonces[j - 1]);
        }
        end(&net, &job);
    }
}

#define QUOTA       50 /* calls a second */
#define QUOTA_FLEET 600

struct quota {
    int64_t allowance; /* thousandths of calls */
    int64_t filled_ms;
    unsigned calls;
    unsigned throttled;
    unsigned started[QUOTA_FLEET + 1];
};

static bool takes(struct quota *quota, int64_t now_ms)
{
    const int64_t more = quota->allowance + (now_ms - quota->filled_ms) * QUOTA;

    quota->allowance = more < QUOTA * 1000 ? more : QUOTA * 1000;
    quota->filled_ms = now_ms;
    quota->calls++;
    if (quota->allowance < 1000) {
        quota->throttled++;
        return false;
    }
    quota->allowance -= 1000;
    return true;
}

static unsigned *starts_of(struct quota *quota, ens_str id)
{
    int64_t number = 0;

    assert_true(ens_str_to_i64((ens_str){id.ptr + 2, id.len - 2}, &number));
    assert_in_range(number, 1, QUOTA_FLEET);
    return &quota->started[number];
}

static void answer_quota(void *ud, const struct net_request *request, struct net_reply *ret)
{
    struct quota *quota = ud;

    if (!takes(quota, request->sent_ms)) {
        refuse(ret, 429, "Throttled");
        return;
    }
    for (size_t i = 0; i < request->id_count; i++) {
        unsigned *starts = starts_of(quota, request->ids[i]);
        if (request->kind == ENS_CALL_START) {
            ++*starts;
        } else {
            see(ret, request->ids[i], *starts > 0 ? "UP" : "DOWN");
        }
    }
}

/* Starts of one id a call, under a quota that the engine has to find out: few calls are throttled,
 * and the time is about that of the quota. */
static void test_quota(void **state)
{
    struct quota quota = {.filled_ms = NET_START_MS, .allowance = QUOTA * 1000};
    struct net net;
    struct net_job job;

    (void)state;
    net_init(&net);
    net.answer = answer_quota;
    net.ud = &quota;
    run(&net, &job, ENS_MODE_APPLY, QUOTA_FLEET);
    expect_all(&job, "start validated ok running started");
    for (size_t i = 1; i <= QUOTA_FLEET; i++) {
        assert_int_equal(quota.started[i], 1);
    }
    assert_true(quota.throttled > 0 && quota.throttled * 20 < quota.calls);
    assert_true(job.done_ms - job.begun_ms < 2 * QUOTA_FLEET / QUOTA * 1000);
    end(&net, &job);
}

struct broken {
    enum ens_transport_end end;
    bool untrusted;
};

static void answer_broken(void *ud, const struct net_request *request, struct net_reply *ret)
{
    const struct broken *broken = ud;

    (void)request;
    ret->end = broken->end;
    ret->untrusted = broken->untrusted;
}

static void test_transport(void **state)
{
    static const struct {
        struct broken broken;
        unsigned calls;
        const char *brief;
    } rows[] = {
        {{ENS_TRANSPORT_NOT_SENT, false}, 7, "refuse unverified unavailable unknown"},
        {{ENS_TRANSPORT_NOT_SENT, true}, 1, "refuse unverified unavailable unknown"},
        {{ENS_TRANSPORT_LOST, false}, 7, "refuse unverified unavailable unknown"},
        {{ENS_TRANSPORT_TOO_LARGE, false}, 1, "refuse unverified malformed_response unknown"},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        struct broken broken = rows[i].broken;
        struct net net;
        struct net_job job;
        net_init(&net);
        net.answer = answer_broken;
        net.ud = &broken;
        run(&net, &job, ENS_MODE_PLAN, 1);
        expect_all(&job, rows[i].brief);
        assert_int_equal(net.calls[ENS_CALL_READ], rows[i].calls);
        assert_non_null(strstr(job.results[0].message.ptr, "the fake network failed"));
        end(&net, &job);
    }
}

/* A retry pause beyond a job's deadline ends its targets at once, with the cloud's reason; other
 * jobs that share the call wait. */
static void test_deadlines_differ(void **state)
{
    struct flaky flaky = {.bad = 1, .code = "Throttled", .retry_after_ms = 5000};
    struct net net;
    struct net_job hasty;
    struct net_job patient;
    struct net_job *jobs[] = {&hasty, &patient};

    (void)state;
    net_init(&net);
    net.answer = answer_flaky;
    net.ud = &flaky;
    net_begin(&net);
    net_job_init(&hasty, ENS_MODE_PLAN, "moon", "i-a", 2);
    net_job_init(&patient, ENS_MODE_PLAN, "moon", "i-b", 2);
    hasty.job.timeout_ms = 1000;
    net_run(&net, jobs, 2);
    assert_string_equal(net_brief(&hasty, 0), "refuse unverified throttled unknown");
    assert_in_range(hasty.done_ms - hasty.begun_ms, 0, 100);
    assert_string_equal(net_brief(&patient, 1), "none observed already_running running");
    assert_int_equal(flaky.calls, 2);
    net_job_done(&hasty);
    end(&net, &patient);
}

/* ---- clocks --------------------------------------------------------------------------------- */

static void answer_skewed(void *ud, const struct net_request *request, struct net_reply *ret)
{
    struct flaky *flaky = ud;
    const int64_t server_s = net_now() / 1000 + flaky->skew_s;
    const int64_t off = request->date_s - server_s;

    flaky->calls++;
    ret->server_unix_s = flaky->sends_date ? server_s : 0;
    if (off > 900 || off < -900) {
        refuse(ret, 400, "Skew");
    } else if (request->kind == ENS_CALL_DRY_RUN) {
        refuse(ret, 412, "Passed");
    } else {
        see_all(request, ret, "DOWN");
    }
}

static void test_clock(void **state)
{
    static const struct {
        int64_t skew_s;
        bool sends_date;
        unsigned calls;
        const char *brief;
    } rows[] = {
        {3600, true, 3, "start validated ok stopped"}, /* the second call has the right time */
        {-86400 * 365, true, 3, "start validated ok stopped"},
        {800, true, 2, "start validated ok stopped"},
        {3600, false, 2, "refuse unverified clock_skew unknown"},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        struct flaky flaky = {.skew_s = rows[i].skew_s, .sends_date = rows[i].sends_date};
        struct net net;
        struct net_job job;
        net_init(&net);
        net.answer = answer_skewed;
        net.ud = &flaky;
        run(&net, &job, ENS_MODE_PLAN, 1);
        expect_all(&job, rows[i].brief);
        assert_int_equal(flaky.calls, rows[i].calls);
        end(&net, &job);
    }
}

/* ---- limits --------------------------------------------------------------------------------- */

static void answer_up(void *ud, const struct net_request *request, struct net_reply *ret)
{
    (void)ud;
    see_all(request, ret, "UP");
}

static void test_a_hundred_thousand(void **state)
{
    struct net net;
    struct net_job job;

    (void)state;
    net_init(&net);
    net.answer = answer_up;
    run(&net, &job, ENS_MODE_PLAN, ENS_RESULTS_MAX);
    assert_int_equal(job.summary.none, ENS_RESULTS_MAX);
    assert_int_equal(net.calls[ENS_CALL_READ], ENS_RESULTS_MAX / 100);
    assert_int_equal(net.most[ENS_CALL_READ], ENS_BATCH_CALLS);
    end(&net, &job);
}

/* Thousands of regions with one target each. */
static void test_many_regions(void **state)
{
    const size_t count = 3000;
    struct net net;
    struct net_job job;
    struct net_job *jobs[] = {&job};

    (void)state;
    net_init(&net);
    net.answer = answer_up;
    net_begin(&net);
    net_job_init(&job, ENS_MODE_PLAN, "moon", "i-", count);
    struct ens_target_request *targets = ens_arena_array(job.arena, count, sizeof(*targets));
    for (size_t i = 0; i < count; i++) {
        targets[i] = job.job.targets[i];
        targets[i].target.region = ens_arena_printf(job.arena, "region-%zu", i);
    }
    job.job.targets = targets;
    net_run(&net, jobs, 1);
    assert_int_equal(job.summary.none, count);
    assert_int_equal(net.calls[ENS_CALL_READ], count);
    assert_int_equal(net.most_in_all, ENS_CALLS_MAX);
    end(&net, &job);
}

/* ---- cancelling ----------------------------------------------------------------------------- */

struct canceller {
    struct net_job *job; /* cancelled when a start is sent */
    int64_t start_ms;    /* duration of a start */
    unsigned starts;
    size_t ids_of_last_start;
};

static int64_t cancel_at_start(void *ud, const struct net_request *request)
{
    struct canceller *canceller = ud;

    if (request->kind != ENS_CALL_START) {
        return 10;
    }
    canceller->job->cancelled_ms = net_now();
    ens_engine_cancel(canceller->job->net->engine, canceller->job->id);
    return canceller->start_ms;
}

static void answer_down(void *ud, const struct net_request *request, struct net_reply *ret)
{
    (void)ud;
    if (request->kind == ENS_CALL_READ) {
        see_all(request, ret, "DOWN");
    }
}

/* A start in flight is waited for ENS_GRACE_MS; then the job ends with what is known. */
static void test_cancel_with_a_start_in_flight(void **state)
{
    static const struct {
        int64_t start_ms;
        const char *brief;
        unsigned aborted;
    } rows[] = {
        {ENS_GRACE_MS - 1, "start validated cancelled stopped started", 0},
        {ENS_GRACE_MS + 1, "start observed cancelled stopped", 1},
        {20000, "start observed cancelled stopped", 1},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        struct net net;
        struct net_job job;
        struct canceller canceller = {.job = &job, .start_ms = rows[i].start_ms};
        net_init(&net);
        net.latency = cancel_at_start;
        net.answer = answer_down;
        net.ud = &canceller;
        run(&net, &job, ENS_MODE_APPLY, 1);
        expect_all(&job, rows[i].brief);
        assert_int_equal(net.aborted, rows[i].aborted);
        assert_in_range(job.done_ms - job.cancelled_ms, 0, 1000);
        end(&net, &job);
    }
}

/* The first start is rejected because of its nonce; while the retry waits, one of the two jobs that
 * share the call is cancelled. */
static void answer_nonce(void *ud, const struct net_request *request, struct net_reply *ret)
{
    struct canceller *canceller = ud;

    if (request->kind == ENS_CALL_READ) {
        see_all(request, ret, canceller->starts < 2 ? "DOWN" : "UP");
        return;
    }
    canceller->starts++;
    canceller->ids_of_last_start = request->id_count;
    if (canceller->starts == 1) {
        refuse(ret, 400, "Nonce");
        ens_engine_cancel(canceller->job->net->engine, canceller->job->id);
    } else {
        assert_true(asks_for(request, "i-b1"));
    }
}

static void test_cancelled_target_is_not_started(void **state)
{
    struct net net;
    struct net_job one;
    struct net_job two;
    struct net_job *jobs[] = {&one, &two};
    struct canceller canceller = {.job = &one};

    (void)state;
    net_init(&net);
    net.provider.capabilities = 0;
    net.provider.dry_run_limit = 0;
    net.provider.start_limit = 10;
    net.answer = answer_nonce;
    net.ud = &canceller;
    net_begin(&net);
    net_job_init(&one, ENS_MODE_APPLY, "moon", "i-a", 1);
    net_job_init(&two, ENS_MODE_APPLY, "moon", "i-b", 1);
    net_run(&net, jobs, 2);
    assert_string_equal(net_brief(&one, 0), "refuse observed cancelled stopped");
    assert_string_equal(net_brief(&two, 0), "start validated ok running started");
    assert_int_equal(canceller.starts, 2);
    assert_int_equal(canceller.ids_of_last_start, 1);
    net_job_done(&one);
    end(&net, &two);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_retry_after),
        cmocka_unit_test(test_retry_after_past_the_deadline),
        cmocka_unit_test(test_retry_after_holds_for_others),
        cmocka_unit_test(test_new_nonce),
        cmocka_unit_test(test_error_of_the_whole_call),
        cmocka_unit_test(test_retries_end),
        cmocka_unit_test(test_quota),
        cmocka_unit_test(test_transport),
        cmocka_unit_test(test_deadlines_differ),
        cmocka_unit_test(test_clock),
        cmocka_unit_test(test_a_hundred_thousand),
        cmocka_unit_test(test_many_regions),
        cmocka_unit_test(test_cancel_with_a_start_in_flight),
        cmocka_unit_test(test_cancelled_target_is_not_started),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
