/* SPDX-License-Identifier: Apache-2.0 */
/* Keys that expire: one login for all calls, renewal, expiry codes; in virtual time. */
#include <string.h>

#include "answers.h"
#include "fake_sts.h"
#include "support/fake_provider.h"

/* ---- one login ------------------------------------------------------------------------------ */

/* Calls of several regions and jobs wait for the same login; before them nothing is asked. */
static void test_one_login(void **state)
{
    struct sts sts = {.life_s = 3600, .boot_ms = 0, .login_latency_ms = 700, .started_ms = 1};
    struct net net;
    struct net_job jobs[3];
    struct net_job *all[] = {&jobs[0], &jobs[1], &jobs[2]};

    (void)state;
    sts_begin(&net, &sts);
    assert_int_equal(net.logins, 0);
    net_job_init(&jobs[0], ENS_MODE_PLAN, "moon", "i-", 250);
    net_job_init(&jobs[1], ENS_MODE_PLAN, "mars", "i-", 3);
    net_job_init(&jobs[2], ENS_MODE_PLAN, "moon", "i-", 1);
    net_run(&net, all, 3);
    assert_int_equal(net.logins, 1);
    for (size_t i = 0; i < 3; i++) {
        for (size_t j = 0; j < jobs[i].job.count; j++) {
            assert_int_equal(jobs[i].results[j].reason, ENS_REASON_ALREADY_RUNNING);
        }
        assert_int_equal(jobs[i].warning_count, 0);
        net_job_done(&jobs[i]);
    }
    assert_true(ens_str_is(sts.last_base, FAKE_STS));
    assert_false(sts.last_direct);
    sts_finish(&net, &sts);
}

/* Keys that were asked for are kept while they live, also without a job. */
static void test_kept_between_jobs(void **state)
{
    struct sts sts = {.life_s = 60, .started_ms = 1};
    struct net net;
    struct net_job job;

    (void)state;
    sts_begin(&net, &sts);
    for (unsigned i = 0; i < 3; i++) {
        sts_run(&net, &job, ENS_MODE_PLAN, 0);
        assert_int_equal(job.results[0].reason, ENS_REASON_ALREADY_RUNNING);
        net_job_done(&job);
    }
    assert_int_equal(net.logins, 1);
    sts_finish(&net, &sts);
}

/* ---- renewal -------------------------------------------------------------------------------- */

/* Renewed max(180 s, 5 % of the life) before the end, but not before half of the life. */
static void test_when_renewed(void **state)
{
    static const struct {
        int64_t life_s;
        int64_t early_s;
    } rows[] = {{43200, 2160}, {7200, 360}, {3600, 180}, {900, 180}, {300, 150}, {10, 5}, {2, 1}};

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        struct sts sts = {.life_s = rows[i].life_s, .boot_ms = rows[i].life_s * 1000};
        struct net net;
        struct net_job job;
        sts_begin(&net, &sts);
        sts_run(&net, &job, ENS_MODE_APPLY, 20 * 3600 * 1000);
        assert_int_equal(job.results[0].reason, ENS_REASON_OK);
        assert_true(job.results[0].started);
        assert_in_range(sts.logins, 2, 4);
        const int64_t due = sts.begun_ms[1] + (rows[i].life_s - rows[i].early_s) * 1000;
        /* by the next read, and the keys live from their reply on */
        assert_in_range(sts.login_ms[2], due, due + 5000 + 2 * 10);
        assert_int_equal(sts.too_late, 0);
        assert_int_equal(sts.starts, 1);
        assert_int_equal(job.warning_count, 0);
        net_job_done(&job);
        sts_finish(&net, &sts);
    }
}

/* A slow renewal delays no call while the old keys live. */
static void test_no_call_waits_for_a_renewal(void **state)
{
    struct sts quick = {.life_s = 100, .boot_ms = 90000};
    struct sts slow = {.life_s = 100, .boot_ms = 90000, .renewal_latency_ms = 40000};
    struct sts *const clouds[] = {&quick, &slow};
    unsigned reads[2];

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(clouds); i++) {
        struct net net;
        struct net_job job;
        sts_begin(&net, clouds[i]);
        sts_run(&net, &job, ENS_MODE_APPLY, 0);
        assert_int_equal(job.results[0].reason, ENS_REASON_OK);
        assert_int_equal(clouds[i]->too_late, 0);
        reads[i] = net.calls[ENS_CALL_READ];
        net_job_done(&job);
        sts_finish(&net, clouds[i]);
    }
    assert_int_equal(slow.logins, 2);
    assert_int_equal(reads[0], reads[1]);
}

