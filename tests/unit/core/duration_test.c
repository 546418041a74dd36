/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/duration.h"

static void test_parse(void **state)
{
    static const struct {
        const char *text;
        int64_t ms;
    } rows[] = {
        {"10m", 600000},
        {"90s", 90000},
        {"1h30m", 5400000},
        {"500ms", 500},
        {"1.5s", 1500},
        {"1m0.25s", 60250},
        {"0s1ms", 1},
        {"0.0019s", 1},
        {"24h", 86400000},
        {"1440m", 86400000},
        {"023s", 23000},
        {"1h1h", 7200000},
        {"0.4ms0.6ms", 1},
        {"24h0s", 86400000},
        {"0.000000000000000000h1ms", 1},
        {"00000000000000000000001s", 1000},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        int64_t ms = 0;
        assert_int_equal(ens_duration_parse(ens_str_of(rows[i].text), "x", &ms, NULL), ENS_OK);
        assert_int_equal(ms, rows[i].ms);
    }
}

static void test_refused(void **state)
{
    static const char *const rows[] = {
        "",
        "0",
        "10",
        "m",
        "10 m",
        "-1s",
        "+1s",
        "1d",
        "1.s",
        ".5s",
        "1..5s",
        "0s",
        "0ms",
        "0.4ms",
        "1sm",
        "10mm",
        "9999999999s",
        "24h1ms",
        "24h0.4ms",
        "1us",
        "1\xC2\xB5s",
        "1ns",
        "999999999999999999h",
        "99999999999999999999999ms",
        " 10m",
        "10m ",
        "1e3s",
        "ms",
        "10M",
        "1h30",
        "24h24h24h",
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_DIAGS diags = {0};
        int64_t ms = 77;
        if (ens_duration_parse(ens_str_of(rows[i]), "timeout", &ms, &diags) != ENS_INVALID) {
            fail_msg("\"%s\" was taken", rows[i]);
        }
        assert_int_equal(diags.count, 1);
        assert_string_equal(diags.items[0].where, "timeout");
        assert_int_equal(ms, 77);
    }
}

static void test_refusal_says_what_is_expected(void **state)
{
    ENS_AUTO_DIAGS diags = {0};
    int64_t ms = 0;

    (void)state;
    assert_int_equal(ens_duration_parse(ENS_STR("25h"), "--timeout", &ms, &diags), ENS_INVALID);
    assert_string_equal(diags.items[0].summary,
                        "\"25h\" is not a duration: expected 1 ms to 24 h, such as \"90s\", "
                        "\"10m\" or \"1h30m\"");
}

static void test_text(void **state)
{
    static const struct {
        int64_t ms;
        const char *text;
    } rows[] = {
        {0, "0 ms"},         {999, "999 ms"},       {1000, "1.0 s"},     {2149, "2.1 s"},
        {59999, "59.9 s"},   {60000, "1m 00s"},     {605000, "10m 05s"}, {3599999, "59m 59s"},
        {3600000, "1h 00m"}, {86400000, "24h 00m"},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        assert_true(ens_str_is(ens_duration_text(arena, rows[i].ms), rows[i].text));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_refusal_says_what_is_expected),
        cmocka_unit_test(test_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
