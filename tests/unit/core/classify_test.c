/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/classify.h"
#include "support/fake_provider.h"

struct row {
    enum ens_call_kind kind;
    uint32_t http_status;
    const char *code;
    bool malformed;
    enum ens_reason reason;
    uint32_t flags;
    bool by_code;
};

static void test_replies(void **state)
{
    const struct ens_provider provider = fake_provider();
    static const struct row rows[] = {
        /* Successful replies. */
        {ENS_CALL_READ, 200, "", false, ENS_REASON_OK, 0, false},
        {ENS_CALL_START, 200, "", false, ENS_REASON_OK, 0, false},
        {ENS_CALL_START, 299, "", false, ENS_REASON_OK, 0, false},
        {ENS_CALL_DRY_RUN, 412, "Passed", false, ENS_REASON_OK, 0, true},
        {ENS_CALL_DRY_RUN, 400, "PASSED", false, ENS_REASON_OK, 0, true},
        {ENS_CALL_PROBE, 400, "Passed", false, ENS_REASON_OK, 0, true},
        /* Successful replies that the kind of call must not have. */
        {ENS_CALL_DRY_RUN, 200, "", false, ENS_REASON_DRY_RUN_NOT_HONOURED, 0, false},
        {ENS_CALL_DRY_RUN, 200, "", true, ENS_REASON_DRY_RUN_NOT_HONOURED, 0, false},
        {ENS_CALL_DRY_RUN, 200, "Passed", false, ENS_REASON_DRY_RUN_NOT_HONOURED, 0, true},
        {ENS_CALL_DRY_RUN, 299, "", true, ENS_REASON_DRY_RUN_NOT_HONOURED, 0, false},
        {ENS_CALL_DRY_RUN, 300, "", true, ENS_REASON_MALFORMED_RESPONSE, 0, false},
        {ENS_CALL_DRY_RUN, 200, "Stock", false, ENS_REASON_NO_CAPACITY, 0, true},
        {ENS_CALL_PROBE, 200, "", true, ENS_REASON_MALFORMED_RESPONSE, 0, false},
        {ENS_CALL_PROBE, 200, "", false, ENS_REASON_MALFORMED_RESPONSE, 0, false},
        {ENS_CALL_START, 412, "Passed", false, ENS_REASON_MALFORMED_RESPONSE, 0, true},
        {ENS_CALL_READ, 400, "Passed", false, ENS_REASON_MALFORMED_RESPONSE, 0, true},
        /* 502, 503, 504: unavailable, independent of the body. */
        {ENS_CALL_READ, 502, "", true, ENS_REASON_UNAVAILABLE, 0, false},
        {ENS_CALL_START, 503, "Stock", false, ENS_REASON_UNAVAILABLE, 0, false},
        {ENS_CALL_DRY_RUN, 504, "Passed", false, ENS_REASON_UNAVAILABLE, 0, false},
        /* Malformed bodies. */
        {ENS_CALL_READ, 200, "", true, ENS_REASON_MALFORMED_RESPONSE, 0, false},
        {ENS_CALL_READ, 404, "", true, ENS_REASON_MALFORMED_RESPONSE, 0, false},
        {ENS_CALL_START, 500, "", true, ENS_REASON_MALFORMED_RESPONSE, 0, false},
        {ENS_CALL_START, 501, "", true, ENS_REASON_MALFORMED_RESPONSE, 0, false},
        {ENS_CALL_START, 505, "", true, ENS_REASON_MALFORMED_RESPONSE, 0, false},
        {ENS_CALL_READ, 429, "", true, ENS_REASON_THROTTLED, 0, false},
        {ENS_CALL_DRY_RUN, 429, "", true, ENS_REASON_THROTTLED, 0, false},
        /* Unknown codes that name a missing permission, independent of the HTTP status. */
        {ENS_CALL_READ, 400, "Api.AccessDeniedByPolicy", false, ENS_REASON_PERMISSION_DENIED, 0,
         true},
        {ENS_CALL_READ, 404, "UserUnauthorizedOperation", false, ENS_REASON_PERMISSION_DENIED, 0,
         true},
        {ENS_CALL_START, 409, "ServiceNotAuthorized", false, ENS_REASON_PERMISSION_DENIED, 0, true},
        {ENS_CALL_START, 500, "EcsNOPERMISSION", false, ENS_REASON_PERMISSION_DENIED, 0, true},
        {ENS_CALL_DRY_RUN, 403, "PermissionDenied.Tag", false, ENS_REASON_PERMISSION_DENIED, 0,
         true},
        {ENS_CALL_READ, 503, "AccessDenied", false, ENS_REASON_UNAVAILABLE, 0, false},
        {ENS_CALL_READ, 400, "State.NoPermission", false, ENS_REASON_WRONG_STATE, 0, true},
        /* Codes by the first row that matches, case-insensitive, independent of the HTTP status. */
        {ENS_CALL_START, 500, "Stock", false, ENS_REASON_NO_CAPACITY, 0, true},
        {ENS_CALL_START, 500, "sTOCK", false, ENS_REASON_NO_CAPACITY, 0, true},
        {ENS_CALL_START, 200, "Stock", false, ENS_REASON_NO_CAPACITY, 0, true},
        {ENS_CALL_START, 400, "State.Final", false, ENS_REASON_WRONG_STATE, ENS_CODE_FINAL, true},
        {ENS_CALL_START, 400, "State.Other", false, ENS_REASON_WRONG_STATE, 0, true},
        {ENS_CALL_START, 400, "UserThrottled", false, ENS_REASON_THROTTLED, 0, true},
        {ENS_CALL_READ, 400, "Nonce", false, ENS_REASON_INVALID_ARGUMENT, ENS_CODE_NEW_NONCE, true},
        {ENS_CALL_READ, 404, "Id.NotFound", false, ENS_REASON_NOT_FOUND, 0, true},
        {ENS_CALL_READ, 429, "Denied", false, ENS_REASON_PERMISSION_DENIED, 0, true},
        /* Unknown codes, by HTTP status. */
        {ENS_CALL_READ, 429, "What", false, ENS_REASON_THROTTLED, 0, false},
        {ENS_CALL_READ, 500, "What", false, ENS_REASON_INTERNAL, 0, false},
        {ENS_CALL_READ, 501, "What", false, ENS_REASON_INTERNAL, 0, false},
        {ENS_CALL_READ, 599, "What", false, ENS_REASON_INTERNAL, 0, false},
        {ENS_CALL_READ, 401, "What", false, ENS_REASON_UNAUTHENTICATED, 0, false},
        {ENS_CALL_READ, 403, "What", false, ENS_REASON_PERMISSION_DENIED, 0, false},
        {ENS_CALL_READ, 404, "What", false, ENS_REASON_INVALID_ARGUMENT, 0, false},
        {ENS_CALL_READ, 409, "What", false, ENS_REASON_LOCKED, 0, false},
        {ENS_CALL_READ, 412, "What", false, ENS_REASON_LOCKED, 0, false},
        {ENS_CALL_READ, 400, "What", false, ENS_REASON_INVALID_ARGUMENT, 0, false},
        {ENS_CALL_READ, 418, "What", false, ENS_REASON_INVALID_ARGUMENT, 0, false},
        {ENS_CALL_START, 200, "What", false, ENS_REASON_INVALID_ARGUMENT, 0, false},
        {ENS_CALL_START, 302, "What", false, ENS_REASON_MALFORMED_RESPONSE, 0, false},
        /* No code, by HTTP status. */
        {ENS_CALL_READ, 429, "", false, ENS_REASON_THROTTLED, 0, false},
        {ENS_CALL_READ, 500, "", false, ENS_REASON_INTERNAL, 0, false},
        {ENS_CALL_READ, 401, "", false, ENS_REASON_UNAUTHENTICATED, 0, false},
        {ENS_CALL_READ, 403, "", false, ENS_REASON_PERMISSION_DENIED, 0, false},
        {ENS_CALL_READ, 404, "", false, ENS_REASON_MALFORMED_RESPONSE, 0, false},
        {ENS_CALL_READ, 409, "", false, ENS_REASON_LOCKED, 0, false},
        {ENS_CALL_READ, 400, "", false, ENS_REASON_INVALID_ARGUMENT, 0, false},
        {ENS_CALL_READ, 301, "", false, ENS_REASON_MALFORMED_RESPONSE, 0, false},
        {ENS_CALL_READ, 100, "", false, ENS_REASON_MALFORMED_RESPONSE, 0, false},
        {ENS_CALL_READ, 600, "", false, ENS_REASON_MALFORMED_RESPONSE, 0, false},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        const struct row *row = &rows[i];
        const struct ens_answer answer = {.malformed = row->malformed,
                                          .code = ens_str_of(row->code)};
        struct ens_verdict verdict = ens_classify(&provider, row->kind, row->http_status, &answer);
        if (verdict.reason != row->reason || verdict.flags != row->flags ||
            verdict.by_code != row->by_code) {
            fail_msg("row %zu (%u %s): %s, flags %u, by code %d", i, row->http_status, row->code,
                     ens_reason_name(verdict.reason), verdict.flags, verdict.by_code);
        }
    }
}

