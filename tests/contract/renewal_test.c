/* SPDX-License-Identifier: Apache-2.0 */
/* Keys that expire or are revoked while they are used, and services that hand out none. */
#include "fixture.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALIBABA_ROLE    "acs:ram::1000000000000001:role/ci"
#define VOLCENGINE_ROLE "trn:iam::2100000001:role/ci"
#define BAIDU_ROLE      "c0ffee00000000000000000000000001/deploy"

#define ALIBABA_OIDC                                                                               \
    {"ALIBABA_CLOUD_ROLE_ARN", ALIBABA_ROLE},                                                      \
        {"ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "acs:ram::1000000000000001:oidc-provider/ci"},         \
    {                                                                                              \
        "ALIBABA_CLOUD_OIDC_TOKEN_FILE", "{HOME}/alibaba-token"                                    \
    }

static const struct fixture_variable environment[] = {
    ALIBABA_OIDC,
    {"VOLCENGINE_OIDC_ROLE_TRN", VOLCENGINE_ROLE},
    {"VOLCENGINE_OIDC_TOKEN_FILE", "{HOME}/volcengine-token"},
    {"BCE_ACCESS_KEY_ID", "baiducontract0000001"},
    {"BCE_SECRET_ACCESS_KEY", "baidu-secret-0001"},
    {"ENSURE_BAIDU_ROLE", BAIDU_ROLE},
    {NULL, NULL},
};

static const char *const targets[] = {"volcengine/cn-beijing/i-v", "alibaba/cn-hangzhou/i-a",
                                      "baidu/bj/i-b", NULL};

/* An engine whose three clouds hand out temporary keys. */
static struct fixture *begin(const char *const *options)
{
    static const char *const clouds[] = {"volcengine", "alibaba", "baidu"};
    struct fixture *fixture = fixture_new("renewal", options);
    struct ens_cloud_settings settings[3] = {0};

    fixture_environment(fixture, environment);
    fixture_write(fixture, "alibaba-token", "alibaba-oidc-token\n");
    fixture_write(fixture, "volcengine-token", "volcengine-oidc-token\n");
    for (size_t i = 0; i < ENS_COUNT(clouds); i++) {
        settings[i].cloud = ens_str_of(clouds[i]);
        settings[i].endpoint = ens_str_of(fixture->urls[i]);
    }
    assert_int_equal(ens_engine_configure(fixture->engine, settings, 3, NULL, NULL), ENS_OK);
    return fixture;
}

/* The number of requests to a service of a cloud. */
static size_t requests_to(struct fixture *fixture, const char *service, const char *cloud)
{
    json_t *ledger = fixture_control(fixture, "GET", "/ledger", NULL);
    size_t i;
    size_t count = 0;
    json_t *request;

    json_array_foreach(json_object_get(ledger, "requests"), i, request)
    {
        count += strcmp(json_string_value(json_object_get(request, "service")), service) == 0 &&
                         strcmp(json_string_value(json_object_get(request, "cloud")), cloud) == 0
                     ? 1
                     : 0;
    }
    json_decref(ledger);
    return count;
}

/* Requests that were refused because their keys had expired. */
static size_t refusals(struct fixture *fixture)
{
    json_t *ledger = fixture_control(fixture, "GET", "/ledger", NULL);
    size_t i;
    size_t count = 0;
    json_t *request;

    json_array_foreach(json_object_get(ledger, "requests"), i, request)
    {
        const json_int_t status = json_integer_value(json_object_get(request, "http_status"));
        count += status == 401 || status == 403 ? 1 : 0;
    }
    json_decref(ledger);
    return count;
}

/* An apply that outlives its keys several times over ends well, and starts each instance once. */
static void test_apply_outlives_keys(void **state)
{
    static const char *const options[] = {"--keys-live-ms", "2000", "--boot-ms", "10000", NULL};

    (void)state;
    struct fixture *fixture = begin(options);
    struct ens_collected apply = fixture_apply(fixture, targets);
    for (size_t i = 0; i < apply.count; i++) {
        if (apply.results[i].reason != ENS_REASON_OK || !apply.results[i].started) {
            fail_msg("%.*s", ENS_STR_ARG(apply.results[i].message));
        }
        assert_int_equal(fixture_starts(fixture, targets[i]), 1);
    }
    assert_int_equal(apply.end.warning_count, 0);
    assert_in_range(requests_to(fixture, "sts", "alibaba"), 3, 12);
    assert_in_range(requests_to(fixture, "sts", "volcengine"), 3, 12);
    assert_in_range(requests_to(fixture, "sts", "baidu"), 3, 12);
    fixture_check_clean(fixture);
    fixture_free(fixture);
}

/* The clouds refuse keys that should be alive: others are obtained, once, and the call goes on. */
static void test_revoked_keys(void **state)
{
    (void)state;
    struct fixture *fixture = begin(NULL);
    struct ens_collected plan = fixture_plan(fixture, targets);
    assert_int_equal(plan.end.summary.start, 3);
    json_decref(fixture_control(fixture, "POST", "/revoke", NULL));
    plan = fixture_plan(fixture, targets);
    assert_int_equal(plan.end.summary.start, 3);
    assert_int_equal(requests_to(fixture, "sts", "alibaba"), 2);
    assert_int_equal(requests_to(fixture, "sts", "volcengine"), 2);
    assert_int_equal(requests_to(fixture, "sts", "baidu"), 2);
    fixture_check_clean(fixture);
    fixture_free(fixture);
}

/* The token file is read again, because its issuer replaces it. */
static void test_new_token(void **state)
{
    static const char *const alibaba[] = {"alibaba/cn-hangzhou/i-a", NULL};

    (void)state;
    struct fixture *fixture = begin(NULL);
    fixture_write(fixture, "alibaba-token", "stale-oidc-token");
    struct ens_collected plan = fixture_plan(fixture, alibaba);
    assert_int_equal(plan.results[0].reason, ENS_REASON_UNAUTHENTICATED);
    fixture_write(fixture, "alibaba-token", "alibaba-oidc-token");
    plan = fixture_plan(fixture, alibaba);
    assert_int_equal(plan.results[0].reason, ENS_REASON_OK);
    fixture_free(fixture);
}

/* The cloud goes on to refuse: one renewal, then it stays. */
static void test_second_refusal(void **state)
{
    static const char *const alibaba[] = {"alibaba/cn-hangzhou/i-a", NULL};

    (void)state;
    struct fixture *fixture = begin(NULL);
    fixture_faults(fixture, "[\"error:400:InvalidSecurityToken.Expired,service=api\"]");
    struct ens_collected plan = fixture_plan(fixture, alibaba);
    assert_brief(fixture, &plan.results[0], "refuse unverified unauthenticated unknown");
    assert_int_equal(requests_to(fixture, "sts", "alibaba"), 2);
    assert_int_equal(requests_to(fixture, "api", "alibaba"), 2);
    assert_int_equal(refusals(fixture), 0);
    fixture_free(fixture);
}

/* ---- services that hand out none ------------------------------------------------------------ */

/* Each answer of STS gives one sentence. */
static void test_hostile_sts(void **state)
{
    static const char *const alibaba[] = {"alibaba/cn-hangzhou/i-a", NULL};
    static const struct {
        const char *fault;
        enum ens_reason reason;
        const char *message;
    } rows[] = {
        {"huge:50", ENS_REASON_MALFORMED_RESPONSE, "the reply is larger than 16 MiB"},
        {"garbage", ENS_REASON_MALFORMED_RESPONSE, "the body is not JSON"},
        {"html", ENS_REASON_MALFORMED_RESPONSE, "the body is HTML, not JSON"},
        {"empty", ENS_REASON_MALFORMED_RESPONSE, "the body is empty"},
        {"other-cloud", ENS_REASON_MALFORMED_RESPONSE, "Credentials is missing"},
        {"expires:-60000", ENS_REASON_UNAUTHENTICATED, "the keys that it gave expired on "},
        {"json:%7B%22Credentials%22%3A%5B%5D%7D", ENS_REASON_MALFORMED_RESPONSE,
         "Credentials is missing or not an object"},
        {"http:503", ENS_REASON_UNAVAILABLE, "role " ALIBABA_ROLE ": "},
        {"empty:403", ENS_REASON_UNAUTHENTICATED, ": HTTP 403 without an error code"},
        {"cut", ENS_REASON_UNAVAILABLE, "role " ALIBABA_ROLE ": "},
        {"error:403:NoPermission", ENS_REASON_UNAUTHENTICATED, "NoPermission"},
        {"redirect", ENS_REASON_MALFORMED_RESPONSE, "role " ALIBABA_ROLE ": "},
    };

    (void)state;
    struct fixture *fixture = begin(NULL);
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        char faults[128];
        (void)snprintf(faults, sizeof(faults), "[\"%s,service=sts\"]", rows[i].fault);
        fixture_faults(fixture, faults);
        struct ens_collected plan = fixture_plan(fixture, alibaba);
        const char *message = ens_arena_dup(fixture->arena, plan.results[0].message).ptr;
        if (plan.results[0].reason != rows[i].reason || strstr(message, rows[i].message) == NULL) {
            fail_msg("%s: %s", rows[i].fault, message);
        }
        assert_null(strstr(message, "oidc-token"));
    }
    assert_int_equal(requests_to(fixture, "api", "alibaba"), 0);
    fixture_check_clean(fixture);
    fixture_free(fixture);
}

