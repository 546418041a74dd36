/* SPDX-License-Identifier: Apache-2.0 */
/* Contract tests with faults of the emulator: errors, throttling, lost and malformed replies. */
#include "fixture.h"

#include <stdio.h>
#include <string.h>

static const char *const all[] = {"volcengine/cn-beijing/i-v", "alibaba/cn-hangzhou/i-a",
                                  "baidu/bj/i-b", NULL};

struct row {
    const char *fault; /* a JSON list of specifications */
    enum ens_mode mode;
    int64_t timeout_ms;      /* 0: the default */
    const char *expected[3]; /* of the three targets; NULL: not checked */
    json_int_t starts;       /* expected total */
    const char *said;        /* part of the first message; NULL: not checked */
};

#define P ENS_MODE_PLAN
#define A ENS_MODE_APPLY
#define EACH(brief)                                                                                \
    {                                                                                              \
        brief, brief, brief                                                                        \
    }
#define STARTED     EACH("start validated ok running started")
#define UNREAD(why) EACH("refuse unverified " why " unknown")

static void run_rows(const struct row *rows, size_t count)
{
    struct fixture *fixture = fixture_new("one_each", NULL);

    for (size_t i = 0; i < count; i++) {
        const struct row *row = &rows[i];
        json_decref(fixture_control(fixture, "POST", "/reset?world=yes", NULL));
        fixture_faults(fixture, row->fault);
        struct ens_job_request job = fixture_job(fixture, row->mode, all);
        job.timeout_ms = row->timeout_ms;
        struct ens_collected got = fixture_run(fixture, &job);
        for (size_t j = 0; j < got.count; j++) {
            if (row->expected[j] != NULL &&
                strcmp(fixture_brief(fixture, &got.results[j]), row->expected[j]) != 0) {
                fail_msg("%s, %s: %s, not %s (%.*s)", row->fault, all[j],
                         fixture_brief(fixture, &got.results[j]), row->expected[j],
                         ENS_STR_ARG(got.results[j].message));
            }
        }
        if (row->said != NULL && strstr(got.results[0].message.ptr, row->said) == NULL) {
            fail_msg("%s: %s", row->fault, got.results[0].message.ptr);
        }
        if (fixture_starts_total(fixture) != row->starts) {
            fail_msg("%s: %lld starts", row->fault, (long long)fixture_starts_total(fixture));
        }
        fixture_check_clean(fixture);
    }
    fixture_free(fixture);
}

/* Temporary faults are retried, and each instance is started exactly once. */
static void test_temporary_faults(void **state)
{
    static const struct row rows[] = {
        {"[\"throttle:50,first=3\"]", A, 0, STARTED, 3, NULL},
        {"[\"throttle:50,cloud=volcengine,first=2\",\"throttle,cloud=alibaba,first=2\"]",
         P,
         0,
         {"start validated ok stopped", "start validated ok stopped", "start simulated ok stopped"},
         0,
         NULL},
        {"[\"http:503,first=3\"]", A, 0, STARTED, 3, NULL},
        {"[\"http:500,first=3\"]", A, 0, STARTED, 3, NULL},
        {"[\"http:504,dry_run=no,nth=4\"]", A, 0, STARTED, 3, NULL},
        {"[\"garbage,first=3\"]", A, 0, STARTED, 3, NULL},
        {"[\"html:502,first=3\"]", A, 0, STARTED, 3, NULL},
        {"[\"truncate,action=DescribeInstances,first=2\"]", A, 0, STARTED, 3, NULL},
        {"[\"content-type:text/plain\"]", A, 0, STARTED, 3, NULL},
        {"[\"stale-reads:2\"]", A, 0, STARTED, 3, NULL},
        {"[\"number-codes\"]", A, 0, STARTED, 3, NULL},
        {"[\"trickle:1,first=3\"]", A, 0, STARTED, 3, NULL},
    };

    (void)state;
    run_rows(rows, ENS_COUNT(rows));
}

