/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/diagnosis.h"
#include "support/fake_provider.h"

static void test_places(void **state)
{
    static const struct {
        const char *text;
        const char *cloud; /* NULL: it is none */
        const char *region;
    } rows[] = {
        {"fake", "fake", ""},
        {"fake/moon-1", "fake", "moon-1"},
        {"fake/abcdefghijklmnopqrstuvwxyz012345", "fake", "abcdefghijklmnopqrstuvwxyz012345"},
        {"fake/abcdefghijklmnopqrstuvwxyz0123456", NULL, NULL},
        {"fake/", NULL, NULL},
        {"", NULL, NULL},
        {"/moon-1", NULL, NULL},
        {"Fake", NULL, NULL},
        {"fake/Moon", NULL, NULL},
        {"fake/moon-1/i-1", NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_DIAGS diags = {0};
        struct ens_place place = {0};
        const ens_rc rc = ens_place_parse(ens_str_of(rows[i].text), "here", &place, &diags);
        assert_int_equal(rc == ENS_OK, rows[i].cloud != NULL);
        assert_int_equal(diags.count, rc == ENS_OK ? 0 : 1);
        if (rc == ENS_OK) {
            assert_true(ens_str_is(place.cloud, rows[i].cloud));
            assert_true(ens_str_is(place.region, rows[i].region));
        } else {
            assert_string_equal(diags.items[0].where, "here");
        }
    }
}

static void test_clocks(void **state)
{
    static const struct {
        int64_t server_s;
        int64_t sent_ms;
        int64_t received_ms;
        int64_t skew_ms;
    } rows[] = {
        {1000, 1000000, 1000010, 0},
        {1000, 1000999, 1001500, 0}, /* it was read in the same second */
        {1000, 1001000, 1001000, -1},
        {1001, 1000000, 1000500, 500},
        {1001, 1000000, 1001000, 0},
        {4600, 1000000, 1000100, 3599900},
        {1000, 4600000, 4600100, -3599001},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        assert_int_equal(ens_clock_skew_ms(rows[i].server_s, rows[i].sent_ms, rows[i].received_ms),
                         rows[i].skew_ms);
    }
}

/* ---- conclusions ---- */

static const struct ens_outcome good = {.reason = ENS_REASON_OK, .http_status = 200};

static void test_conclusions(void **state)
{
    static const struct ens_outcome denied = {.reason = ENS_REASON_PERMISSION_DENIED,
                                              .by_code = true,
                                              .http_status = 403,
                                              .code = ENS_STR_INIT("Denied")};
    static const struct ens_outcome unknown = {
        .reason = ENS_REASON_PERMISSION_DENIED, .http_status = 403, .code = ENS_STR_INIT("Odd")};
    static const struct ens_outcome missing = {.reason = ENS_REASON_UNAUTHENTICATED,
                                               .hint = ENS_HINT_KEYS_MISSING,
                                               .detail = ENS_STR_INIT("no credentials")};
    static const struct {
        bool has_keys;
        bool cancelled;
        const struct ens_outcome *right;
        const struct ens_outcome *caller;
        int64_t skew_ms;
        enum ens_may_read may_read;
        enum ens_reason reason;
        const char *message;
    } rows[] = {
        {true, false, &good, &good, 0, ENS_MAY_READ_YES, ENS_REASON_OK,
         "The keys may read instances in moon-1."},
        {true, false, &good, &denied, 0, ENS_MAY_READ_YES, ENS_REASON_OK,
         "The keys may read instances in moon-1. Whom they belong to could not be found out: "
         "Denied."},
        {true, false, &good, &good, 59999, ENS_MAY_READ_YES, ENS_REASON_OK,
         "The keys may read instances in moon-1."},
        {true, false, &good, &good, 60000, ENS_MAY_READ_YES, ENS_REASON_OK,
         "The keys may read instances in moon-1. This machine's clock is 60 s behind the cloud's."},
        {true, false, &good, &good, -3600000, ENS_MAY_READ_YES, ENS_REASON_OK,
         "The keys may read instances in moon-1. This machine's clock is 3600 s ahead of the "
         "cloud's."},
        {true, false, &denied, &good, 0, ENS_MAY_READ_NO, ENS_REASON_PERMISSION_DENIED,
         "The keys may not read instances in moon-1: Denied."},
        {true, false, &unknown, &good, 0, ENS_MAY_READ_UNKNOWN, ENS_REASON_PERMISSION_DENIED,
         "Whether the keys may read instances in moon-1 could not be found out: Odd."},
        {false, false, &missing, &missing, 0, ENS_MAY_READ_UNKNOWN, ENS_REASON_UNAUTHENTICATED,
         "FakeCloud can't be asked: no credentials."},
        {true, true, NULL, &good, 0, ENS_MAY_READ_UNKNOWN, ENS_REASON_CANCELLED,
         "Cancelled before it was known whether the keys may read instances."},
        {true, false, NULL, &good, 0, ENS_MAY_READ_UNKNOWN, ENS_REASON_TIMED_OUT,
         "Time ran out before it was known whether the keys may read instances."},
    };
    const struct ens_provider provider = fake_provider();

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        struct ens_diagnosis found = {0};
        const struct ens_findings findings = {
            .provider = &provider,
            .region = ENS_STR("moon-1"),
            .has_keys = rows[i].has_keys,
            .cancelled = rows[i].cancelled,
            .right = rows[i].right,
            .caller = rows[i].caller,
            .clock_skew_ms = rows[i].skew_ms,
        };
        ens_diagnosis_conclude(arena, &findings, &found);
        assert_string_equal(found.message.ptr, rows[i].message);
        assert_int_equal(found.may_read, rows[i].may_read);
        assert_int_equal(found.reason, rows[i].reason);
        assert_int_equal(found.clock_skew_ms, rows[i].skew_ms);
        const bool nothing =
            found.reason == ENS_REASON_OK && rows[i].skew_ms < 60000 && rows[i].skew_ms > -60000;
        assert_int_equal(found.advice.len == 0, nothing);
    }
}

