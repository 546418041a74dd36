/* SPDX-License-Identifier: Apache-2.0 */
/* timestamp.h; the expected texts were made by GNU date. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rc.h"
#include "base/timestamp.h"

static void test_seconds(void **state)
{
    static const struct {
        int64_t unix_s;
        const char *text;
    } rows[] = {
        {0, "1970-01-01T00:00:00Z"},
        {-1, "1969-12-31T23:59:59Z"},
        {951782400, "2000-02-29T00:00:00Z"},
        {1788221350, "2026-09-01T00:09:10Z"},
        {INT64_C(253402300799), "9999-12-31T23:59:59Z"},
        {INT64_C(253402300800), "9999-12-31T23:59:59Z"},
        {INT64_MAX, "9999-12-31T23:59:59Z"},
        {INT64_C(-62135596800), "0001-01-01T00:00:00Z"},
        {INT64_MIN, "0001-01-01T00:00:00Z"},
    };
    char text[ENS_TIMESTAMP_SIZE];

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ens_timestamp_format(rows[i].unix_s, text);
        assert_string_equal(text, rows[i].text);
    }
}

static void test_microseconds(void **state)
{
    static const struct {
        int64_t unix_ms;
        const char *text;
    } rows[] = {
        {0, "1970-01-01T00:00:00.000000Z"},
        {1, "1970-01-01T00:00:00.001000Z"},
        {-1, "1969-12-31T23:59:59.999000Z"},
        {-1000, "1969-12-31T23:59:59.000000Z"},
        {INT64_C(1788221350123), "2026-09-01T00:09:10.123000Z"},
        {INT64_MAX, "9999-12-31T23:59:59.807000Z"},
    };
    char text[ENS_TIMESTAMP_SIZE];

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ens_timestamp_format_us(rows[i].unix_ms, text);
        assert_string_equal(text, rows[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_seconds),
        cmocka_unit_test(test_microseconds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
