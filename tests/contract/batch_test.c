/* SPDX-License-Identifier: Apache-2.0 */
/* Contract tests of batching: the number of calls, and that one failing id does not affect the
 * others. */
#include "fixture.h"

#include <stdlib.h>
#include <string.h>

struct cloud_row {
    const char *cloud;
    const char *region;
    const char *prefix;  /* of targets */
    const char *stopped; /* the cloud's status word */
    const char *plan;    /* expected for a startable target */
};

static const struct cloud_row clouds[] = {
    {"volcengine", "cn-beijing", "volcengine/cn-beijing/i-", "STOPPED",
     "start validated ok stopped"},
    {"alibaba", "cn-hangzhou", "alibaba/cn-hangzhou/i-", "Stopped", "start validated ok stopped"},
    {"baidu", "bj", "baidu/bj/i-", "Stopped", "start simulated ok stopped"},
};

/* A fixture with count stopped instances per cloud, i-1, i-2, ... */
static struct fixture *fleet(size_t count)
{
    json_t *instances = json_array();

    for (size_t i = 0; i < ENS_COUNT(clouds); i++) {
        json_array_append_new(instances,
                              json_pack("{s:s, s:s, s:s, s:I, s:s}", "cloud", clouds[i].cloud,
                                        "region", clouds[i].region, "id", "i-{n}", "count",
                                        (json_int_t)count, "status", clouds[i].stopped));
    }
    return fixture_new_with(instances, NULL);
}

static void flag_instance(struct fixture *fixture, const struct cloud_row *cloud, const char *id,
                          const char *flag)
{
    json_t *instance = json_pack("{s:s, s:s, s:s, s:[s]}", "cloud", cloud->cloud, "region",
                                 cloud->region, "id", id, "flags", flag);
    char *text = json_dumps(instance, 0);

    json_decref(fixture_control(fixture, "POST", "/instances", text));
    free(text);
    json_decref(instance);
}

static void expect(struct fixture *fixture, const struct ens_collected *collected,
                   const char *brief, const char *bad_id, const char *bad_brief)
{
    for (size_t i = 0; i < collected->count; i++) {
        const struct ens_result *result = &collected->results[i];
        const bool bad = bad_id != NULL && ens_str_is(result->target.id, bad_id);
        const char *expected = bad ? bad_brief : brief;
        if (strcmp(fixture_brief(fixture, result), expected) != 0) {
            fail_msg("%.*s %.*s: %s, not %s (%.*s)", ENS_STR_ARG(result->target.cloud),
                     ENS_STR_ARG(result->target.id), fixture_brief(fixture, result), expected,
                     ENS_STR_ARG(result->message));
        }
    }
}

/* One of 40 is refused in the middle of the list. */
static void test_one_bad_id_of_40(void **state)
{
    static const char *const flags[] = {"stock", "stock@both", "code:409:Some.Lock"};

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(clouds); i++) {
        struct fixture *fixture = fleet(40);
        flag_instance(fixture, &clouds[i], "i-20", flags[i]);
        const char **targets = fixture_targets(fixture, clouds[i].prefix, 40);
        const bool baidu = strcmp(clouds[i].cloud, "baidu") == 0;
        struct ens_collected plan = fixture_plan(fixture, targets);
        expect(fixture, &plan, clouds[i].plan, "i-20",
               baidu ? clouds[i].plan : "refuse validated no_capacity stopped");
        assert_int_equal(fixture_starts_total(fixture), 0);
        struct ens_collected apply = fixture_apply(fixture, targets);
        expect(fixture, &apply, "start validated ok running started", "i-20",
               baidu ? "refuse validated locked stopped" : "refuse validated no_capacity stopped");
        assert_int_equal(fixture_starts_total(fixture), 39);
        for (size_t j = 0; j < 40; j++) {
            assert_int_equal(fixture_starts(fixture, targets[j]), j == 19 ? 0 : 1);
        }
        fixture_check_clean(fixture);
        fixture_free(fixture);
    }
}