static void test_items(void **state)
{
    const struct ens_provider provider = fake_provider();

    (void)state;
    assert_int_equal(ens_classify_item(&provider, 200, ENS_STR("")).reason, ENS_REASON_OK);
    assert_int_equal(ens_classify_item(&provider, 200, ENS_STR("Stock")).reason,
                     ENS_REASON_NO_CAPACITY);
    assert_int_equal(ens_classify_item(&provider, 200, ENS_STR("What")).reason,
                     ENS_REASON_INVALID_ARGUMENT);
    assert_int_equal(ens_classify_item(&provider, 200, ENS_STR("Passed")).reason,
                     ENS_REASON_MALFORMED_RESPONSE);
}

static void test_words(void **state)
{
    const struct ens_provider provider = fake_provider();

    (void)state;
    assert_int_equal(ens_classify_status(&provider, ENS_STR("UP"))->status, ENS_STATUS_RUNNING);
    assert_int_equal(ens_classify_status(&provider, ENS_STR("UNPAID"))->reason, ENS_REASON_EXPIRED);
    assert_null(ens_classify_status(&provider, ENS_STR("up"))); /* exactly */
    assert_null(ens_classify_status(&provider, ENS_STR("")));
    assert_null(ens_classify_status(&provider, ENS_STR("UPP")));
}

