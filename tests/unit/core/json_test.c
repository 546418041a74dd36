/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "core/json.h"

static void write_sample(struct ens_json *json)
{
    ens_json_begin(json, '{');
    ens_json_name(json, "a");
    ens_json_int(json, INT64_MIN);
    ens_json_name(json, "b");
    ens_json_begin(json, '[');
    ens_json_bool(json, true);
    ens_json_begin(json, '{');
    ens_json_end(json, '}');
    ens_json_bool(json, false);
    ens_json_end(json, ']');
    ens_json_name(json, "c");
    ens_json_text(json, ENS_STR("d"));
    ens_json_end(json, '}');
}

static void test_shapes(void **state)
{
    ENS_AUTO_BUF flat = ens_buf_new(1000);
    ENS_AUTO_BUF tall = ens_buf_new(1000);
    struct ens_json json = ens_json_new(&flat, 0);

    (void)state;
    write_sample(&json);
    assert_string_equal(ens_buf_text(&flat),
                        "{\"a\": -9223372036854775808, \"b\": [true, {}, false], \"c\": \"d\"}");
    json = ens_json_new(&tall, 2);
    write_sample(&json);
    assert_string_equal(ens_buf_text(&tall), "{\n"
                                             "  \"a\": -9223372036854775808,\n"
                                             "  \"b\": [\n"
                                             "    true,\n"
                                             "    {},\n"
                                             "    false\n"
                                             "  ],\n"
                                             "  \"c\": \"d\"\n"
                                             "}");
}

static void test_text(void **state)
{
    static const struct {
        ens_str text;
        const char *written;
    } rows[] = {
        {{NULL, 0}, "\"\""},
        {ENS_STR_INIT("plain"), "\"plain\""},
        {ENS_STR_INIT("\"\\"), "\"\\\"\\\\\""},
        {ENS_STR_INIT("a\tb\nc"), "\"a\\tb\\nc\""},
        {ENS_STR_INIT("\xe5\xae\x9e\xe4\xbe\x8b/</"), "\"\xe5\xae\x9e\xe4\xbe\x8b/</\""},
        /* Control characters and bytes that are not UTF-8 are replaced. */
        {ENS_STR_INIT("a\x1b\0b\r"), "\"a\xef\xbf\xbd\xef\xbf\xbd"
                                     "b\xef\xbf\xbd\""},
        {ENS_STR_INIT("\xff\""), "\"\xef\xbf\xbd\\\"\""},
        {ENS_STR_INIT("\xe2\x80\xa8\xc2\x9b"), "\"\xef\xbf\xbd\xef\xbf\xbd\""},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_BUF out = ens_buf_new(100);
        struct ens_json json = ens_json_new(&out, 2);
        ens_json_text(&json, rows[i].text);
        assert_string_equal(ens_buf_text(&out), rows[i].written);
    }
}

static void test_ascii(void **state)
{
    static const struct {
        ens_str text;
        const char *written;
    } rows[] = {
        {{NULL, 0}, "\"\""},
        {ENS_STR_INIT("plain~ \"\\\n"), "\"plain~ \\\"\\\\\\n\""},
        {ENS_STR_INIT("\xc3\xa9\xe5\xae\x9e"), "\"\\u00e9\\u5b9e\""},
        {ENS_STR_INIT("\xf0\x9f\x98\x80 \xf4\x8f\xbf\xbd"), "\"\\ud83d\\ude00 \\udbff\\udffd\""},
        {ENS_STR_INIT("\xff\xe2\x80\xa8\x7f"), "\"\\ufffd\\ufffd\\ufffd\""},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_BUF out = ens_buf_new(100);
        struct ens_json json = ens_json_new(&out, 2);
        json.ascii = true;
        ens_json_text(&json, rows[i].text);
        assert_string_equal(ens_buf_text(&out), rows[i].written);
    }
}

/* A character that is escaped, at each place of texts that are longer than what is looked at in one
 * step. */
