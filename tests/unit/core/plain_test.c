/* SPDX-License-Identifier: Apache-2.0 */
/* core/plain.h and core/quote.h; the code points are from Unicode's tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/utf8.h"
#include "core/plain.h"
#include "core/quote.h"

#define R "\xEF\xBF\xBD"

/* The character in UTF-8. */
static ens_str encoded(uint32_t c, char *out)
{
    size_t len = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

    for (size_t i = len - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (c & 63));
        c >>= 6;
    }
    out[0] = (char)(len == 1 ? c : len == 2 ? 0xC0 | c : len == 3 ? 0xE0 | c : 0xF0 | c);
    return (ens_str){out, len};
}

static void test_hidden(void **state)
{
    static const uint32_t hidden[] = {
        0x00,   0x07,   0x0D,    0x1B,    0x1F,    0x7F,    0x80,     0x85,   0x9B,
        0x9F,   0xAD,   0x61C,   0x180E,  0x200B,  0x200C,  0x200D,   0x200E, 0x200F,
        0x2028, 0x2029, 0x202A,  0x202E,  0x2060,  0x2064,  0x2066,   0x2069, 0x206F,
        0x3164, 0xFEFF, 0xFFF9,  0xFFFB,  0xFFFE,  0xFFFF,  0xFDD0,   0x34F,  0x115F,
        0x17B4, 0xFFA0, 0x1D173, 0x1FFFF, 0xE0001, 0xE007F, 0x10FFFF,
    };
    static const uint32_t shown[] = {
        0x20,   0x41,   0x7E,   0xA0,   0xA1,   0xAC,   0xAE,    0xE9,    0x301,
        0x5D0,  0x4F60, 0x200A, 0x2010, 0x2027, 0x202F, 0x2070,  0x3000,  0x3002,
        0xFF0E, 0xFE0F, 0xFFFC, 0xFFFD, 0xFF01, 0xE000, 0x1F600, 0x20000, 0x10FFFD,
    };
    char out[4];

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(hidden); i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        ens_str text = ens_cloud_text(
            arena, ens_arena_printf(arena, "a%.*sb", ENS_STR_ARG(encoded(hidden[i], out))), 100);
        if (hidden[i] != 0 && !ens_str_is(text, "a" R "b")) {
            fail_msg("U+%04X is shown", hidden[i]);
        }
        assert_false(ens_plain_is_shown(hidden[i]));
    }
    for (size_t i = 0; i < ENS_COUNT(shown); i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        ens_str text = ens_arena_dup(arena, encoded(shown[i], out));
        assert_true(ens_plain_text(arena, text).ptr == text.ptr); /* not copied */
        assert_true(ens_plain_is_shown(shown[i]));
    }
}

static void test_text(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();

    (void)state;
    assert_true(ens_str_is(ens_plain_text(arena, ENS_STR("a\tb\nc")), "a\tb\nc"));
    assert_true(ens_str_is(ens_plain_text(arena, ENS_STR("a\r\n\xff\xC2\x9b"
                                                         "31m\0")),
                           "a" R "\n" R R "31m" R));
    assert_true(ens_str_is(ens_plain_text(arena, ENS_STR("\xed\xa0\x80")), R R R));
    assert_int_equal(ens_plain_text(arena, (ens_str){NULL, 0}).len, 0);
    assert_true(
        ens_str_is(ens_cloud_text(arena, ENS_STR("x\xe2\x80\xa8y\tz\n"), 100), "x" R "y z"));
}

static void test_quoted(void **state)
{
    char text[400];
    char expected[400];

    (void)state;
    assert_string_equal(ens_quoted(ENS_STR("\xE4\xBD\xA0 \xC3\xA9!")).text,
                        "\xE4\xBD\xA0 \xC3\xA9!");
    assert_string_equal(ens_quoted(ENS_STR("a\tb\x1b\xff\xE2\x80\xAE")).text, "a?b???");
    memset(text, 'x', sizeof(text));
    memset(expected, 0, sizeof(expected));
    memset(expected, 'x', ENS_QUOTE_MAX);
    assert_string_equal(ens_quoted((ens_str){text, ENS_QUOTE_MAX}).text, expected);
    memcpy(expected + ENS_QUOTE_MAX, "...", 3);
    assert_string_equal(ens_quoted((ens_str){text, ENS_QUOTE_MAX + 1}).text, expected);
    for (size_t i = 0; i < sizeof(text); i += 4) { /* the longest characters */
        memcpy(text + i, "\xF0\x9F\x98\x80", 4);
    }
    assert_int_equal(strlen(ens_quoted((ens_str){text, sizeof(text)}).text), ENS_QUOTE_MAX * 4 + 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hidden),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_quoted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