/* Providers without the requests. */
static void test_less_capable_providers(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_provider provider = fake_provider();
    struct ens_diagnosis found = {0};
    const struct ens_findings findings = {.provider = &provider,
                                          .region = ENS_STR("moon-1"),
                                          .has_keys = true,
                                          .right = &good,
                                          .caller = &good};

    (void)state;
    provider.caller_request = NULL;
    ens_diagnosis_conclude(arena, &findings, &found);
    assert_string_equal(found.message.ptr,
                        "The keys may read instances in moon-1. FakeCloud documents no request "
                        "that tells whom they belong to.");
    provider = fake_provider();
    provider.right_request = NULL;
    ens_diagnosis_conclude(arena, &findings, &found);
    assert_int_equal(found.may_read, ENS_MAY_READ_UNKNOWN);
    assert_string_equal(found.message.ptr,
                        "Whether the keys may read instances was not asked: the provider of "
                        "FakeCloud has no request for it.");
}

static void test_health(void **state)
{
    static const struct ens_diagnosis yes = {.source = ENS_STR_INIT("settings"),
                                             .key_id_tail = ENS_STR_INIT("1234"),
                                             .may_read = ENS_MAY_READ_YES};
    static const struct ens_diagnosis no = {.source = ENS_STR_INIT("settings"),
                                            .key_id_tail = ENS_STR_INIT("1234"),
                                            .may_read = ENS_MAY_READ_NO,
                                            .reason = ENS_REASON_PERMISSION_DENIED};
    static const struct ens_diagnosis none = {.reason = ENS_REASON_UNAUTHENTICATED};
    static const struct ens_diagnosis failed = {.source = ENS_STR_INIT("OIDC"),
                                                .reason = ENS_REASON_UNAUTHENTICATED};
    static const struct ens_diagnosis wrong = {.reason = ENS_REASON_INVALID_ARGUMENT};
    const struct {
        const struct ens_diagnosis *clouds[2];
        enum ens_health named;
        enum ens_health unnamed;
    } rows[] = {
        {{&yes, &yes}, ENS_HEALTH_GOOD, ENS_HEALTH_GOOD},
        {{&yes, &none}, ENS_HEALTH_SICK, ENS_HEALTH_GOOD},
        {{&yes, &no}, ENS_HEALTH_SICK, ENS_HEALTH_SICK},
        {{&yes, &failed}, ENS_HEALTH_SICK, ENS_HEALTH_SICK},
        {{&yes, &wrong}, ENS_HEALTH_SICK, ENS_HEALTH_SICK},
        {{&none, &none}, ENS_HEALTH_NO_KEYS, ENS_HEALTH_NO_KEYS},
        {{&failed, &none}, ENS_HEALTH_NO_KEYS, ENS_HEALTH_NO_KEYS},
        {{&no, &none}, ENS_HEALTH_SICK, ENS_HEALTH_SICK},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        const struct ens_diagnosis items[] = {*rows[i].clouds[0], *rows[i].clouds[1]};
        const struct ens_diagnoses diagnoses = {.items = items, .count = 2};
        assert_int_equal(ens_diagnoses_health(&diagnoses, true), rows[i].named);
        assert_int_equal(ens_diagnoses_health(&diagnoses, false), rows[i].unnamed);
    }
    assert_int_equal(ens_diagnoses_health(&(struct ens_diagnoses){0}, false), ENS_HEALTH_NO_KEYS);
}

static void test_words(void **state)
{
    (void)state;
    for (int value = 0; value <= ENS_MAY_READ_NO; value++) {
        enum ens_may_read parsed = ENS_MAY_READ_UNKNOWN;
        assert_true(
            ens_may_read_parse(ens_str_of(ens_may_read_name((enum ens_may_read)value)), &parsed));
        assert_int_equal(parsed, value);
    }
    assert_false(ens_may_read_parse(ENS_STR("Yes"), &(enum ens_may_read){0}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places),      cmocka_unit_test(test_clocks),
        cmocka_unit_test(test_conclusions), cmocka_unit_test(test_less_capable_providers),
        cmocka_unit_test(test_health),      cmocka_unit_test(test_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