static void test_place_of_escape(void **state)
{
    char text[40];
    char expected[48];

    (void)state;
    for (size_t len = 1; len <= sizeof(text); len++) {
        for (size_t at = 0; at < len; at++) {
            ENS_AUTO_BUF out = ens_buf_new(100);
            struct ens_json json = ens_json_new(&out, 2);
            memset(text, 'x', len);
            text[at] = '\n';
            ens_json_text(&json, (ens_str){text, len});
            (void)snprintf(expected, sizeof(expected), "\"%.*s\\n%.*s\"", (int)at, text,
                           (int)(len - at - 1), text + at + 1);
            assert_string_equal(ens_buf_text(&out), expected);
        }
    }
}

/* What is said of a text of one character is said of it among others, too. */
static void test_each_byte(void **state)
{
    (void)state;
    for (int byte = 0; byte < 256; byte++) {
        const char c = (char)byte;
        ENS_AUTO_BUF alone = ens_buf_new(100);
        struct ens_json json = ens_json_new(&alone, 0);
        ens_json_text(&json, (ens_str){&c, 1});
        for (size_t at = 0; at < 16; at++) {
            char text[16];
            ENS_AUTO_BUF among = ens_buf_new(100);
            ENS_AUTO_BUF expected = ens_buf_new(100);
            memset(text, '!' + (byte & 0x3F), sizeof(text)); /* '!' to '`' */
            memset(text, text[0] == '"' || text[0] == '\\' ? 'x' : text[0], sizeof(text));
            ens_buf_addf(&expected, "\"%.*s", (int)at, text);
            ens_buf_add(&expected, (ens_str){alone.ptr + 1, alone.len - 2});
            ens_buf_addf(&expected, "%.*s\"", (int)(sizeof(text) - at - 1), text);
            text[at] = c;
            json = ens_json_new(&among, 0);
            ens_json_text(&json, (ens_str){text, sizeof(text)});
            assert_string_equal(ens_buf_text(&among), ens_buf_text(&expected));
        }
    }
}

static void test_joined(void **state)
{
    static const ens_str plain[] = {ENS_STR_INIT("a"), {NULL, 0}, ENS_STR_INIT("b c")};
    static const ens_str special[] = {ENS_STR_INIT("\""), ENS_STR_INIT("\xe5\xae"),
                                      ENS_STR_INIT("z")};
    ENS_AUTO_BUF out = ens_buf_new(1000);
    struct ens_json json = ens_json_new(&out, 0);

    (void)state;
    ens_json_begin(&json, '[');
    ens_json_joined(&json, plain, 1, '/');
    ens_json_joined(&json, plain, 3, '/');
    ens_json_joined(&json, special, 3, '/');
    json.ascii = true;
    ens_json_joined(&json, special, 3, '/');
    ens_json_end(&json, ']');
    assert_string_equal(ens_buf_text(&out),
                        "[\"a\", \"a//b c\", \"\\\"/\xef\xbf\xbd\xef\xbf\xbd/z\", "
                        "\"\\\"/\\ufffd\\ufffd/z\"]");
}

/* At whatever place the maximum is, the text is as it would be without it, up to some place before.
 */
static void test_any_buffer_limit(void **state)
{
    ENS_AUTO_BUF whole = ens_buf_new(1000);
    struct ens_json json = ens_json_new(&whole, 2);

    (void)state;
    write_sample(&json);
    for (size_t max = 0; max <= whole.len; max++) {
        ENS_AUTO_BUF out = ens_buf_new(max);
        json = ens_json_new(&out, 2);
        write_sample(&json);
        assert_int_equal(ens_buf_failed(&out), max < whole.len);
        assert_true(ens_str_starts(ens_buf_str(&whole), ens_buf_str(&out)));
    }
}

static void test_buffer_limit(void **state)
{
    ENS_AUTO_BUF enough = ens_buf_new(5);
    ENS_AUTO_BUF less = ens_buf_new(4);
    struct ens_json json = ens_json_new(&enough, 0);

    (void)state;
    ens_json_text(&json, ENS_STR("abc"));
    assert_false(ens_buf_failed(&enough));
    json = ens_json_new(&less, 0);
    ens_json_text(&json, ENS_STR("abc"));
    assert_true(ens_buf_failed(&less));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_ascii),
        cmocka_unit_test(test_place_of_escape),
        cmocka_unit_test(test_each_byte),
        cmocka_unit_test(test_joined),
        cmocka_unit_test(test_any_buffer_limit),
        cmocka_unit_test(test_buffer_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
