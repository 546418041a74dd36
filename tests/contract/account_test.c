/* SPDX-License-Identifier: Apache-2.0 */
/* Contract tests of credentials, clock skew, permissions, settings and the audit log. */
#include "credentials/keys.h"
#include "fixture.h"

#include <stdio.h>
#include <string.h>

static const char *const all[] = {"volcengine/cn-beijing/i-v", "alibaba/cn-hangzhou/i-a",
                                  "baidu/bj/i-b", NULL};

static const char *const good[] = {"start validated ok stopped", "start validated ok stopped",
                                   "start simulated ok stopped"};

static void expect(struct fixture *fixture, const struct ens_collected *got,
                   const char *const *expected)
{
    for (size_t i = 0; i < got->count; i++) {
        if (strcmp(fixture_brief(fixture, &got->results[i]), expected[i]) != 0) {
            fail_msg("%zu: %s, not %s (%.*s)", i, fixture_brief(fixture, &got->results[i]),
                     expected[i], ENS_STR_ARG(got->results[i].message));
        }
    }
}

static void test_wrong_secret(void **state)
{
    static const char *const expected[] = {
        "refuse unverified unauthenticated unknown",
        "refuse unverified unauthenticated unknown",
        "refuse unverified unauthenticated unknown",
    };

    (void)state;
    struct fixture *fixture = fixture_new("one_each", NULL);
    fixture_configure(fixture, "volcengine-secret-wrong", "alibaba-secret-wrong",
                      "baidu-secret-wrong");
    struct ens_collected plan = fixture_plan(fixture, all);
    expect(fixture, &plan, expected);
    for (size_t i = 0; i < plan.count; i++) {
        assert_true(ens_str_is(plan.results[i].provider_code, "SignatureDoesNotMatch"));
        assert_null(strstr(plan.results[i].message.ptr, "-secret-"));
        assert_true(plan.results[i].advice.len > 0);
    }
    /* Reconfiguring the same engine applies to later jobs. */
    fixture_configure(fixture, "volcengine-secret-0001", "alibaba-secret-0001",
                      "baidu-secret-0001");
    plan = fixture_plan(fixture, all);
    expect(fixture, &plan, good);
    fixture_check_clean(fixture);
    fixture_free(fixture);
}

/* Targets of a cloud without credentials are refused; those of other clouds are not affected. */
static void test_no_credentials(void **state)
{
    static const char *const expected[] = {
        "start validated ok stopped",
        "refuse unverified unauthenticated unknown",
        "start simulated ok stopped",
    };

    (void)state;
    struct fixture *fixture = fixture_new("one_each", NULL);
    fixture_configure(fixture, "volcengine-secret-0001", NULL, "baidu-secret-0001");
    struct ens_collected plan = fixture_plan(fixture, all);
    expect(fixture, &plan, expected);
    assert_int_equal(plan.results[1].http_status, 0);
    assert_non_null(strstr(plan.results[1].message.ptr, "ALIBABA_CLOUD_ACCESS_KEY_ID"));
    fixture_check_clean(fixture);
    fixture_free(fixture);
}

/* A clock that is an hour off: the engine takes the time from the reply and retries once. */
static void test_clock(void **state)
{
    static const char *const offsets[][3] = {{"--clock-offset-ms", "3600000", NULL},
                                             {"--clock-offset-ms", "-3600000", NULL}};

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(offsets); i++) {
        struct fixture *fixture = fixture_new("one_each", offsets[i]);
        struct ens_collected plan = fixture_plan(fixture, all);
        expect(fixture, &plan, good);
        assert_int_equal(fixture_calls(fixture, "volcengine", "DescribeInstances"), 2);
        assert_int_equal(fixture_calls(fixture, "volcengine", "StartInstance"), 1); /* no retry */
        struct ens_collected apply = fixture_apply(fixture, all);
        assert_int_equal(apply.results[0].status, ENS_STATUS_RUNNING);
        assert_int_equal(apply.results[1].status, ENS_STATUS_RUNNING);
        assert_int_equal(apply.results[2].status, ENS_STATUS_RUNNING);
        assert_int_equal(fixture_starts_total(fixture), 3);
        fixture_check_clean(fixture);
        fixture_free(fixture);
    }
}

/* Alibaba returns an empty list if the keys lack the permission to read, so the engine sends a
 * probe. */
static void test_absent_or_denied(void **state)
{
    static const char *const targets[] = {"alibaba/cn-hangzhou/i-a", "alibaba/cn-hangzhou/i-none",
                                          NULL};
    static const char *const hidden[] = {"refuse unverified permission_denied unknown",
                                         "refuse unverified permission_denied unknown"};
    static const char *const seen[] = {"start validated ok stopped",
                                       "refuse observed not_found absent"};

    (void)state;
    struct fixture *fixture = fixture_new("may_not_list", NULL);
    struct ens_collected plan = fixture_plan(fixture, targets);
    expect(fixture, &plan, hidden);
    assert_int_equal(fixture_calls(fixture, "alibaba", "DescribeInstances"), 2); /* 1 + 1 probe */
    fixture_check_clean(fixture);
    fixture_free(fixture);

    fixture = fixture_new("one_each", NULL);
    plan = fixture_plan(fixture, targets);
    expect(fixture, &plan, seen);
    /* A read, a probe, and a second read. */
    assert_int_equal(fixture_calls(fixture, "alibaba", "DescribeInstances"), 3);
    assert_int_equal(plan.results[1].provider_code.len, 0);
    fixture_check_clean(fixture);
    fixture_free(fixture);
}