/* A call fails with HTTP 500 because of one of its ids. */
static void test_one_id_fails_the_call(void **state)
{
    (void)state;
    struct fixture *fixture = fleet(40);
    for (size_t i = 0; i + 1 < ENS_COUNT(clouds); i++) {
        flag_instance(fixture, &clouds[i + 1], "i-20", "internal");
        const char **targets = fixture_targets(fixture, clouds[i + 1].prefix, 40);
        struct ens_collected plan = fixture_plan(fixture, targets);
        expect(fixture, &plan, clouds[i + 1].plan, "i-20",
               i == 0 ? "start unverified internal stopped" : clouds[i + 1].plan);
        struct ens_collected apply = fixture_apply(fixture, targets);
        expect(fixture, &apply, "start validated ok running started", "i-20",
               "start observed internal stopped");
        assert_int_equal(fixture_starts_total(fixture), 39 * ((json_int_t)i + 1));
    }
    fixture_check_clean(fixture);
    fixture_free(fixture);
}

/* An id that does not exist among ids that do. */
static void test_absent_among_others(void **state)
{
    (void)state;
    struct fixture *fixture = fleet(30);
    for (size_t i = 0; i < ENS_COUNT(clouds); i++) {
        const char **targets = fixture_targets(fixture, clouds[i].prefix, 31); /* one too many */
        struct ens_collected plan = fixture_plan(fixture, targets);
        expect(fixture, &plan, clouds[i].plan, "i-31", "refuse observed not_found absent");
    }
    assert_true(fixture_calls(fixture, "alibaba", "StartInstances") <= 2);
    fixture_check_clean(fixture);
    fixture_free(fixture);
}

/* 1000 targets per cloud in one job: full calls, and each instance is started once. */
static void test_a_thousand(void **state)
{
    const char *targets[3001] = {NULL};

    (void)state;
    struct fixture *fixture = fleet(1000);
    for (size_t i = 0; i < ENS_COUNT(clouds); i++) {
        const char **some = fixture_targets(fixture, clouds[i].prefix, 1000);
        memcpy(targets + i * 1000, some, 1000 * sizeof(*some));
    }
    struct ens_collected plan = fixture_plan(fixture, targets);
    assert_int_equal(plan.end.summary.start, 3000);
    assert_int_equal(fixture_calls(fixture, "volcengine", "DescribeInstances"), 10);
    assert_int_equal(fixture_calls(fixture, "volcengine", "StartInstance"), 1000);
    assert_int_equal(fixture_calls(fixture, "alibaba", "DescribeInstances"), 10);
    assert_true(fixture_calls(fixture, "alibaba", "StartInstances") <= 20);
    assert_int_equal(fixture_calls(fixture, "baidu", "DescribeInstances"), 10);
    assert_int_equal(fixture_starts_total(fixture), 0);
    json_decref(fixture_control(fixture, "POST", "/reset", NULL));

    struct ens_collected apply = fixture_apply(fixture, targets);
    expect(fixture, &apply, "start validated ok running started", NULL, NULL);
    assert_int_equal(fixture_starts_total(fixture), 3000);
    for (size_t i = 0; i < 3000; i += 97) {
        assert_int_equal(fixture_starts(fixture, targets[i]), 1);
    }
    assert_int_equal(fixture_calls(fixture, "volcengine", "StartInstance"), 1000);
    assert_true(fixture_calls(fixture, "alibaba", "StartInstances") <= 20);
    assert_true(fixture_calls(fixture, "baidu", "StartInstances") <= 20);
    assert_true(fixture_calls(fixture, "baidu", "DescribeInstances") <= 200);
    struct ens_collected again = fixture_apply(fixture, targets);
    expect(fixture, &again, "none observed already_running running", NULL, NULL);
    assert_int_equal(fixture_starts_total(fixture), 3000);
    fixture_check_clean(fixture);
    fixture_free(fixture);
}

/* Keys that may not start: the number of dry runs is small, independent of the number of targets.
 */
