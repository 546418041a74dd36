/* SPDX-License-Identifier: Apache-2.0 */
/* utf8.h; the boundary values are those of RFC 3629, section 4. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/utf8.h"

#define R "\xEF\xBF\xBD"

static const struct {
    const char *text;
    const char *clean;
} rows[] = {
    {"", ""},
    {"plain ~ text", "plain ~ text"},
    {"tab\tand\nline feed", "tab\tand\nline feed"},
    {"\r\x01\x1f\x7f", R R R R},
    {"\xC2\x80 \xDF\xBF", "\xC2\x80 \xDF\xBF"},
    {"\xC1\xBF", R R}, /* overlong */
    {"\xC2", R},
    {"\xC2 ", R " "},
    {"\x80", R},
    {"\xE0\xA0\x80 \xEF\xBF\xBF", "\xE0\xA0\x80 \xEF\xBF\xBF"},
    {"\xE0\x9F\xBF", R R R}, /* overlong */
    {"\xED\x9F\xBF", "\xED\x9F\xBF"},
    {"\xED\xA0\x80", R R R}, /* a surrogate */
    {"\xE4\xBD", R R},
    {"\xE4\xBD\xA0\xE5\xA5\xBD", "\xE4\xBD\xA0\xE5\xA5\xBD"},
    {"\xF0\x90\x80\x80 \xF4\x8F\xBF\xBF", "\xF0\x90\x80\x80 \xF4\x8F\xBF\xBF"},
    {"\xF0\x8F\xBF\xBF", R R R R}, /* overlong */
    {"\xF4\x90\x80\x80", R R R R}, /* above U+10FFFF */
    {"\xF5\x80\x80\x80", R R R R},
    {"\xF0\x9F\x98", R R R},
    {"a\xFF"
     "b",
     "a" R "b"},
};

static void test_rows(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ens_str text = ens_str_of(rows[i].text);
        ens_str clean = ens_utf8_clean(arena, text);
        bool same = ens_str_is(text, rows[i].clean);
        assert_int_equal(ens_utf8_valid(text), same);
        if (!ens_str_is(clean, rows[i].clean)) {
            fail_msg("row %zu", i);
        }
        assert_true(ens_utf8_valid(clean));
        assert_int_equal(clean.ptr == text.ptr, same); /* valid text is not copied */
    }
}

static void test_nul_is_replaced(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();

    (void)state;
    assert_true(ens_str_is(ens_utf8_clean(arena, ENS_STR("a\0b")), "a" R "b"));
    assert_true(ens_utf8_valid((ens_str){NULL, 0}));
}

static void test_marks(void **state)
{
    (void)state;
    assert_true(ens_str_is(ens_utf8_skip_mark(ENS_STR("\xEF\xBB\xBF{}")), "{}"));
    assert_true(ens_str_is(ens_utf8_skip_mark(ENS_STR("\xEF\xBB{}")), "\xEF\xBB{}"));
    assert_int_equal(ens_utf8_skip_mark((ens_str){NULL, 0}).len, 0);
    assert_true(ens_utf8_is_utf16(ENS_STR("\xFF\xFE{")));
    assert_true(ens_utf8_is_utf16(ENS_STR("\xFE\xFF{")));
    assert_true(ens_utf8_is_utf16(ENS_STR("{\0")));
    assert_true(ens_utf8_is_utf16(ENS_STR("\0{")));
    assert_false(ens_utf8_is_utf16(ENS_STR("{}")));
    assert_false(ens_utf8_is_utf16(ENS_STR("\0\1")));
    assert_false(ens_utf8_is_utf16(ENS_STR("\0\0")));
    assert_false(ens_utf8_is_utf16(ENS_STR("{")));
}

static void test_next(void **state)
{
    uint32_t code_point = 0;

    (void)state;
    assert_int_equal(ens_utf8_next(ENS_STR("a"), &code_point), 1);
    assert_int_equal(code_point, 'a');
    assert_int_equal(ens_utf8_next(ENS_STR("\xC2\x85"), &code_point), 2);
    assert_int_equal(code_point, 0x85);
    assert_int_equal(ens_utf8_next(ENS_STR("\xE4\xBD\xA0x"), &code_point), 3);
    assert_int_equal(code_point, 0x4F60);
    assert_int_equal(ens_utf8_next(ENS_STR("\xF4\x8F\xBF\xBF"), &code_point), 4);
    assert_int_equal(code_point, 0x10FFFF);
    assert_int_equal(ens_utf8_next(ENS_STR("\xE4\xBD"), &code_point), 0);
    assert_int_equal(ens_utf8_next(ENS_STR(""), &code_point), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_nul_is_replaced),
        cmocka_unit_test(test_marks),
        cmocka_unit_test(test_next),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
