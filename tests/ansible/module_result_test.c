/* SPDX-License-Identifier: Apache-2.0 */
/* The output of the Ansible module: changed, failed, msg, diff, warnings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "ansible/module_output.h"
#include "ansible/module_result.h"

#define RESULT(number, status_, action_, reason_)                                                  \
    .target = {ENS_STR_INIT("alibaba"), ENS_STR_INIT("cn-hangzhou"), ENS_STR_INIT("i-" #number)},  \
    .status = ENS_STATUS_##status_, .action = ENS_ACTION_##action_,                                \
    .reason = ENS_REASON_##reason_, .message = ENS_STR_INIT("Found " #number ".")

static const struct ens_result planned[] = {
    {RESULT(1, RUNNING, NONE, ALREADY_RUNNING)},
    {RESULT(2, STOPPED, START, OK), .confidence = ENS_CONFIDENCE_VALIDATED},
    {RESULT(3, STARTING, WAIT, IN_PROGRESS)},
    {RESULT(4, STOPPED, START, PERMISSION_DENIED), .confidence = ENS_CONFIDENCE_UNVERIFIED,
     .advice = ENS_STR_INIT("Do it.")},
    {RESULT(5, STOPPED, REFUSE, INSUFFICIENT_BALANCE), .advice = ENS_STR_INIT("Top up."),
     .provider_code = ENS_STR_INIT("Broke"), .request_id = ENS_STR_INIT("R-5")},
};

static const struct ens_result applied[] = {
    {RESULT(1, RUNNING, NONE, ALREADY_RUNNING)},
    {RESULT(2, RUNNING, START, OK), .started = true},
    {RESULT(3, RUNNING, WAIT, OK)},
    {RESULT(4, STARTING, START, TIMED_OUT), .started = true},
};

static json_t *report(const struct ens_args *args, const struct ens_result *results, size_t count,
                      bool well)
{
    const struct ens_job_end end = {0};
    ENS_AUTO_BUF out = ens_buf_new(ENS_ARGS_MAX);

    assert_int_equal(ens_module_results(&out, args, results, count, &end), well);
    assert_int_equal(out.ptr[out.len - 1], '\n');
    json_t *json = json_loads(ens_buf_text(&out), JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(json);
    assert_int_equal(json_is_true(json_object_get(json, "failed")), !well);
    assert_non_null(json_object_get(json, "invocation"));
    assert_int_equal(json_array_size(json_object_get(json, "instances")), count);
    return json;
}

/* Warnings of the engine precede those of the module. */
static void test_warnings_of_the_engine(void **state)
{
    const struct ens_args args = {.check_mode = true};
    const ens_str warnings[] = {ENS_STR("A sentence.")};
    const struct ens_job_end end = {.warnings = warnings, .warning_count = 1};
    ENS_AUTO_BUF out = ens_buf_new(ENS_ARGS_MAX);

    (void)state;
    assert_true(ens_module_results(&out, &args, planned, 4, &end));
    json_auto_t *json = json_loads(ens_buf_text(&out), JSON_REJECT_DUPLICATES, NULL);
    const json_t *list = json_object_get(json, "warnings");
    assert_int_equal(json_array_size(list), 2);
    assert_string_equal(json_string_value(json_array_get(list, 0)), "A sentence.");
}

static const char *text_of(const json_t *json, const char *name)
{
    return json_string_value(json_object_get(json, name));
}

/* Non-ASCII characters are escaped: Ansible splits output at Unicode line separators too. */
static void test_pure_ascii(void **state)
{
    const struct ens_result results[] = {
        {RESULT(1, STOPPED, REFUSE, INSUFFICIENT_BALANCE), .advice = ENS_STR_INIT("\xe5\xae\x9e"),
         .provider_code = ENS_STR_INIT("x\xe2\x80\xa8y"), .request_id = ENS_STR_INIT("x\xc2\x85y")},
    };
    const struct ens_args args = {.diff = true};
    ENS_AUTO_BUF out = ens_buf_new(ENS_ARGS_MAX);
    const struct ens_job_end end = {0};

    (void)state;
    assert_false(ens_module_results(&out, &args, results, 1, &end));
    for (size_t i = 0; i < out.len; i++) {
        assert_in_range((unsigned char)out.ptr[i], '\n', '~');
    }
    json_t *json = json_loads(ens_buf_text(&out), 0, NULL);
    assert_non_null(strstr(json_string_value(json_object_get(json, "msg")),
                           "\xe5\xae\x9e (insufficient_balance, code x\xef\xbf\xbdy, request "
                           "x\xef\xbf\xbdy)"));
    json_decref(json);
}

