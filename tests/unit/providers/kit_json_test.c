/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kit/json.h"
#include "kit/json_repair.h"
#include "kit/text.h"
#include "support/exact_memory.h"

static json_t *read(struct exact_memory *exact, ens_str text)
{
    ens_str error = {0};
    json_t *object = kit_json_object(&exact->memory, text, KIT_REPAIR_CONTROLS, &error);

    assert_int_equal(object == NULL, error.len > 0);
    return object;
}

static void test_objects(void **state)
{
    static const struct {
        const char *text;
        bool is_object;
    } rows[] = {
        {"{}", true},
        {" {\"a\": 1} \n", true},
        {"{\"a\": 1, \"a\": 2}", true},
        {"{\"a\": \"\\u0000\"}", true},
        {"{\"\\u0000\": 1}", false},
        {"", false},
        {"[]", false},
        {"null", false},
        {"{", false},
        {"{} {}", false},
        {"{\"a\": }", false},
        {"{'a': 1}", false},
        {"{\"a\": \"\xff\"}", true},
        {"{\"a\": 99999999999999999999}", true},
        {"\xef\xbb\xbf{}", true},
        {"\xef\xbb\xbf", false},
        {"{\"a\": \"\n\"}", true},
        {"{\"a\": 01}", false},
        {"{\"a\": -}", false},
        {"{\"a\": 1.}", false},
        {"{\"a\": 1e}", false},
        {"{\"a\": 99999999999999999999x}", false},
        {"{\"a\": \"\\u12g4\"}", false},
        {"{\xff}", false},
        {"}{", false},
        {"{\"a\": \"[[[[{{{{\\\"\"}", true},
        {"{\"a\": \"", false},
        {"{\"a\\", false},
    };

    struct exact_memory exact;

    (void)state;
    exact_memory_init(&exact);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        KIT_AUTO_JSON *object = read(&exact, kit_str(rows[i].text));
        if ((object != NULL) != rows[i].is_object) {
            fail_msg("%s", rows[i].text);
        }
    }
    assert_null(read(&exact, (ens_str){NULL, 0}));
    assert_null(read(&exact, (ens_str){"{}\0", 3}));
    exact_memory_done(&exact);
}

/* Whether {"a": [[[...]]]} with that many levels is parsed. */
static bool is_read_at_depth(size_t depth)
{
    struct exact_memory exact;
    char text[1024];
    size_t len = 0;

    memcpy(text, "{\"a\":", 5);
    len = 5;
    memset(text + len, '[', depth - 1);
    len += depth - 1;
    memset(text + len, ']', depth - 1);
    len += depth - 1;
    text[len++] = '}';
    exact_memory_init(&exact);
    KIT_AUTO_JSON *object = read(&exact, (ens_str){text, len});
    exact_memory_done(&exact);
    return object != NULL;
}

static void test_depth(void **state)
{
    (void)state;
    assert_true(is_read_at_depth(2));
    assert_true(is_read_at_depth(KIT_JSON_DEPTH_MAX));
    assert_false(is_read_at_depth(KIT_JSON_DEPTH_MAX + 1));
}

static void test_members(void **state)
{
    struct exact_memory exact;

    exact_memory_init(&exact);
    KIT_AUTO_JSON *object = read(
        &exact, KIT_STR("{\"text\": \"a\\u0000b\", \"number\": -5, \"real\": 1.5, \"null\": null, "
                        "\"twice\": \"1\", \"twice\": \"2\", \"empty\": \"\"}"));

    (void)state;
    assert_non_null(object);
    const struct ens_memory *memory = &exact.memory;
    ens_str text = kit_json_text(memory, object, "text");
    assert_int_equal(text.len, 3);
    assert_memory_equal(text.ptr, "a\0b", 3);
    assert_true(kit_is(kit_json_text(memory, object, "twice"), "2"));
    assert_int_equal(kit_json_text(memory, object, "empty").len, 0);
    assert_int_equal(kit_json_text(memory, object, "number").len, 0);
    assert_int_equal(kit_json_text(memory, object, "null").len, 0);
    assert_int_equal(kit_json_text(memory, object, "absent").len, 0);
    assert_int_equal(kit_json_text(memory, NULL, "text").len, 0);
    assert_true(kit_is(kit_json_text_or_number(memory, object, "number"), "-5"));
    assert_int_equal(kit_json_text_or_number(memory, object, "text").len, 3);
    assert_int_equal(kit_json_text_or_number(memory, object, "real").len, 0);
    assert_int_equal(kit_json_text_or_number(memory, object, "absent").len, 0);
    exact_memory_done(&exact);
}

