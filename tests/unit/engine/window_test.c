/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs on more targets than are worked on at a time. */
#include <stdlib.h>
#include <string.h>

#include "answers.h"
#include "engine/target_job.h"

#define MANY (2 * ENS_WINDOW + 7)

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
    size_t furthest; /* one behind the last that was read */
    unsigned asked;  /* for room */
    size_t slow;     /* the first targets never are up */
    size_t cancel_at;
    size_t stopped_room_at; /* results after which there is no room; 0: there is always */
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
    if (++large->results == large->cancel_at) {
        ens_engine_cancel(large->net.engine, large->id);
    }
}

static bool has_room(void *ud)
{
    struct large *large = ud;

    if (++large->asked == 2) { /* for those behind the first window */
        assert_true(large->results >= ENS_WINDOW_STEP || large->slow > 0 || large->timeout_ms > 0);
        assert_true(large->furthest <= ENS_WINDOW);
    }
    return large->stopped_room_at == 0 || large->results < large->stopped_room_at;
}

static void on_done(void *ud, const struct ens_job_end *end)
{
    struct large *large = ud;

    large->dones++;
    large->summary = end->summary;
}

static void answer(void *ud, const struct net_request *request, struct net_reply *ret)
{
    struct large *large = ud;

    for (size_t i = 0; i < request->id_count; i++) {
        const size_t number = number_of(request->ids[i]);
        if (number >= large->furthest) {
            large->furthest = number + 1;
        }
        see(ret, request->ids[i], number < large->slow ? "BOOTING" : "UP");
    }
}

static void begin(struct large *large, enum ens_mode mode, size_t count)
{
    *large = (struct large){.arena = ens_arena_new(), .mode = mode};
    large->list.arena = large->arena;
    large->seen = ens_arena_alloc(large->arena, count);
    for (size_t i = 0; i < count; i++) {
        const struct ens_target target = {ENS_STR("fake"), ENS_STR("moon"),
                                          ens_arena_printf(large->arena, "i-%zu", i)};
        assert_int_equal(ens_target_list_add(&large->list, &target, NULL, NULL), ENS_OK);
    }
    net_init(&large->net);
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
        .events = {.result = on_result, .done = on_done, .ud = large, .has_room = has_room},
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
        large->net.transport.wait(large->net.transport.ud, next);
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
    begin(&large, ENS_MODE_PLAN, MANY);
    submit(&large);
    run_until(&large, INT64_MAX);
    assert_int_equal(large.summary.none, MANY);
    assert_int_equal(large.net.calls[ENS_CALL_READ], (MANY + 99) / 100);
    assert_int_equal(large.furthest, MANY);
    assert_int_equal(large.asked, 3);
    end_large(&large);
}

/* Targets that take long don't keep others from being begun. */
static void test_slow_ones(void **state)
{
    struct large large;
    const size_t slow = ENS_WINDOW - ENS_WINDOW_STEP + 500; /* more than the window waits for */

    (void)state;
    begin(&large, ENS_MODE_WAIT, MANY);
    large.slow = slow;
    large.timeout_ms = 60000;
    const int64_t begun_ms = net_now();
    submit(&large);
    run_until(&large, begun_ms + 40000);
    assert_int_equal(large.results, MANY - slow);
    run_until(&large, INT64_MAX);
    assert_int_equal(large.reasons[ENS_REASON_TIMED_OUT], slow);
    assert_int_equal(net_now() - begun_ms, 60000);
    end_large(&large);
}

/* What was not begun at the deadline or at a cancellation has a result too, and no calls. */
static void test_not_begun(void **state)
{
    (void)state;
    for (int cancelled = 0; cancelled < 2; cancelled++) {
        struct large large;
        begin(&large, ENS_MODE_WAIT, MANY);
        large.slow = MANY;
        large.timeout_ms = 3000;
        submit(&large);
        run_until(&large, net_now() + 1000);
        assert_int_equal(large.results, 0);
        if (cancelled) {
            ens_engine_cancel(large.net.engine, large.id);
        }
        run_until(&large, INT64_MAX);
        assert_int_equal(large.reasons[cancelled ? ENS_REASON_CANCELLED : ENS_REASON_TIMED_OUT],
                         MANY);
        assert_int_equal(large.furthest, ENS_WINDOW);
        end_large(&large);
    }
}

/* A cancellation by an event, in the middle of a window. */
static void test_cancelled_on_the_way(void **state)
{
    struct large large;

    (void)state;
    begin(&large, ENS_MODE_PLAN, MANY);
    large.cancel_at = 5050;
    submit(&large);
    run_until(&large, INT64_MAX);
    assert_true(large.summary.none >= 5050);
    assert_int_equal(large.summary.none + large.reasons[ENS_REASON_CANCELLED], MANY);
    assert_true(large.furthest <= ENS_WINDOW);
    end_large(&large);
}

/* Without room no further target is begun until the owner asks for it; the deadline counts on, and
 * then also the results of the others wait for room. */
static void test_room(void **state)
{
    (void)state;
    for (int resumed = 0; resumed < 2; resumed++) {
        struct large large;
        begin(&large, ENS_MODE_PLAN, MANY);
        large.stopped_room_at = 1;
        large.timeout_ms = 60000;
        submit(&large);
        run_until(&large, net_now() + 70000);
        assert_int_equal(large.results, ENS_WINDOW);
        large.stopped_room_at = 0;
        ens_engine_resume(large.net.engine, large.id);
        run_until(&large, INT64_MAX);
        assert_int_equal(large.reasons[ENS_REASON_TIMED_OUT], MANY - ENS_WINDOW);
        end_large(&large);
    }
}

/* Without keys nothing is sent, for any number of targets. */
static void test_without_keys(void **state)
{
    struct large large;

    (void)state;
    begin(&large, ENS_MODE_PLAN, MANY);
    large.net.variables[0].value = NULL;
    submit(&large);
    run_until(&large, INT64_MAX);
    assert_int_equal(large.summary.refuse, MANY);
    assert_int_equal(large.net.calls[ENS_CALL_READ], 0);
    end_large(&large);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_window),    cmocka_unit_test(test_slow_ones),
        cmocka_unit_test(test_not_begun), cmocka_unit_test(test_cancelled_on_the_way),
        cmocka_unit_test(test_room),      cmocka_unit_test(test_without_keys),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