/* A renewal that fails is a warning while the old keys live, and is tried again. */
static void test_failed_renewal(void **state)
{
    struct sts sts = {.life_s = 100, .boot_ms = 120000, .failures = 3};
    struct net net;
    struct net_job job;

    (void)state;
    sts_begin(&net, &sts);
    sts_run(&net, &job, ENS_MODE_APPLY, 0);
    assert_int_equal(job.results[0].reason, ENS_REASON_OK);
    assert_int_equal(sts.logins, 6); /* and a renewal of the second keys */
    assert_int_equal(sts.too_late, 0);
    assert_int_equal(job.warning_count, 1);
    assert_non_null(strstr(job.warning.ptr, "the keys could not be renewed, and are used until "));
    assert_non_null(strstr(job.warning.ptr, "OIDC: Denied"));
    net_job_done(&job);
    sts_finish(&net, &sts);
}

/* Without new keys in time, the calls end as what the login ended as. */
static void test_no_renewal_in_time(void **state)
{
    struct sts sts = {.life_s = 100, .boot_ms = 400000, .failures = 1000};
    struct net net;
    struct net_job job;

    (void)state;
    sts_begin(&net, &sts);
    sts_run(&net, &job, ENS_MODE_APPLY, 0);
    assert_int_equal(job.results[0].reason, ENS_REASON_UNAUTHENTICATED);
    assert_true(job.results[0].started);
    sts_assert_message(&job, "OIDC: Denied");
    assert_int_equal(sts.too_late, 0);
    assert_in_range(job.done_ms - job.begun_ms, 100000, 106000);
    net_job_done(&job);
    sts_finish(&net, &sts);
}

/* ---- expiry codes --------------------------------------------------------------------------- */

/* The cloud refuses keys that should be alive: others are obtained, and the call goes on, also a
 * start, with the same client token. */
static void test_expiry_code(void **state)
{
    struct sts sts = {.life_s = 3600, .revoked = 1};
    struct net net;
    struct net_job job;

    (void)state;
    sts_begin(&net, &sts);
    sts_run(&net, &job, ENS_MODE_APPLY, 0);
    assert_int_equal(job.results[0].reason, ENS_REASON_OK);
    assert_int_equal(sts.logins, 2);
    assert_int_equal(sts.starts, 1);
    net_job_done(&job);
    sts_finish(&net, &sts);
}

static void revoke_before_start(void *ud, const struct net_request *request, struct net_reply *ret)
{
    struct sts *sts = ud;

    if (request->kind == ENS_CALL_START && sts->revoked == 0) {
        sts->revoked = 1;
        sts->token = ens_arena_dup(sts->arena, request->token);
    }
    sts_answer(ud, request, ret);
    if (request->kind == ENS_CALL_START && sts->starts == 1) {
        sts->other_tokens += ens_str_eq(sts->token, request->token) ? 0 : 1;
    }
}

static void test_expiry_code_of_a_start(void **state)
{
    struct sts sts = {.life_s = 3600};
    struct net net;
    struct net_job job;

    (void)state;
    sts_begin(&net, &sts);
    net.answer = revoke_before_start;
    sts_run(&net, &job, ENS_MODE_APPLY, 0);
    assert_int_equal(job.results[0].reason, ENS_REASON_OK);
    assert_true(job.results[0].started);
    assert_int_equal(sts.logins, 2);
    assert_int_equal(sts.starts, 1);
    assert_int_equal(net.calls[ENS_CALL_START], 2);
    assert_int_equal(sts.other_tokens, 0);
    net_job_done(&job);
    sts_finish(&net, &sts);
}

