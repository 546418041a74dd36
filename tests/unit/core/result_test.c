/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/result.h"

static void test_copy_is_deep(void **state)
{
    char text[] = "c/r/i-1 word message advice code request token first";
    const struct ens_result result = {
        .target = {{text, 1}, {text + 2, 1}, {text + 4, 3}},
        .status = ENS_STATUS_STOPPED,
        .provider_status = {text + 8, 4},
        .action = ENS_ACTION_START,
        .confidence = ENS_CONFIDENCE_VALIDATED,
        .reason = ENS_REASON_OK,
        .message = {text + 13, 7},
        .advice = {text + 21, 6},
        .provider_code = {text + 28, 4},
        .http_status = 412,
        .request_id = {text + 33, 7},
        .client_token = {text + 41, 5},
        .started = true,
        .start_request_id = {text + 47, 5},
        .start_sent = true,
        .elapsed_ms = 7,
    };
    ENS_AUTO_ARENA *arena = ens_arena_new();

    (void)state;
    struct ens_result copy = ens_result_copy(arena, &result);
    memset(text, '#', sizeof(text));
    assert_true(ens_str_is(copy.target.cloud, "c"));
    assert_true(ens_str_is(copy.target.region, "r"));
    assert_true(ens_str_is(copy.target.id, "i-1"));
    assert_true(ens_str_is(copy.provider_status, "word"));
    assert_true(ens_str_is(copy.message, "message"));
    assert_true(ens_str_is(copy.advice, "advice"));
    assert_true(ens_str_is(copy.provider_code, "code"));
    assert_true(ens_str_is(copy.request_id, "request"));
    assert_true(ens_str_is(copy.client_token, "token"));
    assert_int_equal(copy.status, ENS_STATUS_STOPPED);
    assert_int_equal(copy.action, ENS_ACTION_START);
    assert_int_equal(copy.confidence, ENS_CONFIDENCE_VALIDATED);
    assert_int_equal(copy.http_status, 412);
    assert_true(copy.started);
    assert_true(copy.start_sent);
    assert_true(ens_str_is(copy.start_request_id, "first"));
    assert_int_equal(copy.elapsed_ms, 7);
}

static void test_client_token(void **state)
{
    static const char longest[] =
        "0123456789012345678901234567890123456789012345678901234567890123";
    static const struct {
        const char *token;
        bool valid;
    } rows[] = {
        {"", true},     {"0b2c-4f", true}, {"!~", true},        {longest, true},
        {"a b", false}, {"a\n", false},    {"\xC3\xA4", false}, {"\x7F", false},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        assert_int_equal(ens_client_token_valid(ens_str_of(rows[i].token)), rows[i].valid);
    }
    assert_int_equal(strlen(longest), ENS_CLIENT_TOKEN_MAX);
    char longer[ENS_CLIENT_TOKEN_MAX + 2] = {0};
    memset(longer, 'a', ENS_CLIENT_TOKEN_MAX + 1);
    assert_false(ens_client_token_valid(ens_str_of(longer)));
}

