/* SPDX-License-Identifier: Apache-2.0 */
/* Contract tests of waiting: until it runs, until it fails, until the deadline, until it is
 * cancelled. */
#include "fixture.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "os/os.h"

struct row {
    const char *target;
    const char *plan;
    const char *apply;
};

static const struct row rows[] = {
    {"volcengine/cn-beijing/i-back", "start validated ok stopped",
     "start validated fell_back stopped started"},
    {"volcengine/cn-beijing/i-broken", "start validated ok stopped",
     "start validated wrong_state failed started"},
    {"volcengine/cn-beijing/i-halting", "start unverified in_progress stopping",
     "start validated ok running started"},
    {"volcengine/cn-beijing/i-resizing", "start unverified in_progress busy",
     "none observed already_running running"},
    {"volcengine/cn-beijing/i-booting", "wait observed in_progress starting",
     "wait observed ok running"},
    {"volcengine/cn-beijing/i-strange", "refuse observed wrong_state unknown",
     "refuse observed wrong_state unknown"},
    {"alibaba/cn-hangzhou/i-back", "start validated ok stopped",
     "start validated fell_back stopped started"},
    {"baidu/bj/i-back", "start simulated ok stopped", "start validated fell_back stopped started"},
    {"baidu/bj/i-scaling", "start simulated in_progress busy",
     "start validated ok running started"},
};

static void test_ends_of_a_wait(void **state)
{
    const char *targets[ENS_COUNT(rows) + 1] = {NULL};

    (void)state;
    struct fixture *fixture = fixture_new("wait", NULL);
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        targets[i] = rows[i].target;
    }
    struct ens_collected plan = fixture_plan(fixture, targets);
    json_decref(fixture_control(fixture, "POST", "/reset?world=yes", NULL));
    struct ens_collected apply = fixture_apply(fixture, targets);
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        if (strcmp(fixture_brief(fixture, &plan.results[i]), rows[i].plan) != 0 ||
            strcmp(fixture_brief(fixture, &apply.results[i]), rows[i].apply) != 0) {
            fail_msg("%s: %s, then %s", rows[i].target, fixture_brief(fixture, &plan.results[i]),
                     fixture_brief(fixture, &apply.results[i]));
        }
    }
    assert_true(ens_str_is(plan.results[5].provider_status, "HIBERNATING"));
    assert_int_equal(fixture_starts(fixture, rows[4].target), 0);
    fixture_check_clean(fixture);
    fixture_free(fixture);
}

static void test_still_starting_at_the_deadline(void **state)
{
    static const char *const targets[] = {"volcengine/cn-beijing/i-stays", NULL};

    (void)state;
    struct fixture *fixture = fixture_new("wait", NULL);
    struct ens_job_request job = fixture_job(fixture, ENS_MODE_APPLY, targets);
    job.timeout_ms = 2500;
    struct ens_collected apply = fixture_run(fixture, &job);
    assert_brief(fixture, &apply.results[0], "start validated timed_out starting started");
    assert_true(apply.results[0].elapsed_ms >= 2500);
    assert_true(apply.results[0].request_id.len > 0);
    /* The next apply waits for it, and does not start it again. */
    apply = fixture_run(fixture, &job);
    assert_brief(fixture, &apply.results[0], "wait observed timed_out starting");
    assert_int_equal(fixture_starts_total(fixture), 1);
    fixture_check_clean(fixture);
    fixture_free(fixture);
}

/* Targets that a saved plan would not start. */
static void test_read_only_targets(void **state)
{
    static const char *const targets[] = {"volcengine/cn-beijing/i-down",
                                          "volcengine/cn-beijing/i-halting",
                                          "volcengine/cn-beijing/i-resizing", NULL};
    static const char *const expected[] = {"refuse observed wrong_state stopped",
                                           "refuse observed wrong_state stopped",
                                           "none observed already_running running"};

    (void)state;
    struct fixture *fixture = fixture_new("wait", NULL);
    struct ens_job_request job = fixture_job(fixture, ENS_MODE_APPLY, targets);
    struct ens_target_request list[3];
    for (size_t i = 0; i < job.count; i++) {
        list[i] = job.targets[i];
        list[i].read_only = true;
    }
    job.targets = list;
    struct ens_collected apply = fixture_run(fixture, &job);
    for (size_t i = 0; i < apply.count; i++) {
        assert_brief(fixture, &apply.results[i], expected[i]);
    }
    assert_non_null(strstr(apply.results[0].message.ptr, "changed since the plan"));
    assert_int_equal(fixture_starts_total(fixture), 0);
    fixture_check_clean(fixture);
    fixture_free(fixture);
}

