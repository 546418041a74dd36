/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/buf.h"
#include "blocks.h"
#include "terraform/planned_private.h"

#define NOW     INT64_C(1800000000)
#define TOKEN_A "01010101-0101-4101-8101-010101010101"
#define TOKEN_B "02020202-0202-4202-8202-020202020202"
#define START(id, reason, confidence, token)                                                       \
    "\"" id "\":{\"reason\":\"" reason "\",\"confidence\":\"" confidence "\",\"token\":\"" token   \
    "\"}"
#define PLANNED(at, starts) "{\"v\":1,\"at\":" at ",\"i\":{" starts "}}"

static struct ens_tf_instance planned(const char *id, enum ens_status status,
                                      enum ens_action action, enum ens_confidence confidence,
                                      enum ens_reason reason, const char *token)
{
    struct ens_tf_instance instance = {.result = test_result(id, status, "", action, reason)};

    instance.result.confidence = confidence;
    instance.result.client_token = ens_str_of(token);
    return instance;
}

static void check_written(const struct ens_tf_instance *instances, size_t count,
                          const struct ens_tf_planned *previous, const char *expected)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const struct ens_tf_report report = {instances, count};
    ens_str bytes = ens_tf_planned_write(arena, &report, NOW, previous);

    assert_string_equal(bytes.ptr == NULL ? "" : bytes.ptr, expected);
}

/* What is kept: starts, and refusals by the dry run. */
static void test_written(void **state)
{
    const struct ens_tf_instance instances[] = {
        planned("i-a", ENS_STATUS_STOPPED, ENS_ACTION_START, ENS_CONFIDENCE_VALIDATED,
                ENS_REASON_OK, TOKEN_A),
        planned("i-b", ENS_STATUS_STOPPED, ENS_ACTION_REFUSE, ENS_CONFIDENCE_VALIDATED,
                ENS_REASON_NO_CAPACITY, ""),
        planned("i-c", ENS_STATUS_STOPPING, ENS_ACTION_START, ENS_CONFIDENCE_UNVERIFIED,
                ENS_REASON_IN_PROGRESS, TOKEN_B),
        planned("i-d", ENS_STATUS_RUNNING, ENS_ACTION_NONE, ENS_CONFIDENCE_OBSERVED,
                ENS_REASON_ALREADY_RUNNING, ""),
        planned("i-e", ENS_STATUS_STARTING, ENS_ACTION_WAIT, ENS_CONFIDENCE_OBSERVED,
                ENS_REASON_IN_PROGRESS, ""),
        planned("i-f", ENS_STATUS_STOPPED, ENS_ACTION_REFUSE, ENS_CONFIDENCE_OBSERVED,
                ENS_REASON_LOCKED, ""),
        planned("i-g", ENS_STATUS_ABSENT, ENS_ACTION_REFUSE, ENS_CONFIDENCE_VALIDATED,
                ENS_REASON_NOT_FOUND, ""),
    };
    const struct ens_tf_planned young = {.at_unix_s = NOW - 10, .dry_runs_hold = true};
    const struct ens_tf_planned old = {.at_unix_s = NOW - 1000};

    (void)state;
    check_written(
        instances, ENS_COUNT(instances), NULL,
        PLANNED("1800000000", START("i-a", "ok", "validated", TOKEN_A) "," START(
                                  "i-b", "no_capacity", "validated",
                                  "") "," START("i-c", "in_progress", "unverified", TOKEN_B)));
    check_written(instances, 1, &young,
                  PLANNED("1799999990", START("i-a", "ok", "validated", TOKEN_A)));
    check_written(instances, 1, &old,
                  PLANNED("1800000000", START("i-a", "ok", "validated", TOKEN_A)));
    check_written(&instances[3], ENS_COUNT(instances) - 3, NULL, "");
}

static struct ens_target_request request_of(const struct ens_tf_planned *planned, const char *id)
{
    struct ens_target_request request = {.target = {.id = ens_str_of(id)}};