/* Repairs of the member "a". */
static void test_repairs(void **state)
{
    static const struct {
        const char *text;
        const char *member;
    } rows[] = {
        {"{\"a\": 9223372036854775807}", "9223372036854775807"},
        {"{\"a\": 9223372036854775808}", "9223372036854775808"},
        {"{\"a\": -9223372036854775808}", "-9223372036854775808"},
        {"{\"a\": -9223372036854775809}", "-9223372036854775809"},
        {"{\"a\": 123456789012345678901234567890}", "123456789012345678901234567890"},
        {"{\"a\": 1e400}", "1e400"},
        {"{\"a\": -1.5E+400}", "-1.5E+400"},
        {"{\"a\": 0.001e999999999999999999}", "0.001e999999999999999999"},
        {"{\"a\": [1e-400, 1e307, 0e999, 0.0, 0], \"a\": \"x\"}", "x"},
        {"{\"b\": 1e400, \"a\": \"1e400\"}", "1e400"},
        {"{\"a\": \"\\ud83d\"}", "\xef\xbf\xbd"},
        {"{\"a\": \"\\ude00x\"}", "\xef\xbf\xbdx"},
        {"{\"a\": \"\\uD83D\\uDE00\"}", "\xf0\x9f\x98\x80"},
        {"{\"a\": \"\\ud83d\\ud83d\\ude00\"}", "\xef\xbf\xbd\xf0\x9f\x98\x80"},
        {"{\"a\": \"\\ud83d\\n\"}", "\xef\xbf\xbd\n"},
        {"{\"a\": \"\\\\ud83d\"}", "\\ud83d"},
        {"{\"a\": \"x\xffy\"}", "x\xef\xbf\xbdy"},
        {"{\"a\": \"\xed\xa0\x80\"}", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {"{\"a\": \"\xe4\xbd\"}", "\xef\xbf\xbd\xef\xbf\xbd"},
        {"{\"a\": \"\xe4\xbd\xa0\xf0\x9f\x98\x80\"}", "\xe4\xbd\xa0\xf0\x9f\x98\x80"},
        {"{\"\xff\": 1, \"a\": \"x\"}", "x"},
        {"\xef\xbb\xbf{\"a\": \"x\"}", "x"},
        {"{\"a\": \"\x1b[1m\n\"}", "\x1b[1m\n"},
    };
    struct exact_memory exact;

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        exact_memory_init(&exact);
        KIT_AUTO_JSON *object = read(&exact, kit_str(rows[i].text));
        if (object == NULL ||
            !kit_is(kit_json_text_or_number(&exact.memory, object, "a"), rows[i].member)) {
            fail_msg("%s", rows[i].text);
        }
        exact_memory_done(&exact);
    }
}

static void test_errors(void **state)
{
    static const struct {
        const char *text;
        const char *error;
    } rows[] = {
        {"", "empty"},
        {" \n", "empty"},
        {"[]", "JSON, but not an object"},
        {"{\"a\": \"secret", "not JSON (line 1, column 13): it ends too early"},
        {"{\"a\": {\"b\": 1}", "not JSON (line 1, column 14): it ends too early"},
        {"{\n  \"a\": \"secret\",\n}", "not JSON (line 3, column 1): string or '}' expected"},
        {"{\n  // no\n}", "not JSON (line 2, column 3): string or '}' expected"},
        {"{\"a\": 1} x", "not JSON (line 1, column 10): end of file expected"},
        {"\xef\xbb\xbf{\"\xe4\xbd\xa0\": \"\xff\" 5}",
         "not JSON (line 1, column 11): '}' expected"},
        {"{\"a\": 1e400 \"\\ud800\"}", "not JSON (line 1, column 20): '}' expected"},
        {"{\"a\": \"\\u12x4\"}", "not JSON (line 1, column 12): invalid escape"},
        {"\xff\xfe{", "in UTF-16, not in UTF-8"},
        {"\xfe\xff{", "in UTF-16, not in UTF-8"},
    };
    struct exact_memory exact;

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ens_str error = {0};
        exact_memory_init(&exact);
        assert_null(kit_json_object(&exact.memory, kit_str(rows[i].text), 0, &error));
        if (!kit_is(error, rows[i].error)) {
            fail_msg("%s: %.*s", rows[i].text, (int)error.len, error.ptr);
        }
        exact_memory_done(&exact);
    }
    exact_memory_init(&exact);
    ens_str error = {0};
    assert_null(kit_json_object(&exact.memory, (ens_str){"{\0\"\0", 4}, 0, &error));
    assert_true(kit_is(error, "in UTF-16, not in UTF-8"));
    /* A line break in a string is an error in a file; in a reply it is repaired. */
    assert_null(kit_json_object(&exact.memory, KIT_STR("{\"a\": \"x\ny\"}"), 0, &error));
    exact_memory_done(&exact);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_repairs), cmocka_unit_test(test_errors),
        cmocka_unit_test(test_objects), cmocka_unit_test(test_depth),
        cmocka_unit_test(test_members),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
