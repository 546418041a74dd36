#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/result.h"

static void test_copy_is_deep(void **state)
{
    char text[] = "c/r/i-1 word message advice code request token";
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

static void test_failed(void **state)
{
    static const struct {
        enum ens_action action;
        enum ens_status status;
        bool in_plan;
        bool in_apply;
    } rows[] = {
        {ENS_ACTION_NONE, ENS_STATUS_RUNNING, false, false},
        {ENS_ACTION_START, ENS_STATUS_STOPPED, false, true},
        {ENS_ACTION_START, ENS_STATUS_STARTING, false, true},
        {ENS_ACTION_START, ENS_STATUS_RUNNING, false, false},
        {ENS_ACTION_WAIT, ENS_STATUS_STARTING, false, true},
        {ENS_ACTION_WAIT, ENS_STATUS_RUNNING, false, false},
        {ENS_ACTION_REFUSE, ENS_STATUS_STOPPED, true, true},
        {ENS_ACTION_REFUSE, ENS_STATUS_UNKNOWN, true, true},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        const struct ens_result result = {.action = rows[i].action, .status = rows[i].status};
        assert_int_equal(ens_result_failed(&result, false), rows[i].in_plan);
        assert_int_equal(ens_result_failed(&result, true), rows[i].in_apply);
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

static void test_summary_counts_each_action(void **state)
{
    struct ens_summary summary = {0};

    (void)state;
    for (unsigned action = 0; action < ENS_ACTION_COUNT; action++) {
        const struct ens_result result = {.action = (enum ens_action)action};
        for (unsigned times = 0; times <= action; times++) {
            ens_summary_add(&summary, &result);
        }
    }
    assert_int_equal(summary.total, 10);
    assert_int_equal(summary.none, 1);
    assert_int_equal(summary.start, 2);
    assert_int_equal(summary.wait, 3);
    assert_int_equal(summary.refuse, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_copy_is_deep),
        cmocka_unit_test(test_client_token),
        cmocka_unit_test(test_failed),
        cmocka_unit_test(test_only_a_planned_start_may_be_started),
        cmocka_unit_test(test_summary_counts_each_action),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