/* Polls are batched: 200 instances with five reads each are full calls. */
static void test_shared_polls(void **state)
{
    (void)state;
    struct fixture *fixture = fixture_new("wait", NULL);
    const char **targets = fixture_targets(fixture, "baidu/bj/i-many-", 200);
    struct ens_collected apply = fixture_apply(fixture, targets);
    for (size_t i = 0; i < apply.count; i++) {
        assert_brief(fixture, &apply.results[i], "start validated ok running started");
    }
    assert_true(fixture_calls(fixture, "baidu", "DescribeInstances") <= 20);
    assert_int_equal(fixture_starts_total(fixture), 200);
    fixture_check_clean(fixture);
    fixture_free(fixture);
}

/* ---- cancelling ----------------------------------------------------------------------------- */

struct watch {
    struct ens_engine *engine;
    pthread_mutex_t mutex;
    pthread_cond_t cond;
    ens_job_id id;
    enum ens_status cancel_on; /* cancel when progress shows this status */
    unsigned progress;
    unsigned results;
    bool ordered; /* no event after done, no progress after the result */
    bool done;
    struct ens_summary summary;
    enum ens_reason reason;
    enum ens_action action;
    bool started;
};

static void on_result(void *ud, size_t index, const struct ens_result *result)
{
    struct watch *watch = ud;

    (void)index;
    watch->ordered &= !watch->done;
    watch->results++;
    watch->reason = result->reason;
    watch->action = result->action;
    watch->started = result->started;
}

static void on_progress(void *ud, size_t index, const struct ens_result *so_far)
{
    struct watch *watch = ud;

    (void)index;
    watch->ordered &= !watch->done && watch->results == 0;
    watch->progress++;
    if (so_far->status == watch->cancel_on) {
        ens_engine_cancel_all(watch->engine); /* events may cancel */
    }
}

static void on_done(void *ud, const struct ens_job_end *end)
{
    struct watch *watch = ud;

    (void)pthread_mutex_lock(&watch->mutex);
    watch->ordered &= !watch->done;
    watch->done = true;
    watch->summary = end->summary;
    (void)pthread_cond_signal(&watch->cond);
    (void)pthread_mutex_unlock(&watch->mutex);
}

static void watch_init(struct watch *watch, struct fixture *fixture, struct ens_job_request *job)
{
    *watch =
        (struct watch){.engine = fixture->engine, .ordered = true, .cancel_on = ENS_STATUS_ABSENT};
    (void)pthread_mutex_init(&watch->mutex, NULL);
    (void)pthread_cond_init(&watch->cond, NULL);
    job->events = (struct ens_job_events){
        .result = on_result, .progress = on_progress, .done = on_done, .ud = watch};
}

static void watch_wait(struct watch *watch)
{
    (void)pthread_mutex_lock(&watch->mutex);
    while (!watch->done) {
        (void)pthread_cond_wait(&watch->cond, &watch->mutex);
    }
    (void)pthread_mutex_unlock(&watch->mutex);
    (void)pthread_mutex_destroy(&watch->mutex);
    (void)pthread_cond_destroy(&watch->cond);
    assert_true(watch->ordered);
}

static void test_cancel_while_waiting(void **state)
{
    static const char *const targets[] = {"volcengine/cn-beijing/i-stays", NULL};
    struct watch watch;

    (void)state;
    struct fixture *fixture = fixture_new("wait", NULL);
    struct ens_job_request job = fixture_job(fixture, ENS_MODE_APPLY, targets);
    watch_init(&watch, fixture, &job);
    watch.cancel_on = ENS_STATUS_STARTING;
    (void)ens_engine_submit(fixture->engine, &job);
    watch_wait(&watch);
    assert_int_equal(watch.results, 1);
    assert_int_equal(watch.reason, ENS_REASON_CANCELLED);
    assert_int_equal(watch.action, ENS_ACTION_START);
    assert_true(watch.started);
    assert_true(watch.progress >= 2);
    fixture_free(fixture);
}

