/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs on more targets than are worked on at a time. */
#include <stdlib.h>
#include <string.h>

#include "answers.h"
#include "engine/target_job.h"

#define WINDOW       ((size_t)1000) /* of most of these tests */
#define MANY(window) (2 * (window) + 7)

/* A job on a list of targets, and what it told. */
struct large {
    struct net net;
    struct ens_arena *arena;
    struct ens_target_list list;
    enum ens_mode mode;
    int64_t timeout_ms;
    ens_job_id id;
    uint8_t *seen; /* results per target */
    size_t results;
    size_t reasons[ENS_REASON_POLICY + 1];
    size_t statuses[ENS_STATUS_COUNT];
    size_t after;    /* the index of the result before, and 1 */
    size_t backward; /* results that came after one with a higher index */
    size_t furthest; /* one behind the last that was read */
    unsigned asked;  /* for room */
    size_t slow;     /* the first targets never are up */
    size_t started;  /* starts of targets, apply */
    bool *is_started;
    int64_t boot_ms;     /* from the last of the starts until all are up; 0: they never are */
    int64_t boots_since; /* when that was */
    size_t cancel_at;
    size_t stopped_room_at; /* results after which there is no room; 0: there is always */
    size_t told;            /* progress */
    bool no_room;
    unsigned dones;
    struct ens_summary summary;
};

static size_t number_of(ens_str id)
{
    return (size_t)strtoul(id.ptr + 2, NULL, 10); /* "i-12" */
}

static void on_result(void *ud, size_t index, const struct ens_result *result)
{
    struct large *large = ud;

    assert_int_equal(large->dones, 0);
    assert_int_equal(number_of(result->target.id), index);
    assert_int_equal(large->seen[index]++, 0);
    large->reasons[result->reason]++;
    large->statuses[result->status]++;
    large->backward += index + 1 < large->after ? 1 : 0;
    large->after = index + 1;
    if (++large->results == large->cancel_at) {
        ens_engine_cancel(large->net.engine, large->id);
    }
}

static void on_progress(void *ud, size_t index, const struct ens_result *so_far)
{
    struct large *large = ud;

    assert_int_equal(number_of(so_far->target.id), index);
    large->told++;
}

static bool has_room(void *ud)
{
    struct large *large = ud;

    if (++large->asked == 2) { /* for those behind the first window */
        assert_true(large->results >= ENS_WINDOW_STEP(large->net.window) || large->slow > 0 ||
                    large->timeout_ms > 0 || large->mode == ENS_MODE_APPLY);
        assert_true(large->furthest <= large->net.window);
    }
    return !large->no_room &&
           (large->stopped_room_at == 0 || large->results < large->stopped_room_at);
}

static void on_done(void *ud, const struct ens_job_end *end)
{
    struct large *large = ud;

    large->dones++;
    large->summary = end->summary;
}

/* Of an apply: all stopped ones are up a while after the last of them was started. */
static const char *word_of(const struct large *large, size_t number)
{
    const bool up = large->boot_ms > 0 && large->started == large->list.count &&
                    net_now() - large->boots_since >= large->boot_ms;

    if (large->mode == ENS_MODE_APPLY) {
        return up ? "UP" : large->is_started[number] ? "BOOTING" : "DOWN";
    }
    return number < large->slow ? "BOOTING" : "UP";
}

static void start(struct large *large, size_t number)
{
    assert_false(large->is_started[number]);
    large->is_started[number] = true;
    large->started++;
    large->boots_since = net_now();
}

static void answer(void *ud, const struct net_request *request, struct net_reply *ret)
{
    struct large *large = ud;

    for (size_t i = 0; i < request->id_count; i++) {
        const size_t number = number_of(request->ids[i]);
        if (number >= large->furthest) {
            large->furthest = number + 1;
        }
        if (request->kind == ENS_CALL_START) {
            start(large, number);
        } else {
            see(ret, request->ids[i], word_of(large, number));
        }
    }
}

static void begin(struct large *large, enum ens_mode mode, size_t window)
{
    const size_t count = MANY(window);

    *large = (struct large){.arena = ens_arena_new(), .mode = mode};
    large->list.arena = large->arena;
    large->seen = ens_arena_alloc(large->arena, count);
    large->is_started = ens_arena_alloc(large->arena, count);
    for (size_t i = 0; i < count; i++) {
        const struct ens_target target = {ENS_STR("fake"), ENS_STR("moon"),
                                          ens_arena_printf(large->arena, "i-%zu", i)};
        assert_int_equal(ens_target_list_add(&large->list, &target, NULL, NULL), ENS_OK);
    }
    net_init(&large->net);
    large->net.window = window;
    large->net.answer = answer;
    large->net.ud = large;
    large->net.stepped = true;
    net_begin(&large->net);
}