/* The second time it stays. */
static void test_second_expiry_code(void **state)
{
    struct sts sts = {.life_s = 3600, .revoked = 1000};
    struct net net;
    struct net_job job;

    (void)state;
    sts_begin(&net, &sts);
    sts_run(&net, &job, ENS_MODE_APPLY, 0);
    assert_int_equal(job.results[0].reason, ENS_REASON_UNAUTHENTICATED);
    assert_int_equal(sts.logins, 2);
    assert_int_equal(net.calls[ENS_CALL_READ], 2);
    sts_assert_message(&job, "OldKey");
    net_job_done(&job);
    sts_finish(&net, &sts);
}

/* Several calls get the code at a time: one login for all. */
static void test_expiry_code_for_many(void **state)
{
    struct sts sts = {.life_s = 3600, .revoked = 1, .started_ms = 1};
    struct net net;
    struct net_job job;
    struct net_job *jobs[] = {&job};

    (void)state;
    sts_begin(&net, &sts);
    net_job_init(&job, ENS_MODE_PLAN, "moon", "i-", 400);
    net_run(&net, jobs, 1);
    assert_int_equal(sts.logins, 2);
    assert_int_equal(job.results[399].reason, ENS_REASON_ALREADY_RUNNING);
    net_job_done(&job);
    sts_finish(&net, &sts);
}

#define SILENCE_MS 9000

/* The first call needs new keys, and meanwhile the second is throttled. */
static void answer_throttled(void *ud, const struct net_request *request, struct net_reply *ret)
{
    struct sts *sts = ud;

    if (sts->reads++ == 0) {
        refuse(ret, 401, "OldKey");
    } else if (sts->reads == 2) {
        refuse(ret, 429, "Throttled");
        ret->retry_after_ms = SILENCE_MS;
        sts->throttled_ms = net_now();
    } else {
        sts->too_soon += request->sent_ms < sts->throttled_ms + SILENCE_MS;
        see_all(request, ret, "UP");
    }
}

/* A call that has waited for keys obeys a Retry-After that came meanwhile. */
static void test_throttled_meanwhile(void **state)
{
    struct sts sts = {.life_s = 3600, .login_latency_ms = 100};
    struct net net;
    struct net_job job;
    struct net_job *jobs[] = {&job};

    (void)state;
    sts_begin(&net, &sts);
    net.answer = answer_throttled;
    net_job_init(&job, ENS_MODE_PLAN, "moon", "i-", 200);
    net_run(&net, jobs, 1);
    assert_int_equal(sts.logins, 2);
    assert_int_equal(sts.reads, 4);
    assert_int_equal(sts.too_soon, 0);
    assert_int_equal(job.results[199].reason, ENS_REASON_ALREADY_RUNNING);
    net_job_done(&job);
    sts_finish(&net, &sts);
}

static void answer_expired(void *ud, const struct net_request *request, struct net_reply *ret)
{
    (void)ud;
    (void)request;
    refuse(ret, 401, "OldKey");
}

/* Keys of the environment are read again; as they are the same, nothing is sent again. */
static void test_expiry_code_of_fixed_keys(void **state)
{
    struct net net;
    struct net_job job;

    (void)state;
    net_init(&net);
    net.answer = answer_expired;
    net_begin(&net);
    sts_run(&net, &job, ENS_MODE_PLAN, 0);
    assert_int_equal(net.calls[ENS_CALL_READ], 1);
    assert_int_equal(job.results[0].reason, ENS_REASON_UNAUTHENTICATED);
    sts_assert_message(&job, "OldKey");
    net_job_done(&job);
    net_done(&net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_login),
        cmocka_unit_test(test_kept_between_jobs),
        cmocka_unit_test(test_when_renewed),
        cmocka_unit_test(test_no_call_waits_for_a_renewal),
        cmocka_unit_test(test_failed_renewal),
        cmocka_unit_test(test_no_renewal_in_time),
        cmocka_unit_test(test_expiry_code),
        cmocka_unit_test(test_expiry_code_of_a_start),
        cmocka_unit_test(test_second_expiry_code),
        cmocka_unit_test(test_expiry_code_for_many),
        cmocka_unit_test(test_throttled_meanwhile),
        cmocka_unit_test(test_expiry_code_of_fixed_keys),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