/* An STS that never answers ends with the job, which says what it waited for. */
static void test_silent_sts(void **state)
{
    static const char *const alibaba[] = {"alibaba/cn-hangzhou/i-a", NULL};

    (void)state;
    struct fixture *fixture = begin(NULL);
    fixture_faults(fixture, "[\"hang,service=sts\"]");
    struct ens_job_request job = fixture_job(fixture, ENS_MODE_PLAN, alibaba);
    job.timeout_ms = 1000;
    struct ens_collected plan = fixture_run(fixture, &job);
    const char *message = ens_arena_dup(fixture->arena, plan.results[0].message).ptr;
    const char *host = json_string_value(json_object_get(fixture->services, "alibaba_sts"));
    assert_int_equal(plan.results[0].reason, ENS_REASON_TIMED_OUT);
    assert_non_null(strstr(message, host + strlen("http://")));
    assert_non_null(strstr(message, "waiting for its reply"));
    fixture_free(fixture);
}

/* A clock that is off by an hour is that of the cloud, not ours. */
static void test_clock(void **state)
{
    static const char *const options[] = {"--clock-offset-ms", "3600000", NULL};

    (void)state;
    struct fixture *fixture = begin(options);
    struct ens_collected plan = fixture_plan(fixture, targets);
    for (size_t i = 0; i < plan.count; i++) {
        if (plan.results[i].action != ENS_ACTION_START) {
            fail_msg("%.*s", ENS_STR_ARG(plan.results[i].message));
        }
    }
    fixture_free(fixture);
}

