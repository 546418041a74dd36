#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "terraform/duration.h"

#define DAY_MS ((int64_t)24 * 3600 * 1000)

static const struct {
    const char *text;
    int64_t ms; /* 0: refused */
} rows[] = {
    {"10m", 600000},
    {"1h30m", 5400000},
    {"90s", 90000},
    {"1.5h", 5400000},
    {".5s", 500},
    {"1.s", 1000},
    {"250ms", 250},
    {"1ms", 1},
    {"1us", 1}, /* rounded up */
    {"1\xC2\xB5s", 1},
    {"1\xCE\xBCs", 1},
    {"999ns", 1},
    {"1m1ns", 60001},
    {"24h", DAY_MS},
    {"23h59m60s", DAY_MS},
    {"0.000000001s", 1},
    {"1h1h", 7200000},
    {"24h1ns", 0},
    {"25h", 0},
    {"0s", 0},
    {"0", 0},
    {"", 0},
    {"10", 0},
    {"m", 0},
    {".s", 0},
    {"-10m", 0},
    {"+10m", 0},
    {"10 m", 0},
    {" 10m", 0},
    {"10m ", 0},
    {"ten minutes", 0},
    {"10minutes", 0},
    {"1d", 0},
    {"10M", 0},
    {"1e3s", 0},
    {"999999999999999999h", 0},
    {"9999999999999999999s", 0},
    {"2562047h2562047h", 0},
};

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_DIAGS diags = {0};
        int64_t ms = 0;
        ens_rc rc =
            ens_duration_parse(ens_str_of(rows[i].text), DAY_MS, "timeouts.create", &ms, &diags);
        if (rows[i].ms == 0) {
            assert_int_equal(rc, ENS_INVALID);
            assert_int_equal(diags.count, 1);
            assert_string_equal(diags.items[0].where, "timeouts.create");
        } else {
            assert_int_equal(rc, ENS_OK);
            assert_int_equal(ms, rows[i].ms);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