static void test_changed_is_exact(void **state)
{
    (void)state;
    static const struct {
        const struct ens_result *result;
        bool check_mode;
        bool changed;
        bool well;
        const char *msg;
    } rows[] = {
        {&planned[0], true, false, true, "1 already running"},
        {&planned[1], true, true, true, "1 would be started"},
        {&planned[2], true, false, true, "1 coming up by itself"},
        {&planned[4], true, false, false,
         "1 refused; i-5: Found 5. Top up. (insufficient_balance, code Broke, request R-5)"},
        {&applied[0], false, false, true, "1 already running"},
        {&applied[1], false, true, true, "1 started"},
        {&applied[2], false, false, true, "1 came up by itself"},
        {&applied[3], false, true, false, "1 unfinished, 1 started; i-4: Found 4. (timed_out)"},
    };

    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        const struct ens_args args = {.check_mode = rows[i].check_mode};
        json_auto_t *json = report(&args, rows[i].result, 1, rows[i].well);

        assert_int_equal(json_is_true(json_object_get(json, "changed")), rows[i].changed);
        assert_string_equal(text_of(json, "msg"), rows[i].msg);
        assert_null(json_object_get(json, "diff"));
        const json_t *instance = json_array_get(json_object_get(json, "instances"), 0);
        assert_int_equal(json_object_get(instance, "started") == NULL, rows[i].check_mode);
    }
}

static void test_no_instances(void **state)
{
    (void)state;
    const struct ens_args args = {0};
    json_auto_t *json = report(&args, NULL, 0, true);

    assert_string_equal(text_of(json, "msg"), "no instances given");
    assert_true(json_is_false(json_object_get(json, "changed")));
}

static void test_diff_of_a_plan(void **state)
{
    (void)state;
    const struct ens_args args = {.check_mode = true,
                                  .diff = true,
                                  .settings.cloud = ENS_STR("alibaba"),
                                  .region = ENS_STR("cn-hangzhou")};
    json_auto_t *json = report(&args, planned, 3, true);
    const json_t *diff = json_object_get(json, "diff");

    assert_string_equal(text_of(diff, "before_header"), "alibaba/cn-hangzhou");
    assert_string_equal(text_of(diff, "after_header"), "alibaba/cn-hangzhou");
    assert_string_equal(text_of(diff, "before"), "i-1: running\ni-2: stopped\ni-3: starting\n");
    assert_string_equal(text_of(diff, "after"), "i-1: running\ni-2: running\ni-3: starting\n");
}

static void test_diff_of_a_run(void **state)
{
    (void)state;
    const struct ens_args args = {.diff = true};
    json_auto_t *json = report(&args, applied, 4, false);
    const json_t *diff = json_object_get(json, "diff");

    assert_string_equal(text_of(diff, "before"),
                        "i-1: running\ni-2: stopped\ni-3: running\ni-4: stopped\n");
    assert_string_equal(text_of(diff, "after"),
                        "i-1: running\ni-2: running\ni-3: running\ni-4: starting\n");
}

static void test_unverified_starts_warn(void **state)
{
    (void)state;
    const struct ens_args args = {.check_mode = true};
    json_auto_t *json = report(&args, planned, 4, true);
    const json_t *warnings = json_object_get(json, "warnings");

    assert_int_equal(json_array_size(warnings), 1);
    assert_string_equal(json_string_value(json_array_get(warnings, 0)),
                        "i-4: Found 4. Do it. (permission_denied)");
}

/* One clause per reason, with a limited number of names. */
static void test_failures_are_grouped(void **state)
{
    (void)state;
    const struct ens_args args = {0};
    struct ens_result results[8];

    for (size_t i = 0; i < ENS_COUNT(results); i++) {
        results[i] = (struct ens_result){RESULT(1, ABSENT, REFUSE, NOT_FOUND)};
    }
    results[3].reason = ENS_REASON_LOCKED;
    json_auto_t *json = report(&args, results, ENS_COUNT(results), false);
    assert_string_equal(text_of(json, "msg"),
                        "8 refused; i-1, i-1, i-1, i-1, i-1 and 2 more: Found 1. (not_found); "
                        "i-1: Found 1. (locked)");
}

static void test_failure(void **state)
{
    (void)state;
    ENS_AUTO_BUF out = ens_buf_new(ENS_ARGS_MAX);
    ENS_AUTO_DIAGS diags = {0};
    const struct ens_args args = {.settings.secret_key = ENS_STR("s3cret")};

    ens_diags_add(&diags, ENS_WARNING, "x.so", NULL, "not a provider");
    ens_diags_add(&diags, ENS_ERROR, "endpoint", NULL, "bad");
    ens_module_failure(&out, &args, &diags);
    json_auto_t *json = json_loads(ens_buf_text(&out), 0, NULL);
    assert_string_equal(text_of(json, "msg"), "endpoint: bad");
    assert_true(json_is_true(json_object_get(json, "failed")));
    assert_true(json_is_false(json_object_get(json, "changed")));
    assert_null(strstr(ens_buf_text(&out), "s3cret"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pure_ascii),
        cmocka_unit_test(test_warnings_of_the_engine),
        cmocka_unit_test(test_changed_is_exact),
        cmocka_unit_test(test_no_instances),
        cmocka_unit_test(test_diff_of_a_plan),
        cmocka_unit_test(test_diff_of_a_run),
        cmocka_unit_test(test_unverified_starts_warn),
        cmocka_unit_test(test_failures_are_grouped),
        cmocka_unit_test(test_failure),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
