/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/retry.h"

#define LONG_TIME ((int64_t)3600 * 1000)

static struct ens_retry failed(enum ens_call_kind kind, enum ens_reason reason, unsigned attempt)
{
    return (struct ens_retry){.kind = kind,
                              .reason = reason,
                              .attempt = attempt,
                              .remaining_ms = LONG_TIME,
                              .random = UINT32_MAX};
}

/* The number of attempts of a call that always fails in the same way; at most: most. */
static unsigned attempts(enum ens_call_kind kind, enum ens_reason reason, uint32_t flags,
                         unsigned most)
{
    unsigned attempt = 1;

    for (; attempt < most; attempt++) {
        struct ens_retry retry = failed(kind, reason, attempt);
        retry.flags = flags;
        if (ens_retry_wait_ms(&retry) == ENS_RETRY_NO) {
            break;
        }
    }
    return attempt;
}

static void test_attempts(void **state)
{
    static const struct {
        enum ens_call_kind kind;
        enum ens_reason reason;
        uint32_t flags;
        unsigned attempts;
    } rows[] = {
        {ENS_CALL_READ, ENS_REASON_THROTTLED, 0, 12},
        {ENS_CALL_START, ENS_REASON_THROTTLED, 0, 12},
        {ENS_CALL_READ, ENS_REASON_UNAVAILABLE, 0, 7},
        {ENS_CALL_START, ENS_REASON_UNAVAILABLE, 0, 8},
        {ENS_CALL_READ, ENS_REASON_INTERNAL, 0, 4},
        {ENS_CALL_READ, ENS_REASON_MALFORMED_RESPONSE, 0, 3},
        {ENS_CALL_READ, ENS_REASON_CLOCK_SKEW, 0, 2},
        {ENS_CALL_DRY_RUN, ENS_REASON_IN_PROGRESS, 0, 4},
        {ENS_CALL_START, ENS_REASON_IN_PROGRESS, 0, 5000},
        /* A flag decides over the reason. */
        {ENS_CALL_READ, ENS_REASON_INVALID_ARGUMENT, ENS_CODE_NEW_NONCE, 7},
        {ENS_CALL_READ, ENS_REASON_UNAVAILABLE, ENS_CODE_FINAL, 1},
        {ENS_CALL_READ, ENS_REASON_THROTTLED, ENS_CODE_FINAL | ENS_CODE_NEW_NONCE, 1},
        /* Refusals. */
        {ENS_CALL_START, ENS_REASON_NO_CAPACITY, 0, 1},
        {ENS_CALL_START, ENS_REASON_NOT_FOUND, 0, 1},
        {ENS_CALL_START, ENS_REASON_INVALID_ARGUMENT, 0, 1},
        {ENS_CALL_START, ENS_REASON_WRONG_STATE, 0, 1},
        {ENS_CALL_START, ENS_REASON_LOCKED, 0, 1},
        {ENS_CALL_START, ENS_REASON_EXPIRED, 0, 1},
        {ENS_CALL_START, ENS_REASON_INSUFFICIENT_BALANCE, 0, 1},
        {ENS_CALL_START, ENS_REASON_SPOT_PRICE, 0, 1},
        {ENS_CALL_START, ENS_REASON_KEY_DISABLED, 0, 1},
        {ENS_CALL_START, ENS_REASON_PERMISSION_DENIED, 0, 1},
        {ENS_CALL_START, ENS_REASON_UNAUTHENTICATED, 0, 1},
        {ENS_CALL_START, ENS_REASON_TOKEN_MISMATCH, 0, 1},
        {ENS_CALL_DRY_RUN, ENS_REASON_DRY_RUN_NOT_HONOURED, 0, 1},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        unsigned count = attempts(rows[i].kind, rows[i].reason, rows[i].flags, 5000);
        if (count != rows[i].attempts) {
            fail_msg("row %zu (%s %s): %u attempts", i, ens_call_kind_name(rows[i].kind),
                     ens_reason_name(rows[i].reason), count);
        }
    }
}

static int64_t wait_ms(enum ens_call_kind kind, enum ens_reason reason, unsigned attempt,
                       uint32_t random)
{
    struct ens_retry retry = failed(kind, reason, attempt);

    retry.random = random;
    return ens_retry_wait_ms(&retry);
}