/* A cancelled job ends long before a read that hangs would time out. */
static void test_cancel_in_flight(void **state)
{
    static const char *const targets[] = {"volcengine/cn-beijing/i-down", "baidu/bj/i-back", NULL};
    struct watch watch;

    (void)state;
    struct fixture *fixture = fixture_new("wait", NULL);
    fixture_faults(fixture, "[\"hang\"]");
    struct ens_job_request job = fixture_job(fixture, ENS_MODE_PLAN, targets);
    watch_init(&watch, fixture, &job);
    ens_job_id id = ens_engine_submit(fixture->engine, &job);
    ens_engine_cancel(fixture->engine, id + 1); /* unknown id: ignored */
    ens_engine_cancel(fixture->engine, id);
    ens_engine_cancel(fixture->engine, id);
    watch_wait(&watch);
    assert_int_equal(watch.results, 2);
    assert_int_equal(watch.reason, ENS_REASON_CANCELLED);
    assert_int_equal(watch.summary.refuse, 2);
    fixture_free(fixture);
}

/* Nothing is sent for a job that was cancelled before it began, however fast the cloud answers. */
static void test_cancelled_before(void **state)
{
    static const char *const targets[] = {"volcengine/cn-beijing/i-down", "baidu/bj/i-back", NULL};
    struct watch watch;

    (void)state;
    struct fixture *fixture = fixture_new("wait", NULL);
    struct ens_job_request job = fixture_job(fixture, ENS_MODE_APPLY, targets);
    job.cancelled = true;
    watch_init(&watch, fixture, &job);
    (void)ens_engine_submit(fixture->engine, &job);
    watch_wait(&watch);
    assert_int_equal(watch.results, 2);
    assert_int_equal(watch.reason, ENS_REASON_CANCELLED);
    assert_string_equal(fixture_requests(fixture), "");
    fixture_free(fixture);
}

static void submit_when_done(void *ud, const struct ens_job_end *end)
{
    struct watch *watch = ud;
    struct ens_job_request empty = {.mode = ENS_MODE_PLAN,
                                    .events = {.done = on_done, .ud = watch}};

    (void)end;
    (void)ens_engine_submit(watch->engine, &empty); /* events may submit */
}

static void test_empty_job_from_an_event(void **state)
{
    struct watch watch;

    (void)state;
    struct fixture *fixture = fixture_new("wait", NULL);
    struct ens_job_request job = {.mode = ENS_MODE_PLAN};
    watch_init(&watch, fixture, &job);
    job.events.done = submit_when_done;
    (void)ens_engine_submit(fixture->engine, &job);
    watch_wait(&watch);
    assert_int_equal(watch.summary.total, 0);
    fixture_free(fixture);
}

/* Freeing the engine ends its jobs, also while a start hangs. */
static void test_free_ends_jobs(void **state)
{
    static const char *const targets[] = {"volcengine/cn-beijing/i-down", NULL};
    struct watch watch;

    (void)state;
    struct fixture *fixture = fixture_new("wait", NULL);
    fixture_faults(fixture, "[\"hang,action=StartInstance\"]");
    struct ens_job_request job = fixture_job(fixture, ENS_MODE_APPLY, targets);
    watch_init(&watch, fixture, &job);
    (void)ens_engine_submit(fixture->engine, &job);
    while (fixture_calls(fixture, "volcengine", "DescribeInstances") == 0) {
    }
    ens_engine_free(fixture->engine);
    fixture->engine = NULL;
    watch_wait(&watch);
    assert_int_equal(watch.results, 1);
    assert_int_equal(watch.reason, ENS_REASON_CANCELLED);
    fixture_free(fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ends_of_a_wait),
        cmocka_unit_test(test_still_starting_at_the_deadline),
        cmocka_unit_test(test_read_only_targets),
        cmocka_unit_test(test_shared_polls),
        cmocka_unit_test(test_cancel_while_waiting),
        cmocka_unit_test(test_cancel_in_flight),
        cmocka_unit_test(test_cancelled_before),
        cmocka_unit_test(test_empty_job_from_an_event),
        cmocka_unit_test(test_free_ends_jobs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