    ens_tf_planned_request(planned, &request);
    return request;
}

static void test_requests(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_tf_planned planned = {0};
    const ens_str bytes = ENS_STR(
        PLANNED("1800000000", START("i-c", "in_progress", "unverified", TOKEN_B) "," START(
                                  "i-b", "no_capacity", "validated",
                                  "") "," START("i-a", "ok", "validated",
                                                TOKEN_A) "," START("i-d", "ok", "simulated", "")));

    (void)state;
    assert_int_equal(ens_tf_planned_read(arena, bytes, NOW, &planned, NULL), ENS_OK);
    struct ens_target_request request = request_of(&planned, "i-a");
    assert_true(ens_str_is(request.client_token, TOKEN_A));
    assert_true(request.dry_run_known);
    assert_int_equal(request.dry_run_reason, ENS_REASON_OK);
    request = request_of(&planned, "i-b");
    assert_int_equal(request.client_token.len, 0);
    assert_true(request.dry_run_known);
    assert_int_equal(request.dry_run_reason, ENS_REASON_NO_CAPACITY);
    request = request_of(&planned, "i-c"); /* no dry run was answered */
    assert_true(ens_str_is(request.client_token, TOKEN_B));
    assert_false(request.dry_run_known);
    assert_false(request_of(&planned, "i-d").dry_run_known);
    request = request_of(&planned, "i-x");
    assert_int_equal(request.client_token.len, 0);
    assert_false(request.dry_run_known);
    assert_false(request_of(&(struct ens_tf_planned){0}, "i-a").dry_run_known);
}

/* Dry runs hold for ten minutes, tokens always. */
static void test_age(void **state)
{
    static const struct {
        int64_t now;
        bool holds;
    } rows[] = {
        {NOW, true},
        {NOW + ENS_TF_DRY_RUN_HOLDS_S - 1, true},
        {NOW + ENS_TF_DRY_RUN_HOLDS_S, false},
        {NOW - 1, false}, /* the clock was set back */
        {0, false},
        {INT64_MAX, false},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        struct ens_tf_planned planned = {0};
        const ens_str bytes =
            ENS_STR(PLANNED("1800000000", START("i-a", "ok", "validated", TOKEN_A)));
        assert_int_equal(ens_tf_planned_read(arena, bytes, rows[i].now, &planned, NULL), ENS_OK);
        struct ens_target_request request = request_of(&planned, "i-a");
        assert_int_equal(request.dry_run_known, rows[i].holds);
        assert_true(ens_str_is(request.client_token, TOKEN_A));
    }
}

static const struct {
    const char *bytes;
    const char *says;
} refusals[] = {
    {"", "not JSON"},
    {"\xff\xfe", "not JSON"},
    {PLANNED("1", "") "x", "not JSON"},
    {"{\"v\":1,\"v\":1,\"at\":1,\"i\":{}}", "not JSON"},
    {"[]", "an object of v, at and i"},
    {"7", "not JSON"},
    {"{}", "an object of v, at and i"},
    {"{\"v\":2,\"at\":1,\"i\":{}}", "version 2"},
    {"{\"v\":2}", "version 2"},
    {"{\"v\":\"1\",\"at\":1,\"i\":{}}", "an object of v, at and i"},
    {"{\"v\":1,\"at\":1.5,\"i\":{}}", "an object of v, at and i"},
    {"{\"v\":1,\"at\":99999999999999999999,\"i\":{}}", "not JSON"},
    {"{\"v\":1,\"at\":1,\"i\":[]}", "an object of v, at and i"},
    {"{\"v\":1,\"at\":1,\"i\":{},\"more\":1}", "an object of v, at and i"},
    {PLANNED("1", "\"web\":{}"), "\"web\" is not an instance id"},
    {PLANNED("1", "\"i-a\":{}"), "i-a is not an object"},
    {PLANNED("1", "\"i-a\":7"), "i-a is not an object"},
    {PLANNED("1", START("i-a", "fine", "validated", "")), "i-a is not an object"},
    {PLANNED("1", START("i-a", "ok", "sure", "")), "i-a is not an object"},
    {PLANNED("1", START("i-a", "ok", "validated", "my-own-token")), "i-a is not an object"},
    {PLANNED("1", "\"i-a\":{\"reason\":\"ok\",\"confidence\":\"validated\",\"token\":1}"),
     "i-a is not an object"},
    {PLANNED("1",
             "\"i-a\":{\"reason\":\"ok\",\"confidence\":\"validated\",\"token\":\"\",\"x\":1}"),
     "i-a is not an object"},
    {PLANNED("1",
             START("i-a", "ok", "validated", TOKEN_A) "," START("i-b", "ok", "validated", TOKEN_A)),
     "have the same token"},
};

