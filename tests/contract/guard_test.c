/* SPDX-License-Identifier: Apache-2.0 */
/* Guards that need the whole job: max_starts, and a dry run before a start. */
#include "fixture.h"

#include <string.h>

#include "core/policy_read.h"

static const char *const three[] = {"volcengine/cn-beijing/i-v-stopped",
                                    "alibaba/cn-hangzhou/i-a-stopped", "baidu/bj/i-b-stopped",
                                    "baidu/bj/i-b-running", NULL};

static struct ens_collected run(struct fixture *fixture, enum ens_mode mode,
                                const char *const *targets, const char *text, bool part_of_run)
{
    struct ens_job_request job = fixture_job(fixture, mode, targets);
    struct ens_policy policy = {0};

    assert_int_equal(
        ens_policy_read_text(fixture->arena, ens_str_of(text), "p.json", &policy, NULL), ENS_OK);
    job.policy = &policy;
    job.part_of_run = part_of_run;
    job.timeout_ms = 20000;
    return fixture_run(fixture, &job);
}

static void assert_said(const struct ens_result *result, const char *text)
{
    if (strstr(result->message.ptr, text) == NULL) {
        fail_msg("%s: not %s", result->message.ptr, text);
    }
}

/* Requests that are a start or a dry run of one, in all clouds. */
static json_int_t start_requests(struct fixture *fixture)
{
    static const char *const clouds[] = {"volcengine", "alibaba", "baidu"};
    json_int_t count = 0;

    for (size_t i = 0; i < ENS_COUNT(clouds); i++) {
        count += fixture_calls(fixture, clouds[i], "StartInstance");
        count += fixture_calls(fixture, clouds[i], "StartInstances");
    }
    return count;
}

static void test_too_many(void **state)
{
    (void)state;
    struct fixture *fixture = fixture_new("happy", NULL);
    struct ens_collected apply = run(fixture, ENS_MODE_APPLY, three, "{\"max_starts\": 2}", false);
    for (size_t i = 0; i < 3; i++) {
        assert_brief(fixture, &apply.results[i], "refuse observed policy stopped");
        assert_said(&apply.results[i], "p.json: max_starts 2, this apply would start 3.");
    }
    assert_brief(fixture, &apply.results[3], "none observed already_running running");
    assert_int_equal(apply.end.summary.refused, 3);
    assert_int_equal(start_requests(fixture), 0);

    struct ens_collected plan = run(fixture, ENS_MODE_PLAN, three, "{\"max_starts\": 2}", false);
    for (size_t i = 0; i < 3; i++) {
        assert_brief(fixture, &plan.results[i], "refuse observed policy stopped");
        assert_said(&plan.results[i], "p.json: max_starts 2, this plan would start 3.");
    }
    assert_int_equal(plan.end.summary.refuse, 3);
    assert_int_equal(plan.end.policy.count, 1);
    assert_int_equal(fixture_starts_total(fixture), 0);
    fixture_check_clean(fixture);
    fixture_free(fixture);
}

static void test_just_enough(void **state)
{
    (void)state;
    struct fixture *fixture = fixture_new("happy", NULL);
    struct ens_collected plan = run(fixture, ENS_MODE_PLAN, three, "{\"max_starts\": 3}", false);
    assert_int_equal(plan.end.summary.start, 3);
    struct ens_collected apply = run(fixture, ENS_MODE_APPLY, three, "{\"max_starts\": 3}", false);
    assert_int_equal(apply.end.summary.running, 4);
    assert_int_equal(fixture_starts_total(fixture), 3);
    fixture_check_clean(fixture);
    fixture_free(fixture);
}

/* While it is not known how many want to start, none is started. */
static void test_undecided_at_the_deadline(void **state)
{
    struct ens_policy policy = {0};

    (void)state;
    struct fixture *fixture = fixture_new("happy", NULL);
    fixture_faults(fixture, "[\"hang,cloud=baidu\"]");
    struct ens_job_request job = fixture_job(fixture, ENS_MODE_APPLY, three);
    assert_int_equal(ens_policy_read_text(fixture->arena, ENS_STR("{\"max_starts\": 3}"), "p.json",
                                          &policy, NULL),
                     ENS_OK);
    job.policy = &policy;
    job.timeout_ms = 3000;
    struct ens_collected apply = fixture_run(fixture, &job);
    assert_brief(fixture, &apply.results[0], "refuse observed timed_out stopped");
    assert_brief(fixture, &apply.results[1], "refuse observed timed_out stopped");
    assert_brief(fixture, &apply.results[2], "refuse unverified timed_out unknown");
    assert_int_equal(start_requests(fixture), 0);
    fixture_check_clean(fixture);
    fixture_free(fixture);
}