static void test_reading_denied(void **state)
{
    static const char *const targets[] = {"volcengine/cn-beijing/i-v", "baidu/bj/i-b",
                                          "baidu/bj/i-c", NULL};

    (void)state;
    struct fixture *fixture = fixture_new("may_not_read", NULL);
    struct ens_collected plan = fixture_plan(fixture, targets);
    for (size_t i = 0; i < plan.count; i++) {
        assert_brief(fixture, &plan.results[i], "refuse unverified permission_denied unknown");
        assert_int_equal(plan.results[i].http_status, 403);
    }
    fixture_check_clean(fixture);
    fixture_free(fixture);
}

/* Connection refused: nothing was sent, and the message says so. */
static void test_connection_refused(void **state)
{
    const struct ens_cloud_settings settings = {
        .cloud = ENS_STR("volcengine"),
        .access_key = ENS_STR("AKLTcontract0000001"),
        .secret_key = ENS_STR("volcengine-secret-0001"),
        .endpoint = ENS_STR("http://127.0.0.1:1"),
    };
    static const char *const targets[] = {"volcengine/cn-beijing/i-v", NULL};

    (void)state;
    struct fixture *fixture = fixture_new("one_each", NULL);
    assert_int_equal(ens_engine_configure(fixture->engine, &settings, 1, NULL, NULL), ENS_OK);
    struct ens_collected plan = fixture_plan(fixture, targets);
    assert_brief(fixture, &plan.results[0], "refuse unverified unavailable unknown");
    assert_int_equal(plan.results[0].http_status, 0);
    assert_non_null(strstr(plan.results[0].message.ptr, "127.0.0.1:1"));
    fixture_free(fixture);
}

static void test_settings_are_checked(void **state)
{
    static char long_key[ENS_KEY_MAX + 1];
    struct ens_cloud_settings base = {.cloud = ENS_STR("alibaba")};

    (void)state;
    struct fixture *fixture = fixture_new("one_each", NULL);
    memset(long_key, 'k', sizeof(long_key));
    struct {
        struct ens_cloud_settings settings;
        const char *said; /* expected message; NULL: accepted */
    } rows[] = {
        {base, NULL}, {base, "azure"},  {base, NULL},     {base, "8192"},
        {base, NULL}, {base, "region"}, {base, "scheme"}, {base, "ENSURE_ALLOW_HTTP"},
    };
    rows[0].settings.region = ENS_STR("cn-hangzhou");
    rows[1].settings.cloud = ENS_STR("azure");
    rows[2].settings.access_key = ENS_STR("a");
    rows[2].settings.secret_key = (ens_str){long_key, ENS_KEY_MAX};
    rows[3].settings.access_key = ENS_STR("a");
    rows[3].settings.secret_key = (ens_str){long_key, ENS_KEY_MAX + 1};
    rows[4].settings.endpoint = ENS_STR("https://example.com:8443");
    rows[5].settings.region = ENS_STR("cn hangzhou");
    rows[6].settings.endpoint = ENS_STR("ftp://example.com");
    rows[7].settings.endpoint = ENS_STR("http://example.com");
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_DIAGS diags = {0};
        ens_rc rc = ens_engine_configure(fixture->engine, &rows[i].settings, 1, NULL, &diags);
        if (rows[i].said == NULL) {
            assert_int_equal(rc, ENS_OK);
            continue;
        }
        assert_int_not_equal(rc, ENS_OK);
        assert_int_equal(diags.count, 1);
        if (strstr(diags.items[0].summary, rows[i].said) == NULL &&
            strstr(diags.items[0].where, rows[i].said) == NULL) {
            fail_msg("row %zu: %s: %s", i, diags.items[0].where, diags.items[0].summary);
        }
        assert_null(strstr(diags.items[0].summary, "kkkk"));
    }
    const struct ens_cloud_settings twice[] = {base, base};
    assert_int_not_equal(ens_engine_configure(fixture->engine, twice, 2, NULL, NULL), ENS_OK);
    /* A refused configuration changes nothing; an accepted one replaces the one before. */
    assert_int_equal(ens_engine_configure(fixture->engine, &rows[0].settings, 1, NULL, NULL),
                     ENS_OK);
    assert_int_not_equal(ens_engine_configure(fixture->engine, &rows[1].settings, 1, NULL, NULL),
                         ENS_OK);
    assert_true(ens_str_is(ens_engine_region(fixture->engine, fixture->arena, ENS_STR("alibaba")),
                           "cn-hangzhou"));
    assert_int_equal(ens_engine_configure(fixture->engine, NULL, 0, NULL, NULL), ENS_OK);
    assert_int_equal(ens_engine_region(fixture->engine, fixture->arena, ENS_STR("alibaba")).len, 0);
    fixture_free(fixture);
}

