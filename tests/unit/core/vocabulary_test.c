/* SPDX-License-Identifier: Apache-2.0 */
/* Names are stable: a change would break users, so they are repeated here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/vocabulary.h"

static const char *const statuses[] = {"unknown", "running", "starting", "stopped", "stopping",
                                       "busy",    "failed",  "deleting", "absent"};
static const char *const actions[] = {"none", "start", "wait", "refuse"};
static const char *const confidences[] = {"observed", "validated", "simulated", "unverified"};
static const char *const reasons[] = {"ok",
                                      "already_running",
                                      "not_found",
                                      "invalid_argument",
                                      "wrong_state",
                                      "locked",
                                      "expired",
                                      "insufficient_balance",
                                      "no_capacity",
                                      "spot_price",
                                      "key_disabled",
                                      "permission_denied",
                                      "unauthenticated",
                                      "clock_skew",
                                      "throttled",
                                      "token_mismatch",
                                      "in_progress",
                                      "fell_back",
                                      "timed_out",
                                      "ambiguous",
                                      "dry_run_not_honoured",
                                      "unavailable",
                                      "internal",
                                      "malformed_response",
                                      "cancelled",
                                      "policy"};

static void test_names_both_ways(void **state)
{
    (void)state;
    assert_int_equal(ENS_COUNT(statuses), ENS_STATUS_COUNT);
    for (unsigned i = 0; i < ENS_STATUS_COUNT; i++) {
        enum ens_status found = ENS_STATUS_UNKNOWN;
        assert_string_equal(ens_status_name((enum ens_status)i), statuses[i]);
        assert_true(ens_status_parse(ens_str_of(statuses[i]), &found));
        assert_int_equal(found, i);
    }
    assert_int_equal(ENS_COUNT(actions), ENS_ACTION_COUNT);
    for (unsigned i = 0; i < ENS_ACTION_COUNT; i++) {
        enum ens_action found = ENS_ACTION_NONE;
        assert_string_equal(ens_action_name((enum ens_action)i), actions[i]);
        assert_true(ens_action_parse(ens_str_of(actions[i]), &found));
        assert_int_equal(found, i);
    }
    assert_int_equal(ENS_COUNT(confidences), ENS_CONFIDENCE_COUNT);
    for (unsigned i = 0; i < ENS_CONFIDENCE_COUNT; i++) {
        enum ens_confidence found = ENS_CONFIDENCE_OBSERVED;
        assert_string_equal(ens_confidence_name((enum ens_confidence)i), confidences[i]);
        assert_true(ens_confidence_parse(ens_str_of(confidences[i]), &found));
        assert_int_equal(found, i);
    }
    assert_int_equal(ENS_COUNT(reasons), ENS_REASON_COUNT);
    for (unsigned i = 0; i < ENS_REASON_COUNT; i++) {
        enum ens_reason found = ENS_REASON_OK;
        assert_string_equal(ens_reason_name((enum ens_reason)i), reasons[i]);
        assert_true(ens_reason_parse(ens_str_of(reasons[i]), &found));
        assert_int_equal(found, i);
    }
}

static void test_other_words_are_refused(void **state)
{
    static const char *const words[] = {"", "Running", "run", "runningg", " start", "OK"};
    enum ens_status status = ENS_STATUS_BUSY;
    enum ens_action action = ENS_ACTION_WAIT;
    enum ens_confidence confidence = ENS_CONFIDENCE_SIMULATED;
    enum ens_reason reason = ENS_REASON_LOCKED;

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(words); i++) {
        assert_false(ens_status_parse(ens_str_of(words[i]), &status));
        assert_false(ens_action_parse(ens_str_of(words[i]), &action));
        assert_false(ens_confidence_parse(ens_str_of(words[i]), &confidence));
        assert_false(ens_reason_parse(ens_str_of(words[i]), &reason));
    }
    assert_int_equal(status, ENS_STATUS_BUSY);
    assert_int_equal(action, ENS_ACTION_WAIT);
    assert_int_equal(confidence, ENS_CONFIDENCE_SIMULATED);
    assert_int_equal(reason, ENS_REASON_LOCKED);
}

static void test_advice_is_one_sentence(void **state)
{
    (void)state;
    for (unsigned i = 0; i < ENS_REASON_COUNT; i++) {
        const char *advice = ens_reason_advice((enum ens_reason)i);
        if (i == ENS_REASON_OK || i == ENS_REASON_ALREADY_RUNNING) {
            assert_string_equal(advice, "");
            continue;
        }
        size_t length = strlen(advice);
        assert_in_range(length, 20, 120);
        assert_int_equal(advice[length - 1], '.');
        assert_null(strstr(advice, ". ")); /* no second sentence */
    }
}

static void test_meaning_is_one_sentence(void **state)
{
    (void)state;
    for (unsigned i = 0; i < ENS_REASON_COUNT; i++) {
        const char *meaning = ens_reason_meaning((enum ens_reason)i);
        size_t length = strlen(meaning);
        assert_in_range(length, 20, 120);
        assert_int_equal(meaning[length - 1], '.');
        assert_null(strstr(meaning, ". ")); /* no second sentence */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_both_ways),
        cmocka_unit_test(test_other_words_are_refused),
        cmocka_unit_test(test_advice_is_one_sentence),
        cmocka_unit_test(test_meaning_is_one_sentence),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