/* Connections cut during a start, before and after it took effect. */
static void test_cut_connections(void **state)
{
    static const struct row rows[] = {
        {"[\"cut,action=StartInstance,dry_run=no,first=1\","
         "\"cut,action=StartInstances,dry_run=no,first=1\"]",
         A, 0, STARTED, 3, NULL},
        {"[\"cut,cloud=volcengine,action=StartInstance,dry_run=no,first=1,effect=yes\","
         "\"cut,cloud=baidu,action=StartInstance,dry_run=no,first=1,effect=yes\","
         "\"cut,action=StartInstances,dry_run=no,first=1,effect=yes\"]",
         A, 0, STARTED, 3, NULL},
        {"[\"http:500,action=StartInstance,first=1,effect=yes\","
         "\"http:500,cloud=alibaba,action=StartInstances,first=1,effect=yes\","
         "\"http:500,cloud=baidu,action=StartInstance,first=1,effect=yes\"]",
         A, 0, STARTED, 3, NULL},
        {"[\"truncate,cloud=volcengine,action=StartInstance\","
         "\"truncate,cloud=alibaba,action=StartInstances\"]",
         A, 0, STARTED, 3, NULL},
        /* In addition, reads show a stale state. */
        {"[\"cut,cloud=volcengine,action=StartInstance,first=1,effect=yes\",\"stale-reads:2\"]", A,
         0, STARTED, 3, NULL},
        {"[\"cut,cloud=alibaba,action=StartInstances,first=1,effect=yes\",\"stale-reads:3\"]", A, 0,
         STARTED, 3, NULL},
        {"[\"cut,cloud=baidu,action=StartInstance,first=1,effect=yes\",\"stale-reads:3\"]", A, 0,
         STARTED, 3, NULL},
    };

    (void)state;
    run_rows(rows, ENS_COUNT(rows));
}

/* Permanent faults end with a reason and a message. */
static void test_permanent_faults(void **state)
{
    static const struct row rows[] = {
        {"[\"throttle:60000\"]", P, 3000, UNREAD("throttled"), 0, "could not be read"},
        {"[\"http:503\"]", P, 0, UNREAD("unavailable"), 0, NULL},
        {"[\"http:500\"]", P, 0, UNREAD("internal"), 0, NULL},
        {"[\"html\"]", P, 0, UNREAD("malformed_response"), 0, "HTTP 200"},
        {"[\"html:404\"]", P, 0, UNREAD("malformed_response"), 0, "HTTP 404"},
        {"[\"xml:400\"]", P, 0, UNREAD("invalid_argument"), 0, "InvalidParameter"},
        {"[\"garbage\"]", P, 0, UNREAD("malformed_response"), 0, NULL},
        {"[\"redirect\"]", P, 0, UNREAD("malformed_response"), 0, "HTTP 302"},
        {"[\"empty:404\"]", P, 0, UNREAD("malformed_response"), 0, NULL},
        {"[\"cut\"]", P, 0, UNREAD("unavailable"), 0, NULL},
        {"[\"huge:50\"]", P, 0, UNREAD("malformed_response"), 0, NULL},
        {"[\"hang\"]", P, 1500, UNREAD("timed_out"), 0, "Time ran out"},
        {"[\"hang\"]", A, 1500, UNREAD("timed_out"), 0, NULL},
        {"[\"error:404:InvalidVersion\"]", P, 0, UNREAD("invalid_argument"), 0, "InvalidVersion"},
        {"[\"error:404:ServiceNotFound\"]", P, 0, UNREAD("invalid_argument"), 0, NULL},
        /* The read succeeds, the dry run has no usable answer. */
        {"[\"http:503,action=StartInstance,dry_run=yes\","
         "\"garbage:400,action=StartInstances,dry_run=yes\"]",
         P,
         0,
         {"start unverified unavailable stopped", "start unverified malformed_response stopped",
          "start simulated ok stopped"},
         0,
         "not answered"},
        {"[\"throttle:60000,dry_run=yes\"]",
         P,
         5000,
         {"start unverified throttled stopped", "start unverified throttled stopped",
          "start simulated ok stopped"},
         0,
         NULL},
        {"[\"hang,dry_run=yes\"]",
         P,
         1500,
         {"start unverified timed_out stopped", "start unverified timed_out stopped",
          "start simulated ok stopped"},
         0,
         "Time ran out"},
        /* The read succeeds, the start does not. */
        {"[\"http:503,action=StartInstance\",\"http:503,action=StartInstances\"]", A, 0,
         EACH("start observed unavailable stopped"), 0, "no further start got through"},
        {"[\"throttle:60000,action=StartInstance\",\"throttle:60000,action=StartInstances\"]", A,
         5000, EACH("refuse observed throttled stopped"), 0, NULL},
        {"[\"hang,action=StartInstance\",\"hang,action=StartInstances\"]", A, 1500,
         EACH("start observed timed_out stopped"), 0, "ambiguous"},
    };

    (void)state;
    run_rows(rows, ENS_COUNT(rows));
}