static void test_locks(void **state)
{
    const struct ens_provider provider = fake_provider();
    struct ens_provider lockless = fake_provider();

    (void)state;
    lockless.locks = NULL;
    assert_int_equal(ens_classify_lock(&provider, ENS_STR("owing")),
                     ENS_REASON_INSUFFICIENT_BALANCE);
    assert_int_equal(ens_classify_lock(&provider, ENS_STR("security")), ENS_REASON_LOCKED);
    assert_int_equal(ens_classify_lock(&provider, ENS_STR("new")), ENS_REASON_LOCKED);
    assert_int_equal(ens_classify_lock(&lockless, ENS_STR("new")), ENS_REASON_LOCKED);
}

/* A provider of a newer minor version may use enumerators that this engine does not know. */
static void test_numbers_of_a_newer_version(void **state)
{
    static const struct ens_status_row statuses[] = {
        {"FUTURE", 99, ENS_REASON_OK}, {"FUTURE_REASON", ENS_STATUS_STOPPED, 99}, {NULL, 0, 0}};
    static const struct ens_lock_row locks[] = {{"future", 99}, {NULL, 0}};
    static const struct ens_code_row codes[] = {{"Future", 99, 0}, {NULL, 0, 0}};
    const struct ens_answer answer = {.code = ENS_STR("Future")};
    struct ens_provider provider = fake_provider();

    (void)state;
    provider.statuses = statuses;
    provider.locks = locks;
    provider.codes = codes;
    struct ens_verdict verdict = ens_classify(&provider, ENS_CALL_READ, 400, &answer);
    assert_int_equal(verdict.reason, ENS_REASON_INTERNAL);
    assert_int_equal(verdict.flags, 0);
    assert_true(verdict.by_code);
    assert_null(ens_classify_status(&provider, ENS_STR("FUTURE")));
    assert_null(ens_classify_status(&provider, ENS_STR("FUTURE_REASON")));
    assert_int_equal(ens_classify_lock(&provider, ENS_STR("future")), ENS_REASON_LOCKED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_replies),
        cmocka_unit_test(test_items),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_locks),
        cmocka_unit_test(test_numbers_of_a_newer_version),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