/* A metadata service that accepts and never answers, and one that answers as another cloud's. */
static void test_hostile_metadata(void **state)
{
    static const struct fixture_variable nothing[] = {{"ENSURE_METADATA", ""}, {NULL, NULL}};
    static const struct {
        const char *fault;
        const char *message[3]; /* of Volcengine, Alibaba Cloud, Baidu */
        size_t requests;
    } rows[] = {
        {"hang", {"(no answer)", "(no answer)", "(no answer)"}, 1},
        {"other-cloud", {"metadata service", "metadata service", "metadata service"}, 3},
        {"garbage", {"instead of a token", "metadata service", "the body is not JSON"}, 3},
        {"huge:50", {"metadata service", "metadata service", "metadata service"}, 1},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        char faults[128];
        struct fixture *fixture = begin(NULL);
        fixture_environment(fixture, nothing);
        (void)snprintf(faults, sizeof(faults), "[\"%s,service=metadata\"]", rows[i].fault);
        fixture_faults(fixture, faults);
        struct ens_collected plan = fixture_plan(fixture, targets);
        for (size_t j = 0; j < plan.count; j++) {
            const char *message = ens_arena_dup(fixture->arena, plan.results[j].message).ptr;
            if (plan.results[j].reason != ENS_REASON_UNAUTHENTICATED ||
                strstr(message, "no credentials for ") == NULL ||
                strstr(message, rows[i].message[j]) == NULL) {
                fail_msg("%s: %s", rows[i].fault, message);
            }
        }
        assert_in_range(requests_to(fixture, "metadata", "volcengine"), 1, rows[i].requests);
        assert_in_range(requests_to(fixture, "metadata", "alibaba"), 1, rows[i].requests);
        assert_in_range(requests_to(fixture, "metadata", "baidu"), 1, rows[i].requests);
        fixture_free(fixture);
    }
}

/* Whether the process is gone, or goes within a minute: it was killed, but is not our child. */
static bool is_gone(long pid)
{
    for (int i = 0; i < 6000; i++) {
        if (kill((pid_t)pid, 0) != 0 && errno == ESRCH) {
            return true;
        }
        (void)poll(NULL, 0, 10);
    }
    return false;
}

/* A command that hangs ends with the job, and its processes with it. */
static void test_command_that_hangs(void **state)
{
    static const struct fixture_variable path[] = {{"PATH", "/usr/bin:/bin"}, {NULL, NULL}};
    static const char *const alibaba[] = {"alibaba/cn-hangzhou/i-a", NULL};
    char text[64] = {0};

    (void)state;
    struct fixture *fixture = begin(NULL);
    fixture_environment(fixture, path);
    fixture_write(fixture, "hang", "echo $$ >{HOME}/pid; sleep 1000 & exec sleep 1000");
    fixture_write(fixture, ".aliyun/config.json",
                  "{\"profiles\": [{\"name\": \"default\", \"mode\": \"External\","
                  " \"process_command\": \"sh {HOME}/hang\"}]}");
    struct ens_job_request job = fixture_job(fixture, ENS_MODE_PLAN, alibaba);
    job.timeout_ms = 2000;
    struct ens_collected plan = fixture_run(fixture, &job);
    const enum ens_reason reason = plan.results[0].reason;
    FILE *file = fopen(fixture_expand(fixture, "{HOME}/pid"), "r");
    const bool read = file != NULL && fgets(text, sizeof(text), file) != NULL;
    if (file != NULL) {
        (void)fclose(file);
    }
    fixture_free(fixture); /* joins the engine's thread, which ends the command */
    assert_true(reason == ENS_REASON_TIMED_OUT || reason == ENS_REASON_UNAUTHENTICATED);
    /* A machine that is too busy to start it in time is no failure. */
    assert_true(!read || is_gone(strtol(text, NULL, 10)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_apply_outlives_keys),
        cmocka_unit_test(test_revoked_keys),
        cmocka_unit_test(test_new_token),
        cmocka_unit_test(test_second_refusal),
        cmocka_unit_test(test_hostile_sts),
        cmocka_unit_test(test_silent_sts),
        cmocka_unit_test(test_clock),
        cmocka_unit_test(test_hostile_metadata),
        cmocka_unit_test(test_command_that_hangs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