static void test_dry_run_not_honoured(void **state)
{
    (void)state;
    struct fixture *fixture = fixture_new("one_each", NULL);
    fixture_faults(fixture, "[\"start-anyway\"]");
    struct ens_collected plan = fixture_plan(fixture, all);
    for (size_t i = 0; i < 2; i++) {
        assert_brief(fixture, &plan.results[i], "refuse observed dry_run_not_honoured starting");
        assert_int_equal(plan.results[i].http_status, 200);
        assert_true(plan.results[i].request_id.len > 0);
        assert_non_null(strstr(plan.results[i].message.ptr, "may have been started"));
    }
    assert_brief(fixture, &plan.results[2], "start simulated ok stopped");
    fixture_free(fixture);
}

/* Every retry of a start has the same client token, and a start of a saved plan has the plan's. */
static void test_token_is_kept(void **state)
{
    (void)state;
    struct fixture *fixture = fixture_new("one_each", NULL);
    fixture_faults(fixture, "[\"cut,cloud=volcengine,action=StartInstance,first=2\"]");
    struct ens_job_request job = fixture_job(fixture, ENS_MODE_APPLY, all);
    struct ens_target_request targets[3];
    memcpy(targets, job.targets, sizeof(targets));
    targets[0].client_token = ENS_STR("token-of-the-plan");
    targets[1].client_token = ENS_STR("no-token-on-alibaba");
    job.targets = targets;
    struct ens_collected apply = fixture_run(fixture, &job);
    assert_brief(fixture, &apply.results[0], "start validated ok running started");
    assert_brief(fixture, &apply.results[1], "start validated ok running started");
    assert_true(ens_str_is(apply.results[0].client_token, "token-of-the-plan"));
    json_t *ledger = fixture_control(fixture, "GET", "/ledger", NULL);
    json_t *request;
    size_t index;
    size_t seen = 0;
    json_array_foreach(json_object_get(ledger, "requests"), index, request)
    {
        const char *token = json_string_value(json_object_get(request, "client_token"));
        if (strcmp(json_string_value(json_object_get(request, "action")), "StartInstance") == 0 &&
            strcmp(json_string_value(json_object_get(request, "cloud")), "volcengine") == 0) {
            assert_non_null(token);
            assert_string_equal(token, "token-of-the-plan");
            seen++;
        }
    }
    assert_int_equal(seen, 3);
    json_decref(ledger);
    fixture_check_clean(fixture);
    fixture_free(fixture);
}

static void test_bad_token(void **state)
{
    static const struct {
        const char *token;
        bool good;
    } rows[] = {
        {"0123456789012345678901234567890123456789012345678901234567890123", true},
        {"01234567890123456789012345678901234567890123456789012345678901234", false},
        {"with space", false},
        {"\x7f", false},
    };

    (void)state;
    struct fixture *fixture = fixture_new("one_each", NULL);
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        struct ens_job_request job = fixture_job(fixture, ENS_MODE_APPLY, all);
        struct ens_target_request target = job.targets[0];
        target.client_token = ens_str_of(rows[i].token);
        job.targets = &target;
        job.count = 1;
        json_decref(fixture_control(fixture, "POST", "/reset?world=yes", NULL));
        struct ens_collected apply = fixture_run(fixture, &job);
        assert_brief(fixture, &apply.results[0],
                     rows[i].good ? "start validated ok running started"
                                  : "refuse unverified invalid_argument unknown");
    }
    fixture_free(fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_temporary_faults), cmocka_unit_test(test_cut_connections),
        cmocka_unit_test(test_permanent_faults), cmocka_unit_test(test_dry_run_not_honoured),
        cmocka_unit_test(test_token_is_kept),    cmocka_unit_test(test_bad_token),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
