/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kit/ini.h"
#include "kit/text.h"

static const char ini[] = "; a comment\n"
                          "key = outside\n"
                          "[ one ]\r\n"
                          "  key=1 = one  \r\n"
                          "#key = commented\n"
                          "key = second\n"
                          "no equals sign\n"
                          "[]\n"
                          "key = unnamed\n"
                          "[two\n"
                          "broken = header\n"
                          "[two]\n"
                          "key =\n"
                          "last = end";

static const ens_str text = {ini, sizeof(ini) - 1};

static void test_sections(void **state)
{
    (void)state;
    assert_true(kit_ini_has(text, KIT_STR("one")));
    assert_true(kit_ini_has(text, KIT_STR("two")));
    assert_false(kit_ini_has(text, KIT_STR("three")));
    assert_false(kit_ini_has(text, KIT_STR("On")));
    assert_false(kit_ini_has((ens_str){NULL, 0}, KIT_STR("one")));
}

static void test_values(void **state)
{
    static const struct {
        const char *section;
        const char *key;
        const char *value;
    } rows[] = {
        {"one", "key", "1 = one"}, {"two", "key", ""},     {"two", "last", "end"},
        {"two", "broken", ""},     {"one", "last", ""},    {"three", "key", ""},
        {"one", "#key", ""},       {"", "key", "unnamed"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ens_str value = kit_ini_value(text, kit_str(rows[i].section), rows[i].key);
        if (!kit_is(value, rows[i].value)) {
            fail_msg("[%s] %s is %.*s", rows[i].section, rows[i].key, (int)value.len, value.ptr);
        }
    }
    assert_int_equal(kit_ini_value((ens_str){NULL, 0}, KIT_STR("one"), "key").len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sections),
        cmocka_unit_test(test_values),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