/* Full jitter: from 0 to a maximum that doubles up to a limit. */
static void test_waits(void **state)
{
    static const int64_t spans[] = {500, 1000, 2000, 4000, 8000, 15000, 15000, 15000};

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(spans); i++) {
        const unsigned attempt = (unsigned)i + 1;
        const uint32_t span = (uint32_t)spans[i];
        assert_int_equal(wait_ms(ENS_CALL_READ, ENS_REASON_THROTTLED, attempt, 0), 0);
        assert_int_equal(wait_ms(ENS_CALL_READ, ENS_REASON_THROTTLED, attempt, span), span);
        assert_int_equal(wait_ms(ENS_CALL_READ, ENS_REASON_THROTTLED, attempt, span + 1), 0);
    }
    assert_int_equal(wait_ms(ENS_CALL_READ, ENS_REASON_CLOCK_SKEW, 1, 12345), 0);
    assert_int_equal(wait_ms(ENS_CALL_START, ENS_REASON_IN_PROGRESS, 1, 0), 1000); /* slowly */
    assert_int_equal(wait_ms(ENS_CALL_START, ENS_REASON_IN_PROGRESS, 1000, 9000), 10000);
}

static void test_retry_after(void **state)
{
    struct ens_retry retry = failed(ENS_CALL_READ, ENS_REASON_THROTTLED, 1);

    (void)state;
    retry.retry_after_ms = 7000;
    retry.random = 0;
    assert_int_equal(ens_retry_wait_ms(&retry), 7000);
    retry.random = 500;
    assert_int_equal(ens_retry_wait_ms(&retry), 7500);
    retry.random = 501; /* jitter is added, so that clients do not retry at the same moment */
    assert_int_equal(ens_retry_wait_ms(&retry), 7000);
    retry.retry_after_ms = INT64_MAX;
    assert_int_equal(ens_retry_wait_ms(&retry), ENS_RETRY_NO);
    retry.remaining_ms = INT64_MAX;
    assert_int_equal(ens_retry_wait_ms(&retry), ENS_RETRY_AFTER_MAX_MS);
    retry.retry_after_ms = -5;
    assert_in_range(ens_retry_wait_ms(&retry), 0, 500);
}

static void test_never_past_the_deadline(void **state)
{
    struct ens_retry retry = failed(ENS_CALL_READ, ENS_REASON_THROTTLED, 1);

    (void)state;
    retry.random = 400;
    retry.remaining_ms = 401;
    assert_int_equal(ens_retry_wait_ms(&retry), 400);
    retry.remaining_ms = 400;
    assert_int_equal(ens_retry_wait_ms(&retry), ENS_RETRY_NO);
    retry.random = 0;
    retry.remaining_ms = 0;
    assert_int_equal(ens_retry_wait_ms(&retry), ENS_RETRY_NO);
    retry.remaining_ms = -1;
    assert_int_equal(ens_retry_wait_ms(&retry), ENS_RETRY_NO);
}

static void test_attempt_limit(void **state)
{
    static const struct {
        enum ens_call_kind kind;
        int64_t remaining_ms;
        int64_t limit_ms;
    } rows[] = {
        {ENS_CALL_READ, LONG_TIME, 30000}, {ENS_CALL_READ, 90000, 30000},
        {ENS_CALL_READ, 89999, 29999},     {ENS_CALL_DRY_RUN, 30000, 10000},
        {ENS_CALL_PROBE, 6003, 2001},      {ENS_CALL_READ, 6000, 2000},
        {ENS_CALL_READ, 5000, 2000},       {ENS_CALL_READ, 1, 2000},
        {ENS_CALL_START, 5000, 30000},     {ENS_CALL_START, LONG_TIME, 30000},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        assert_int_equal(ens_retry_attempt_ms(rows[i].kind, rows[i].remaining_ms),
                         rows[i].limit_ms);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_attempt_limit),
        cmocka_unit_test(test_attempts),
        cmocka_unit_test(test_waits),
        cmocka_unit_test(test_retry_after),
        cmocka_unit_test(test_never_past_the_deadline),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