/* One row per kind of end of an apply. */
static const struct class_row {
    const char *name;
    enum ens_action action;
    enum ens_reason reason;
    enum ens_status status;
    bool start_sent;
    enum ens_class class;
} class_rows[] = {
    {"ran already", ENS_ACTION_NONE, ENS_REASON_ALREADY_RUNNING, ENS_STATUS_RUNNING, false,
     ENS_CLASS_RUNNING},
    {"was started", ENS_ACTION_START, ENS_REASON_OK, ENS_STATUS_RUNNING, true, ENS_CLASS_RUNNING},
    {"came up", ENS_ACTION_WAIT, ENS_REASON_OK, ENS_STATUS_RUNNING, false, ENS_CLASS_RUNNING},
    {"cancelled unread", ENS_ACTION_REFUSE, ENS_REASON_CANCELLED, ENS_STATUS_UNKNOWN, false,
     ENS_CLASS_UNFINISHED},
    {"cancelled after the start", ENS_ACTION_START, ENS_REASON_CANCELLED, ENS_STATUS_STARTING, true,
     ENS_CLASS_UNFINISHED},
    {"out of time after the start", ENS_ACTION_START, ENS_REASON_TIMED_OUT, ENS_STATUS_STOPPED,
     true, ENS_CLASS_UNFINISHED},
    {"out of time, unread after the start", ENS_ACTION_START, ENS_REASON_TIMED_OUT,
     ENS_STATUS_UNKNOWN, true, ENS_CLASS_UNFINISHED},
    {"out of time, starting by itself", ENS_ACTION_WAIT, ENS_REASON_TIMED_OUT, ENS_STATUS_STARTING,
     false, ENS_CLASS_UNFINISHED},
    {"out of time, stopping", ENS_ACTION_WAIT, ENS_REASON_TIMED_OUT, ENS_STATUS_STOPPING, false,
     ENS_CLASS_UNFINISHED},
    {"out of time, busy", ENS_ACTION_WAIT, ENS_REASON_TIMED_OUT, ENS_STATUS_BUSY, false,
     ENS_CLASS_UNFINISHED},
    {"out of time, still stopped", ENS_ACTION_REFUSE, ENS_REASON_TIMED_OUT, ENS_STATUS_STOPPED,
     false, ENS_CLASS_FAILED},
    {"out of time, unread", ENS_ACTION_REFUSE, ENS_REASON_TIMED_OUT, ENS_STATUS_UNKNOWN, false,
     ENS_CLASS_FAILED},
    {"the cloud refused", ENS_ACTION_REFUSE, ENS_REASON_NO_CAPACITY, ENS_STATUS_STOPPED, false,
     ENS_CLASS_REFUSED},
    {"could not be read", ENS_ACTION_REFUSE, ENS_REASON_UNAVAILABLE, ENS_STATUS_UNKNOWN, false,
     ENS_CLASS_REFUSED},
    {"a guard refused", ENS_ACTION_REFUSE, ENS_REASON_POLICY, ENS_STATUS_STOPPED, false,
     ENS_CLASS_REFUSED},
    {"fell back", ENS_ACTION_START, ENS_REASON_FELL_BACK, ENS_STATUS_STOPPED, true,
     ENS_CLASS_FAILED},
    {"broke after the start", ENS_ACTION_START, ENS_REASON_WRONG_STATE, ENS_STATUS_FAILED, true,
     ENS_CLASS_FAILED},
    {"gone after the start", ENS_ACTION_START, ENS_REASON_NOT_FOUND, ENS_STATUS_ABSENT, true,
     ENS_CLASS_FAILED},
    {"read denied after the start", ENS_ACTION_START, ENS_REASON_PERMISSION_DENIED,
     ENS_STATUS_UNKNOWN, true, ENS_CLASS_FAILED},
};

static struct ens_result result_of(const struct class_row *row)
{
    return (struct ens_result){.action = row->action,
                               .reason = row->reason,
                               .status = row->status,
                               .start_sent = row->start_sent};
}

static void test_classes(void **state)
{
    (void)state;
    for (size_t i = 0; i < ENS_COUNT(class_rows); i++) {
        const struct ens_result result = result_of(&class_rows[i]);
        if (ens_result_class(&result) != class_rows[i].class) {
            fail_msg("%s: %d", class_rows[i].name, (int)ens_result_class(&result));
        }
        assert_int_equal(ens_result_failed(&result, true),
                         class_rows[i].class != ENS_CLASS_RUNNING);
        assert_int_equal(ens_result_failed(&result, false), result.action == ENS_ACTION_REFUSE);
    }
}

static void test_only_a_planned_start_may_be_started(void **state)
{
    static const bool allowed[ENS_ACTION_COUNT] = {
        [ENS_ACTION_START] = true,
        [ENS_ACTION_WAIT] = true,
    };

    (void)state;
    for (unsigned action = 0; action < ENS_ACTION_COUNT; action++) {
        const struct ens_result planned = {.action = (enum ens_action)action};
        assert_int_equal(ens_result_allows_start(&planned), allowed[action]);
    }
}

static void test_summary_of_a_plan_counts_actions(void **state)
{
    struct ens_summary summary = {0};

    (void)state;
    for (unsigned action = 0; action < ENS_ACTION_COUNT; action++) {
        const struct ens_result result = {.action = (enum ens_action)action};
        for (unsigned times = 0; times <= action; times++) {
            ens_summary_add(&summary, &result, false);
        }
    }
    const struct ens_summary expected = {
        .total = 10, .none = 1, .start = 2, .wait = 3, .refuse = 4};
    assert_memory_equal(&summary, &expected, sizeof(summary));
}

static void test_summary_of_an_apply_counts_classes(void **state)
{
    struct ens_summary summary = {0};

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(class_rows); i++) {
        struct ens_result result = result_of(&class_rows[i]);
        result.started = result.start_sent && i % 2 == 0;
        ens_summary_add(&summary, &result, true);
    }
    assert_int_equal(summary.total, ENS_COUNT(class_rows));
    assert_int_equal(summary.running, 3);
    assert_int_equal(summary.unfinished, 7);
    assert_int_equal(summary.refused, 3);
    assert_int_equal(summary.failed, 6);
    assert_int_equal(summary.started, 4);
    assert_int_equal(summary.none + summary.start + summary.wait + summary.refuse, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_copy_is_deep),
        cmocka_unit_test(test_client_token),
        cmocka_unit_test(test_classes),
        cmocka_unit_test(test_only_a_planned_start_may_be_started),
        cmocka_unit_test(test_summary_of_a_plan_counts_actions),
        cmocka_unit_test(test_summary_of_an_apply_counts_classes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
