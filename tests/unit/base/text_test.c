/* SPDX-License-Identifier: Apache-2.0 */
/* str.h */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rc.h"
#include "base/str.h"

static const ens_str nothing = {NULL, 0};

static void test_equality_and_order(void **state)
{
    static const struct {
        const char *a;
        const char *b;
        int order;
        bool nocase;
    } rows[] = {
        {"", "", 0, true},           {"a", "a", 0, true},    {"a", "b", -1, false},
        {"b", "a", 1, false},        {"a", "ab", -1, false}, {"ab", "a", 1, false},
        {"", "a", -1, false},        {"a", "", 1, false},    {"aB", "Ab", 1, true},
        {"\x7f", "\x80", -1, false}, {"[", "{", -1, false},  {"@", "`", -1, false},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ens_str a = ens_str_of(rows[i].a);
        ens_str b = ens_str_of(rows[i].b);
        int order = ens_str_cmp(a, b);
        assert_int_equal((order > 0) - (order < 0), rows[i].order);
        assert_int_equal(ens_str_eq(a, b), rows[i].order == 0);
        assert_int_equal(ens_str_is(a, rows[i].b), rows[i].order == 0);
        assert_int_equal(ens_str_eq_nocase(a, b), rows[i].nocase);
    }
    assert_true(ens_str_eq(nothing, ENS_STR("")));
    assert_true(ens_str_is(nothing, ""));
    assert_true(ens_str_eq(ens_str_of(NULL), nothing));
    assert_false(ens_str_eq(ENS_STR("a\0b"), ENS_STR("a\0c"))); /* NUL is an ordinary byte */
}

static void test_starts_and_ends(void **state)
{
    static const struct {
        const char *text;
        const char *part;
        bool starts;
        bool ends;
    } rows[] = {
        {"abc", "ab", true, false},  {"abc", "bc", false, true}, {"abc", "abc", true, true},
        {"abc", "", true, true},     {"", "", true, true},       {"", "a", false, false},
        {"ab", "abc", false, false},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ens_str text = ens_str_of(rows[i].text);
        ens_str part = ens_str_of(rows[i].part);
        assert_int_equal(ens_str_starts(text, part), rows[i].starts);
        assert_int_equal(ens_str_ends(text, part), rows[i].ends);
    }
}

static void test_cut(void **state)
{
    ens_str rest = nothing;

    (void)state;
    assert_true(ens_str_is(ens_str_cut(ENS_STR("a/b/c"), '/', &rest), "a"));
    assert_true(ens_str_is(rest, "b/c"));
    assert_true(ens_str_is(ens_str_cut(rest, '/', &rest), "b"));
    assert_true(ens_str_is(ens_str_cut(rest, '/', &rest), "c"));
    assert_null(rest.ptr);
    assert_int_equal(ens_str_cut(rest, '/', &rest).len, 0);
    /* An empty rest after a separator is not the same as no separator. */
    assert_true(ens_str_is(ens_str_cut(ENS_STR("a/"), '/', &rest), "a"));
    assert_non_null(rest.ptr);
    assert_int_equal(rest.len, 0);
}

static void test_trim(void **state)
{
    (void)state;
    assert_true(ens_str_is(ens_str_trim(ENS_STR(" \t\r\na b\n ")), "a b"));
    assert_true(ens_str_is(ens_str_trim(ENS_STR("ab")), "ab"));
    assert_int_equal(ens_str_trim(ENS_STR(" \n ")).len, 0);
    assert_int_equal(ens_str_trim(nothing).len, 0);
}

static void test_sets(void **state)
{
    (void)state;
    assert_true(ens_str_all_in(ENS_STR("abba"), "ab"));
    assert_false(ens_str_all_in(ENS_STR("abc"), "ab"));
    assert_true(ens_str_all_in(nothing, ""));
    assert_false(ens_str_all_in(ENS_STR("a\0"), "a")); /* the set's terminator is not a member */
}

static void test_patterns(void **state)
{
    static const struct {
        const char *text;
        const char *pattern;
        bool fits;
    } rows[] = {
        {"", "", true},
        {"", "*", true},
        {"a", "", false},
        {"abc", "abc", true},
        {"ABC", "abc", true},
        {"abc", "abcd", false},
        {"abc", "ab", false},
        {"Throttling.User", "*Throttling*", true},
        {"User.Throttling", "*throttling*", true},
        {"Throttlin", "*Throttling*", false},
        {"Forbidden.RAM", "Forbidden*", true},
        {"AccountFlowLimitExceeded", "*FlowLimitExceeded", true},
        {"FlowLimitExceededX", "*FlowLimitExceeded", false},
        {"aab", "*ab", true}, /* needs backtracking */
        {"abab", "*ab*ab", true},
        {"ab", "*ab*ab", false},
        {"abcbd", "a*b*d", true},
        {"a*", "a*", true},
        {"abc", "**", true},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        bool fits = ens_str_matches(ens_str_of(rows[i].text), ens_str_of(rows[i].pattern));
        if (fits != rows[i].fits) {
            fail_msg("%s against %s", rows[i].text, rows[i].pattern);
        }
        if (ens_str_glob(ens_str_of(rows[i].text), ens_str_of(rows[i].pattern)) && !fits) {
            fail_msg("%s against %s, with case", rows[i].text, rows[i].pattern);
        }
    }
}

static void test_case_of_patterns(void **state)
{
    (void)state;
    assert_true(ens_str_glob(ENS_STR("web-1"), ENS_STR("web-*")));
    assert_false(ens_str_glob(ENS_STR("Web-1"), ENS_STR("web-*")));
    assert_true(ens_str_matches(ENS_STR("Web-1"), ENS_STR("web-*")));
}

static void test_numbers(void **state)
{
    static const struct {
        const char *text;
        int64_t value; /* -1: no number */
    } rows[] = {
        {"0", 0},
        {"007", 7},
        {"999999999999999999", INT64_C(999999999999999999)},
        {"1000000000000000000", -1}, /* 19 digits */
        {"", -1},
        {"-1", -1},
        {"+1", -1},
        {" 1", -1},
        {"1 ", -1},
        {"1e3", -1},
        {"0x1", -1},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        int64_t value = -1;
        bool good = ens_str_to_i64(ens_str_of(rows[i].text), &value);
        assert_int_equal(good, rows[i].value >= 0);
        assert_int_equal(value, rows[i].value);
    }
}

static void test_plurals(void **state)
{
    (void)state;
    assert_string_equal(ens_plural(0), "s");
    assert_string_equal(ens_plural(1), "");
    assert_string_equal(ens_plural(2), "s");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equality_and_order),
        cmocka_unit_test(test_starts_and_ends),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_trim),
        cmocka_unit_test(test_sets),
        cmocka_unit_test(test_patterns),
        cmocka_unit_test(test_case_of_patterns),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_plurals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
