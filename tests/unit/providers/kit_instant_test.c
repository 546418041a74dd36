/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kit/instant.h"
#include "kit/text.h"
#include "support/exact_memory.h"

static void test_format(void **state)
{
    static const struct {
        int64_t unix_s;
        const char *basic;
        const char *extended;
    } rows[] = {
        {0, "19700101T000000Z", "1970-01-01T00:00:00Z"},
        {1788250150, "20260901T080910Z", "2026-09-01T08:09:10Z"},
        {951782400, "20000229T000000Z", "2000-02-29T00:00:00Z"},
        {253402300799, "99991231T235959Z", "9999-12-31T23:59:59Z"},
        {253402300800, "99991231T235959Z", "9999-12-31T23:59:59Z"},
        {INT64_MAX, "99991231T235959Z", "9999-12-31T23:59:59Z"},
        {-1, "19700101T000000Z", "1970-01-01T00:00:00Z"},
        {INT64_MIN, "19700101T000000Z", "1970-01-01T00:00:00Z"},
    };
    struct exact_memory exact;

    (void)state;
    exact_memory_init(&exact);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ens_str basic = kit_instant_basic(&exact.memory, rows[i].unix_s);
        ens_str extended = kit_instant_extended(&exact.memory, rows[i].unix_s);
        assert_true(kit_is(basic, rows[i].basic));
        assert_true(kit_is(extended, rows[i].extended));
    }
    exact_memory_done(&exact);
}

/* Each day until 2400, at another time of day. */
static void test_days(void **state)
{
    struct exact_memory exact;

    (void)state;
    exact_memory_init(&exact);
    for (int64_t day = 0; day < 157054; day++) {
        const int64_t unix_s = day * 86400 + day * 7919 % 86400;
        if (unix_s > 0) { /* 0 is what is not an instant */
            assert_int_equal(kit_instant_parse(kit_instant_extended(&exact.memory, unix_s)),
                             unix_s);
        }
    }
    exact_memory_done(&exact);
}

static void test_parse(void **state)
{
    static const struct {
        const char *text;
        int64_t unix_s;
    } rows[] = {
        {"2026-09-01T08:09:10Z", 1788250150},
        {"2026-09-01T08:09:10z", 1788250150},
        {"2026-09-01T08:09Z", 1788250140},
        {"2099-12-31T15:59Z", 4102415940},
        {"2026-09-01T16:09:10+08:00", 1788250150},
        {"2026-09-01T03:39:10-04:30", 1788250150},
        {"2026-09-01T08:09:10.123456789Z", 1788250150},
        {"2000-02-29T00:00:00Z", 951782400},
        {"2000-03-01T00:00:00Z", 951868800},
        {"1970-01-01T00:00:01Z", 1},
        {"2016-12-31T23:59:60Z", 1483228800},
        {"9999-12-31T23:59:59Z", 253402300799},
        /* other formats */
        {"", 0},
        {"never", 0},
        {"2026", 0},
        {"2026-09-01", 0},
        {"2026-09-01T08:09:10", 0},
        {"2026-09-01 08:09:10Z", 0},
        {"2026-13-01T08:09:10Z", 0},
        {"2026-00-01T08:09:10Z", 0},
        {"2026-09-32T08:09:10Z", 0},
        {"2026-09-00T08:09:10Z", 0},
        {"2026-09-01T24:09:10Z", 0},
        {"2026-09-01T08:60:10Z", 0},
        {"2026-09-01T08:09:61Z", 0},
        {"2026-09-01T08:09:1Z", 0},
        {"2026-09-01T08:09:10.Z", 0},
        {"2026-09-01T08:09:10+0800", 0},
        {"2026-09-01T08:09:10+24:00", 0},
        {"2026-09-01T08:09:10+08:00Z", 0},
        {"2026-09-01T08:09:10Z ", 0},
        {"+026-09-01T08:09:10Z", 0},
        {"1969-12-31T23:59:59Z", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int64_t seen = kit_instant_parse(kit_str(rows[i].text));
        if (seen != rows[i].unix_s) {
            fail_msg("%s is read as %lld", rows[i].text, (long long)seen);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_format),
        cmocka_unit_test(test_days),
        cmocka_unit_test(test_parse),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