static void submit(struct large *large)
{
    const struct ens_job_request request = {
        .mode = large->mode,
        .list = &large->list,
        .timeout_ms = large->timeout_ms,
        .events = {.result = on_result,
                   .progress = on_progress,
                   .done = on_done,
                   .ud = large,
                   .has_room = has_room},
    };

    large->id = ens_engine_submit(large->net.engine, &request);
}

/* Steps until the job is done, the time has come, or nothing happens without the owner. */
static void run_until(struct large *large, int64_t until_ms)
{
    for (;;) {
        const int64_t next = ens_engine_step(large->net.engine);
        const bool rests = next == ENS_TIME_NEVER && large->net.flying[ENS_CALL_READ] == 0;
        if (large->dones > 0 || net_now() >= until_ms || rests) {
            return;
        }
        large->net.transport.wait(large->net.transport.ud, next < until_ms ? next : until_ms);
    }
}

static void end_large(struct large *large)
{
    net_done(&large->net);
    assert_int_equal(large->dones, 1);
    assert_int_equal(large->results, large->list.count);
    assert_int_equal(large->summary.total, large->list.count);
    ens_arena_free(large->arena);
}

/* Every target has its result, the calls are full batches, and no more than a window is begun. */
static void test_window(void **state)
{
    struct large large;

    (void)state;
    begin(&large, ENS_MODE_PLAN, ENS_WINDOW);
    submit(&large);
    run_until(&large, INT64_MAX);
    assert_int_equal(large.summary.none, MANY(ENS_WINDOW));
    assert_int_equal(large.net.calls[ENS_CALL_READ], (MANY(ENS_WINDOW) + 99) / 100);
    assert_int_equal(large.furthest, MANY(ENS_WINDOW));
    assert_int_equal(large.asked, 3);
    end_large(&large);
}

/* Targets that take long don't keep others from being begun. */
static void test_slow_ones(void **state)
{
    struct large large;
    const size_t slow = WINDOW - ENS_WINDOW_STEP(WINDOW) + 500; /* more than the window waits for */

    (void)state;
    begin(&large, ENS_MODE_WAIT, WINDOW);
    large.slow = slow;
    large.timeout_ms = 60000;
    const int64_t begun_ms = net_now();
    submit(&large);
    run_until(&large, begun_ms + 40000);
    assert_int_equal(large.results, MANY(WINDOW) - slow);
    run_until(&large, INT64_MAX);
    assert_int_equal(large.reasons[ENS_REASON_TIMED_OUT], slow);
    assert_int_equal(net_now() - begun_ms, 60000);
    end_large(&large);
}

static int64_t never(void *ud, const struct net_request *request)
{
    (void)ud;
    (void)request;
    return INT64_C(3600000);
}

/* What was not begun at the deadline or at a cancellation has a result too, and no calls. */
static void test_not_begun(void **state)
{
    (void)state;
    for (int cancelled = 0; cancelled < 2; cancelled++) {
        struct large large;
        begin(&large, ENS_MODE_WAIT, WINDOW);
        large.net.latency = never;
        large.timeout_ms = 3000;
        submit(&large);
        run_until(&large, net_now() + 1000);
        assert_int_equal(large.results, 0);
        if (cancelled) {
            ens_engine_cancel(large.net.engine, large.id);
        }
        run_until(&large, INT64_MAX);
        assert_int_equal(large.reasons[cancelled ? ENS_REASON_CANCELLED : ENS_REASON_TIMED_OUT],
                         MANY(WINDOW));
        assert_int_equal(large.statuses[ENS_STATUS_UNKNOWN], MANY(WINDOW));
        assert_in_range(large.net.aborted, 1, WINDOW / 100);
        end_large(&large);
    }
}

/* Targets that wait leave their places to the others: each is read, and again, and its result says
 * so, in the order of the targets. */
static void test_all_wait(void **state)
{
    (void)state;
    for (int cancelled = 0; cancelled < 2; cancelled++) {
        struct large large;
        begin(&large, ENS_MODE_WAIT, WINDOW);
        large.slow = MANY(WINDOW);
        large.timeout_ms = 60000;
        const int64_t begun_ms = net_now();
        submit(&large);
        run_until(&large, begun_ms + 1000);
        assert_int_equal(large.furthest, MANY(WINDOW));
        run_until(&large, begun_ms + 50000);
        assert_int_equal(large.results, 0);
        assert_int_equal(large.told, MANY(WINDOW)); /* not again what is known */
        if (cancelled) {
            ens_engine_cancel(large.net.engine, large.id);
        }
        run_until(&large, INT64_MAX);
        assert_int_equal(net_now() - begun_ms, cancelled ? 50000 : 60000);
        assert_int_equal(large.statuses[ENS_STATUS_STARTING], MANY(WINDOW));
        assert_int_equal(large.reasons[cancelled ? ENS_REASON_CANCELLED : ENS_REASON_TIMED_OUT],
                         MANY(WINDOW));
        /* Only those that had a place then have their results before those of others. */
        assert_in_range(large.backward, 0, WINDOW);
        /* Reads at 0.5 s, and so on up to every 5 s, in full batches but for a few. */
        assert_in_range(large.net.calls[ENS_CALL_READ], (cancelled ? 16 : 18) * MANY(WINDOW) / 100,
                        20 * MANY(WINDOW) / 100);
        end_large(&large);
    }
}

