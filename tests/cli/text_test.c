/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <locale.h>

#include "cli/text.h"

#define REPLACEMENT "\xEF\xBF\xBD"
#define BALANCE     "\xE4\xBD\x99\xE9\xA2\x9D" /* two Chinese characters, four columns */

static void test_clean(void **state)
{
    static const struct {
        ens_str text;
        const char *clean;
    } rows[] = {
        {ENS_STR_INIT("plain text"), "plain text"},
        {ENS_STR_INIT(""), ""},
        {ENS_STR_INIT("a\nb\tc"), "a b c"},
        {ENS_STR_INIT(BALANCE), BALANCE},
        {ENS_STR_INIT("\x1b[2J"), REPLACEMENT "[2J"},
        {ENS_STR_INIT("a\x9b"
                      "31m"),
         "a" REPLACEMENT "31m"}, /* a bare CSI byte */
        {ENS_STR_INIT("a\xC2\x9b"
                      "31m"),
         "a" REPLACEMENT "31m"},                                     /* CSI in UTF-8 */
        {ENS_STR_INIT("x\xE2\x80\xAEy"), "x" REPLACEMENT "y"},       /* right to left */
        {ENS_STR_INIT("x\xE2\x81\xA6y"), "x" REPLACEMENT "y"},       /* isolate */
        {ENS_STR_INIT("x\xE2\x80\xA8y"), "x" REPLACEMENT "y"},       /* line separator */
        {ENS_STR_INIT("x\xEF\xBB\xBFy"), "x" REPLACEMENT "y"},       /* byte order mark */
        {ENS_STR_INIT("x\xF3\xA0\x81\x81y"), "x" REPLACEMENT "y"},   /* tag character */
        {ENS_STR_INIT("\xC2\x85\xC2\x85"), REPLACEMENT REPLACEMENT}, /* grows */
        {ENS_STR_INIT("\xE4\xBD"), REPLACEMENT REPLACEMENT},         /* cut */
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        ens_str clean = ens_text_clean(arena, rows[i].text);
        assert_int_equal(clean.len, ens_str_of(rows[i].clean).len);
        assert_true(ens_str_is(clean, rows[i].clean));
    }
}

static void test_width_and_fit(void **state)
{
    static const struct {
        const char *text;
        size_t columns;
        const char *fits;
        size_t width;
    } rows[] = {
        {"abc", 5, "abc", 3},
        {"abc", 2, "ab", 2},
        {"abc", 0, "", 0},
        {BALANCE, 4, BALANCE, 4},
        {BALANCE, 3, "\xE4\xBD\x99", 2}, /* a wide character is not split */
        {BALANCE, 1, "", 0},
        {"e\xCC\x81x", 1, "e\xCC\x81", 1}, /* a combining mark has no width */
    };

    (void)state;
    assert_int_equal(ens_text_width(ENS_STR("a" BALANCE "e\xCC\x81")), 6);
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        size_t width = 99;
        ens_str fits = ens_text_fit(ens_str_of(rows[i].text), rows[i].columns, &width);
        assert_true(ens_str_is(fits, rows[i].fits));
        assert_int_equal(width, rows[i].width);
    }
}

static void test_pad_and_cut(void **state)
{
    ENS_AUTO_BUF out = ens_buf_new(1000);

    (void)state;
    ens_text_pad(&out, ENS_STR(BALANCE), 6);
    ens_text_pad(&out, ENS_STR("long"), 2);
    assert_string_equal(ens_buf_text(&out), BALANCE "  long");
    ens_buf_reset(&out);
    ens_text_cut(&out, ENS_STR("abcd"), 4);
    ens_text_cut(&out, ENS_STR("abcde"), 4);
    ens_text_cut(&out, ENS_STR(BALANCE BALANCE), 4);
    ens_text_cut(&out, ENS_STR("abcde"), 0);
    assert_string_equal(ens_buf_text(&out), "abcd"
                                            "abc\xE2\x80\xA6"
                                            "\xE4\xBD\x99\xE2\x80\xA6");
}

static void test_wrap(void **state)
{
    static const struct {
        const char *text;
        size_t indent;
        size_t width;
        const char *wrapped;
    } rows[] = {
        {"", 2, 40, ""},
        {"   ", 2, 40, ""},
        {"one two", 2, 0, "  one two\n"},
        {"one  two ", 0, 40, "one two\n"},
        {"aaaaaaaaaa bbbbbbbbb cc", 0, 20, "aaaaaaaaaa bbbbbbbbb\ncc\n"},
        {"aaaaaaaaaa bbbbbbbbbb cc", 0, 20, "aaaaaaaaaa\nbbbbbbbbbb cc\n"},
        {"aaaaaaaaaaaaaaaaaaaaaaaaa b", 2, 22, "  aaaaaaaaaaaaaaaaaaaa\n  aaaaa b\n"},
        {"aaaaaaaaaaaaaaaa " BALANCE BALANCE, 0, 20,
         "aaaaaaaaaaaaaaaa \xE4\xBD\x99\n\xE9\xA2\x9D" BALANCE "\n"},
        {BALANCE BALANCE BALANCE BALANCE BALANCE BALANCE, 0, 21,
         BALANCE BALANCE BALANCE BALANCE BALANCE "\n" BALANCE "\n"},
        {"\xCC\x81 e", 2, 40, "  \xCC\x81 e\n"}, /* a combining mark has no width */
        {"narrower than twenty columns is not asked for", 0, 3,
         "narrower than twenty\ncolumns is not asked\nfor\n"},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_BUF out = ens_buf_new(1000);
        ens_text_wrap(&out, ens_str_of(rows[i].text), rows[i].indent, rows[i].width);
        assert_string_equal(ens_buf_text(&out), rows[i].wrapped);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clean),
        cmocka_unit_test(test_width_and_fit),
        cmocka_unit_test(test_pad_and_cut),
        cmocka_unit_test(test_wrap),
    };

    if (setlocale(LC_CTYPE, "C.UTF-8") == NULL) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