/* Jobs of one run: an instance counts once, and what is beyond is refused alone. */
static void test_counted_in_a_run(void **state)
{
    static const char one[] = "{\"max_starts\": 1}";
    const char *const first[] = {three[0], NULL};
    const char *const second[] = {three[1], three[3], NULL};

    (void)state;
    struct fixture *fixture = fixture_new("happy", NULL);
    struct ens_collected plan = run(fixture, ENS_MODE_PLAN, first, one, true);
    assert_brief(fixture, &plan.results[0], "start validated ok stopped");
    plan = run(fixture, ENS_MODE_PLAN, second, one, true);
    assert_brief(fixture, &plan.results[0], "refuse observed policy stopped");
    assert_said(&plan.results[0], "p.json: max_starts 1, this process has planned or sent 1.");
    assert_brief(fixture, &plan.results[1], "none observed already_running running");
    struct ens_collected apply = run(fixture, ENS_MODE_APPLY, second, one, true);
    assert_brief(fixture, &apply.results[0], "refuse observed policy stopped");
    apply = run(fixture, ENS_MODE_APPLY, first, one, true);
    assert_brief(fixture, &apply.results[0], "start validated ok running started");
    assert_int_equal(fixture_starts_total(fixture), 1);
    fixture_check_clean(fixture);
    fixture_free(fixture);
}

/* An apply without a plan asks the cloud first. */
static void test_verified_first(void **state)
{
    (void)state;
    struct fixture *fixture = fixture_new("happy", NULL);
    struct ens_collected apply =
        run(fixture, ENS_MODE_APPLY, three, "{\"min_confidence\": \"validated\"}", false);
    assert_brief(fixture, &apply.results[0], "start validated ok running started");
    assert_brief(fixture, &apply.results[1], "start validated ok running started");
    assert_brief(fixture, &apply.results[2], "refuse observed policy stopped");
    assert_said(&apply.results[2],
                "p.json: min_confidence validated, this start would be simulated.");
    assert_int_equal(fixture_calls(fixture, "volcengine", "StartInstance"), 2);
    assert_int_equal(fixture_calls(fixture, "alibaba", "StartInstances"), 2);
    assert_int_equal(fixture_calls(fixture, "baidu", "StartInstance"), 0);
    fixture_check_clean(fixture);
    fixture_free(fixture);
}

/* A process that lives on holds what the file says now, also for a session that was opened before.
 */
static void test_files_are_read_for_each_job(void **state)
{
    static const struct fixture_variable variables[] = {{"ENSURE_POLICY", "{HOME}/live.json"},
                                                        {NULL, NULL}};
    const char *const one[] = {three[0], NULL};

    (void)state;
    struct fixture *fixture = fixture_new("happy", NULL);
    fixture_write(fixture, "live.json", "{\"max_starts\": 9}");
    fixture_environment(fixture, variables);
    struct ens_collected plan = fixture_plan(fixture, one);
    assert_brief(fixture, &plan.results[0], "start validated ok stopped");
    assert_int_equal(plan.end.policy.count, 1);

    fixture_write(fixture, "live.json", "{\"deny\": [\"*/*/*\"]}");
    struct ens_collected apply = fixture_apply(fixture, one);
    assert_brief(fixture, &apply.results[0], "refuse observed policy stopped");
    assert_said(&apply.results[0], "live.json: deny */*/*");

    fixture_write(fixture, "live.json", "{");
    apply = fixture_apply(fixture, one);
    assert_brief(fixture, &apply.results[0], "refuse unverified policy unknown");
    assert_said(&apply.results[0], "live.json");
    assert_int_equal(fixture_starts_total(fixture), 0);
    fixture_check_clean(fixture);
    fixture_free(fixture);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_too_many),
        cmocka_unit_test(test_just_enough),
        cmocka_unit_test(test_undecided_at_the_deadline),
        cmocka_unit_test(test_counted_in_a_run),
        cmocka_unit_test(test_verified_first),
        cmocka_unit_test(test_files_are_read_for_each_job),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