/* The first targets never are up: the others are all the same. */
static void test_behind_those_that_wait(void **state)
{
    struct large large;
    const size_t slow = WINDOW + 500;

    (void)state;
    begin(&large, ENS_MODE_WAIT, WINDOW);
    large.slow = slow;
    large.timeout_ms = 60000;
    const int64_t begun_ms = net_now();
    submit(&large);
    run_until(&large, begun_ms + 1000);
    assert_int_equal(large.results, MANY(WINDOW) - slow);
    run_until(&large, INT64_MAX);
    assert_int_equal(large.reasons[ENS_REASON_TIMED_OUT], slow);
    end_large(&large);
}

/* All are started before the first of them is up, and each is started once. */
static void test_all_start(void **state)
{
    struct large large;

    (void)state;
    begin(&large, ENS_MODE_APPLY, WINDOW);
    large.boot_ms = 30000;
    submit(&large);
    run_until(&large, INT64_MAX);
    assert_int_equal(large.started, MANY(WINDOW));
    assert_int_equal(large.summary.running, MANY(WINDOW));
    assert_int_equal(large.summary.started, MANY(WINDOW));
    assert_true(net_now() - large.boots_since <= 30000 + ENS_POLL_MAX_MS + 1000);
    end_large(&large);
}

/* Without room for results nothing is read again, and with it everything goes on. */
static void test_room_for_those_that_wait(void **state)
{
    struct large large;

    (void)state;
    begin(&large, ENS_MODE_WAIT, WINDOW);
    large.slow = MANY(WINDOW);
    large.timeout_ms = 600000;
    submit(&large);
    run_until(&large, net_now() + 30000);
    large.no_room = true;
    run_until(&large, net_now() + 10000);
    const unsigned before = large.net.calls[ENS_CALL_READ];
    run_until(&large, net_now() + 30000);
    assert_int_equal(large.net.calls[ENS_CALL_READ], before);
    large.no_room = false;
    large.slow = 0;
    ens_engine_resume(large.net.engine, large.id);
    run_until(&large, INT64_MAX);
    assert_int_equal(large.summary.none, MANY(WINDOW));
    end_large(&large);
}

/* A cancellation by an event, in the middle of a window. */
static void test_cancelled_on_the_way(void **state)
{
    struct large large;

    (void)state;
    begin(&large, ENS_MODE_PLAN, WINDOW);
    large.cancel_at = 550;
    submit(&large);
    run_until(&large, INT64_MAX);
    assert_true(large.summary.none >= 550);
    assert_int_equal(large.summary.none + large.reasons[ENS_REASON_CANCELLED], MANY(WINDOW));
    assert_true(large.furthest <= WINDOW);
    end_large(&large);
}

/* Without room no further target is begun until the owner asks for it; the deadline counts on, and
 * then also the results of the others wait for room. */
static void test_room(void **state)
{
    (void)state;
    for (int resumed = 0; resumed < 2; resumed++) {
        struct large large;
        begin(&large, ENS_MODE_PLAN, WINDOW);
        large.stopped_room_at = 1;
        large.timeout_ms = 60000;
        submit(&large);
        run_until(&large, net_now() + 70000);
        assert_int_equal(large.results, WINDOW);
        large.stopped_room_at = 0;
        ens_engine_resume(large.net.engine, large.id);
        run_until(&large, INT64_MAX);
        assert_int_equal(large.reasons[ENS_REASON_TIMED_OUT], MANY(WINDOW) - WINDOW);
        end_large(&large);
    }
}

/* Without keys nothing is sent, for any number of targets. */
static void test_without_keys(void **state)
{
    struct large large;

    (void)state;
    begin(&large, ENS_MODE_PLAN, WINDOW);
    large.net.variables[0].value = NULL;
    submit(&large);
    run_until(&large, INT64_MAX);
    assert_int_equal(large.summary.refuse, MANY(WINDOW));
    assert_int_equal(large.net.calls[ENS_CALL_READ], 0);
    end_large(&large);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_window),
        cmocka_unit_test(test_slow_ones),
        cmocka_unit_test(test_not_begun),
        cmocka_unit_test(test_all_wait),
        cmocka_unit_test(test_behind_those_that_wait),
        cmocka_unit_test(test_all_start),
        cmocka_unit_test(test_room_for_those_that_wait),
        cmocka_unit_test(test_cancelled_on_the_way),
        cmocka_unit_test(test_room),
        cmocka_unit_test(test_without_keys),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