static const char *text_of(const json_t *line, const char *key)
{
    const char *text = json_string_value(json_object_get(line, key));

    assert_non_null(text);
    return text;
}

/* The lines of the audit log as a JSON array; the caller releases it. */
static json_t *audit_lines(const struct fixture *fixture)
{
    FILE *file = fopen(fixture->audit, "r");
    char line[4096];
    json_t *lines = json_array();

    assert_non_null(file);
    while (fgets(line, sizeof(line), file) != NULL) {
        json_t *json = json_loads(line, 0, NULL);
        assert_non_null(json);
        assert_int_equal(json_array_append_new(lines, json), 0);
    }
    (void)fclose(file);
    return lines;
}

static bool is_line(const json_t *line, const char *action, const char *phase)
{
    return strcmp(text_of(line, "action"), action) == 0 &&
           strcmp(text_of(line, "phase"), phase) == 0;
}

static void test_audit(void **state)
{
    unsigned starts = 0;
    unsigned sending = 0;
    unsigned reads = 0;
    size_t index = 0;
    json_t *line = NULL;

    (void)state;
    struct fixture *fixture = fixture_new("one_each", NULL);
    struct ens_collected apply = fixture_apply(fixture, all);
    fixture_check_clean(fixture);
    assert_int_equal(apply.end.warning_count, 0);
    json_t *lines = audit_lines(fixture);
    const char *run = text_of(json_array_get(lines, 0), "run_id");
    json_array_foreach(lines, index, line)
    {
        const bool done = strcmp(text_of(line, "phase"), "done") == 0;
        starts += is_line(line, "start", "done") ? 1 : 0;
        sending += is_line(line, "start", "sending") ? 1 : 0;
        reads += is_line(line, "describe", "done") ? 1 : 0;
        assert_string_equal(text_of(line, "outcome"), done ? "ok" : "");
        assert_string_equal(text_of(line, "run_id"), run);
        assert_string_equal(text_of(line, "key_id_tail"), "0001");
        assert_non_null(strstr(text_of(line, "source"), "settings"));
        assert_non_null(strstr(text_of(line, "endpoint"), "http://127.0.0.1:"));
        assert_true(strlen(text_of(line, "actor")) > 0);
    }
    assert_int_equal(starts, 3);
    assert_int_equal(sending, 3);
    assert_true(reads >= 6);
    json_decref(lines);
    fixture_free(fixture);
}

/* A start that was rejected is sent again after a read; the attempt numbers continue. */
static void test_audit_counts_attempts(void **state)
{
    static const char *const targets[] = {"baidu/bj/i-b", NULL};
    static const char *const options[] = {"--fault", "throttle:50,action=StartInstance,first=2",
                                          NULL};
    json_int_t starts = 0;
    size_t index = 0;
    json_t *line = NULL;

    (void)state;
    struct fixture *fixture = fixture_new("one_each", options);
    (void)fixture_apply(fixture, targets);
    json_t *lines = audit_lines(fixture);
    json_array_foreach(lines, index, line)
    {
        starts += is_line(line, "start", "sending") ? 1 : 0;
        if (strcmp(text_of(line, "action"), "start") == 0) {
            assert_int_equal(json_integer_value(json_object_get(line, "attempt")), starts);
        }
    }
    assert_int_equal(starts, 3);
    json_decref(lines);
    fixture_free(fixture);
}

/* A start without a reply until the deadline has a line "sending" and a line "done". */
static void test_audit_of_a_timed_out_start(void **state)
{
    static const char *const targets[] = {"volcengine/cn-beijing/i-v", NULL};
    static const char *const options[] = {"--fault", "hang,action=StartInstance", NULL};

    (void)state;
    struct fixture *fixture = fixture_new("one_each", options);
    struct ens_job_request job = fixture_job(fixture, ENS_MODE_APPLY, targets);
    job.timeout_ms = 1500;
    struct ens_collected apply = fixture_run(fixture, &job);
    assert_brief(fixture, &apply.results[0], "start observed timed_out stopped");
    assert_true(apply.results[0].start_sent);
    json_t *lines = audit_lines(fixture);
    const size_t count = json_array_size(lines);
    assert_true(count >= 3);
    assert_true(is_line(json_array_get(lines, count - 2), "start", "sending"));
    const json_t *last = json_array_get(lines, count - 1);
    assert_true(is_line(last, "start", "done"));
    assert_string_equal(text_of(last, "outcome"), "timed_out");
    assert_true(json_integer_value(json_object_get(last, "elapsed_ms")) > 0);
    json_decref(lines);
    fixture_free(fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wrong_secret),
        cmocka_unit_test(test_no_credentials),
        cmocka_unit_test(test_clock),
        cmocka_unit_test(test_absent_or_denied),
        cmocka_unit_test(test_reading_denied),
        cmocka_unit_test(test_connection_refused),
        cmocka_unit_test(test_settings_are_checked),
        cmocka_unit_test(test_audit),
        cmocka_unit_test(test_audit_counts_attempts),
        cmocka_unit_test(test_audit_of_a_timed_out_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
