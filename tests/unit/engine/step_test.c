/* SPDX-License-Identifier: Apache-2.0 */
/* An engine without a thread: the test calls ens_engine_step and the transport's wait. */
#include "fake_net.h"

static void answer(void *ud, const struct net_request *request, struct net_reply *ret)
{
    (void)ud;
    assert_int_equal(request->kind, ENS_CALL_READ);
    for (size_t i = 0; i < request->id_count; i++) {
        ens_buf_addf(&ret->text, "seen %.*s UP\n", ENS_STR_ARG(request->ids[i]));
    }
}

struct events {
    unsigned results;
    unsigned dones;
};

static void on_result(void *ud, size_t index, const struct ens_result *result)
{
    struct events *events = ud;

    (void)index;
    events->results += result->reason == ENS_REASON_ALREADY_RUNNING ? 1 : 0;
}

static void on_done(void *ud, const struct ens_job_end *end)
{
    struct events *events = ud;

    assert_int_equal(end->summary.total, 3);
    events->dones++;
}

static void begin_stepped(struct net *net)
{
    net_init(net);
    net->answer = answer;
    net->stepped = true;
    net_begin(net);
}

static void test_steps(void **state)
{
    struct net net;
    struct net_job job;
    struct events events = {0};

    (void)state;
    begin_stepped(&net);
    assert_int_equal(ens_engine_step(net.engine), ENS_TIME_NEVER); /* nothing to do */
    net_job_init(&job, ENS_MODE_PLAN, "moon", "i-", 3);
    job.job.events = (struct ens_job_events){.result = on_result, .done = on_done, .ud = &events};
    (void)ens_engine_submit(net.engine, &job.job);
    assert_int_equal(ens_engine_step(net.engine), NET_START_MS + ENS_PLAN_TIMEOUT_MS);
    assert_int_equal(net.flying[ENS_CALL_READ], 1);
    assert_int_equal(events.results, 0);
    for (int turns = 0; events.dones == 0; turns++) {
        assert_true(turns < 4);
        net.transport.wait(net.transport.ud, ens_engine_step(net.engine));
        (void)ens_engine_step(net.engine);
    }
    assert_int_equal(events.results, 3);
    net_job_done(&job);
    net_done(&net);
}

/* Freeing the engine ends its jobs; each is reported once. */
static void test_free_ends_jobs(void **state)
{
    struct net net;
    struct net_job job;
    struct events events = {0};

    (void)state;
    begin_stepped(&net);
    net_job_init(&job, ENS_MODE_PLAN, "moon", "i-", 3);
    job.job.events = (struct ens_job_events){.result = on_result, .done = on_done, .ud = &events};
    (void)ens_engine_submit(net.engine, &job.job);
    (void)ens_engine_step(net.engine);
    net_done(&net);
    assert_int_equal(events.dones, 1);
    assert_int_equal(events.results, 0);
    net_job_done(&job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steps),
        cmocka_unit_test(test_free_ends_jobs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