static void test_refusals(void **state)
{
    (void)state;
    for (size_t i = 0; i < ENS_COUNT(refusals); i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        ENS_AUTO_DIAGS diags = {0};
        struct ens_tf_planned planned = {0};
        ens_rc rc =
            ens_tf_planned_read(arena, ens_str_of(refusals[i].bytes), NOW, &planned, &diags);
        assert_int_equal(rc, ENS_MALFORMED);
        assert_int_equal(diags.count, 1);
        assert_int_equal(planned.count, 0);
        if (strstr(diags.items[0].summary, refusals[i].says) == NULL) {
            fail_msg("%s: %s", refusals[i].bytes, diags.items[0].summary);
        }
    }
}

/* The longest planned data that are written can be read again, and nothing longer than the limit.
 */
static void test_limits(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_DIAGS diags = {0};
    struct ens_tf_instance *instances =
        ens_arena_array(arena, ENS_TF_INSTANCES_MAX + 1, sizeof(*instances));
    struct ens_tf_planned planned_data = {0};

    (void)state;
    for (size_t i = 0; i <= ENS_TF_INSTANCES_MAX; i++) {
        ens_str id = ens_arena_printf(arena, "i-%062zu", i);
        ens_str token = ens_arena_printf(arena, "%08zx-0101-4101-8101-010101010101", i);
        instances[i] =
            planned(id.ptr, ENS_STATUS_STOPPED, ENS_ACTION_START, ENS_CONFIDENCE_UNVERIFIED,
                    ENS_REASON_INSUFFICIENT_BALANCE, token.ptr);
    }
    const struct ens_tf_report most = {instances, ENS_TF_INSTANCES_MAX};
    ens_str bytes = ens_tf_planned_write(arena, &most, NOW, NULL);
    assert_int_equal(ens_tf_planned_read(arena, bytes, NOW, &planned_data, NULL), ENS_OK);
    assert_int_equal(planned_data.count, ENS_TF_INSTANCES_MAX);

    const struct ens_tf_report too_many = {instances, ENS_TF_INSTANCES_MAX + 1};
    assert_int_equal(ens_tf_planned_read(arena, ens_tf_planned_write(arena, &too_many, NOW, NULL),
                                         NOW, &planned_data, &diags),
                     ENS_LIMIT);
    assert_non_null(strstr(diags.items[0].summary, "1001 instances; at most 1000"));

    char *padded = ens_arena_alloc(arena, ENS_TF_PLANNED_BYTES_MAX + 1);
    memset(padded, ' ', ENS_TF_PLANNED_BYTES_MAX + 1);
    memcpy(padded, bytes.ptr, bytes.len);
    ens_str at_limit = {padded, ENS_TF_PLANNED_BYTES_MAX};
    assert_int_equal(ens_tf_planned_read(arena, at_limit, NOW, &planned_data, NULL), ENS_OK);
    at_limit.len++;
    assert_int_equal(ens_tf_planned_read(arena, at_limit, NOW, &planned_data, NULL), ENS_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_written), cmocka_unit_test(test_requests),
        cmocka_unit_test(test_age),     cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_limits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