static void test_read_only_keys(void **state)
{
    (void)state;
    struct fixture *fixture = fixture_new("may_only_read", NULL);
    const char **targets = fixture_targets(fixture, "alibaba/cn-hangzhou/i-", 100);
    struct ens_collected plan = fixture_plan(fixture, targets);
    expect(fixture, &plan, "start unverified permission_denied stopped", NULL, NULL);
    assert_int_equal(fixture_calls(fixture, "alibaba", "StartInstances"), 7);
    fixture_check_clean(fixture);
    fixture_free(fixture);
}

/* One instance without permission among 99 with permission. */
static void test_one_denied_id(void **state)
{
    (void)state;
    struct fixture *fixture = fleet(100);
    flag_instance(fixture, &clouds[1], "i-50", "permission");
    const char **targets = fixture_targets(fixture, "alibaba/cn-hangzhou/i-", 100);
    struct ens_collected plan = fixture_plan(fixture, targets);
    expect(fixture, &plan, "start validated ok stopped", "i-50",
           "start unverified permission_denied stopped");
    assert_true(fixture_calls(fixture, "alibaba", "StartInstances") <= 20);
    fixture_check_clean(fixture);
    fixture_free(fixture);
}

/* Several instances without permission, one of them the first in its call. */
static void test_first_id_denied(void **state)
{
    static const char *const foreign[] = {"i-1", "i-10", "i-50"};
    (void)state;
    struct fixture *fixture = fleet(100);
    for (size_t i = 0; i < ENS_COUNT(foreign); i++) {
        flag_instance(fixture, &clouds[1], foreign[i], "permission");
    }
    const char **targets = fixture_targets(fixture, "alibaba/cn-hangzhou/i-", 100);
    struct ens_collected plan = fixture_plan(fixture, targets);
    for (size_t i = 0; i < plan.count; i++) {
        const struct ens_result *result = &plan.results[i];
        bool bad = false;
        for (size_t j = 0; j < ENS_COUNT(foreign); j++) {
            bad = bad || ens_str_is(result->target.id, foreign[j]);
        }
        assert_string_equal(fixture_brief(fixture, result),
                            bad ? "start unverified permission_denied stopped"
                                : "start validated ok stopped");
    }
    fixture_check_clean(fixture);
    fixture_free(fixture);
}

/* A 403 with an unknown code is attributed to a single id as well. */
static void test_first_id_denied_with_unknown_code(void **state)
{
    (void)state;
    struct fixture *fixture = fleet(100);
    flag_instance(fixture, &clouds[1], "i-1", "code:403:InstanceType.Offline");
    const char **targets = fixture_targets(fixture, "alibaba/cn-hangzhou/i-", 100);
    struct ens_collected plan = fixture_plan(fixture, targets);
    expect(fixture, &plan, "start validated ok stopped", "i-1",
           "refuse validated permission_denied stopped");
    fixture_check_clean(fixture);
    fixture_free(fixture);
}

/* Two concurrent jobs over the same instances start each once. */
static void test_two_jobs_over_the_same_targets(void **state)
{
    struct ens_engine *engine;
    struct ens_collected first;

    (void)state;
    struct fixture *fixture = fleet(5);
    engine = fixture->engine;
    for (size_t i = 0; i < ENS_COUNT(clouds); i++) {
        const char **targets = fixture_targets(fixture, clouds[i].prefix, 5);
        struct ens_job_request job = fixture_job(fixture, ENS_MODE_APPLY, targets);
        (void)ens_engine_submit(engine, &job);
        ens_engine_run(engine, &job, NULL, fixture->arena, &first);
        for (size_t j = 0; j < first.count; j++) {
            assert_int_equal(first.results[j].status, ENS_STATUS_RUNNING);
            assert_int_equal(fixture_starts(fixture, targets[j]), 1);
        }
    }
    fixture_check_clean(fixture);
    fixture_free(fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_bad_id_of_40),
        cmocka_unit_test(test_one_id_fails_the_call),
        cmocka_unit_test(test_absent_among_others),
        cmocka_unit_test(test_a_thousand),
        cmocka_unit_test(test_read_only_keys),
        cmocka_unit_test(test_one_denied_id),
        cmocka_unit_test(test_first_id_denied),
        cmocka_unit_test(test_first_id_denied_with_unknown_code),
        cmocka_unit_test(test_two_jobs_over_the_same_targets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
