/* SPDX-License-Identifier: Apache-2.0 */
/* Trace contexts, and the form of spans. What a receiver makes of it: tests/cli/trace_test.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/span.h"

#define TRACE "0af7651916cd43dd8448eb211c80319c"
#define SPAN  "b7ad6b7169203331"

static void fill(void *ud, void *bytes, size_t size)
{
    memset(bytes, *(uint8_t *)ud, size);
}

static ens_str id_of(struct ens_arena *arena, const char *text)
{
    struct ens_trace trace;

    return ens_trace_parse(ens_str_of(text), &trace) ? ens_trace_id_text(arena, &trace)
                                                     : ENS_STR("none");
}

static void test_parse(void **state)
{
    static const struct {
        const char *text;
        const char *id;
    } rows[] = {
        {"00-" TRACE "-" SPAN "-01", TRACE},
        {"00-" TRACE "-" SPAN "-00", TRACE},
        {"00-" TRACE "-" SPAN "-ff", TRACE},
        {"fe-" TRACE "-" SPAN "-01", TRACE},
        {"fe-" TRACE "-" SPAN "-01-", TRACE},
        {"fe-" TRACE "-" SPAN "-01-x", TRACE},
        {"fe-" TRACE "-" SPAN "-01x", "none"},
        {"00-" TRACE "-" SPAN "-01-", "none"},
        {"ff-" TRACE "-" SPAN "-01", "none"},
        {"00-" TRACE "-" SPAN "-0", "none"},
        {"00-" TRACE "-" SPAN "-0g", "none"},
        {"00-" TRACE "-" SPAN "-0A", "none"},
        {"0 -" TRACE "-" SPAN "-01", "none"},
        {"00_" TRACE "-" SPAN "-01", "none"},
        {"00-" TRACE "_" SPAN "-01", "none"},
        {"00-" TRACE "-" SPAN "_01", "none"},
        {"00-00000000000000000000000000000000-" SPAN "-01", "none"},
        {"00-" TRACE "-0000000000000000-01", "none"},
        {"00-0AF7651916CD43DD8448EB211C80319C-" SPAN "-01", "none"},
        {"", "none"},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        const ens_str id = id_of(arena, rows[i].text);
        if (!ens_str_is(id, rows[i].id)) {
            fail_msg("%s gives %.*s", rows[i].text, ENS_STR_ARG(id));
        }
    }
}

static void test_sampled(void **state)
{
    struct ens_trace trace;

    (void)state;
    assert_true(ens_trace_parse(ENS_STR("00-" TRACE "-" SPAN "-02"), &trace));
    assert_false(trace.sampled);
    assert_true(ens_trace_parse(ENS_STR("00-" TRACE "-" SPAN "-03"), &trace));
    assert_true(trace.sampled);
}

static void test_below(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    uint8_t value = 0;
    const struct ens_entropy entropy = {.fill = fill, .ud = &value};
    const struct ens_trace none = {0};
    struct ens_trace parent;

    (void)state;
    /* Ids are never zero, whatever the entropy is. */
    const struct ens_trace first = ens_trace_below(&none, &entropy);
    assert_true(ens_trace_is_set(&first) && first.sampled);
    assert_int_equal(first.span_id[ENS_SPAN_ID_BYTES - 1], 1);
    assert_int_equal(ens_trace_id_text(arena, &none).len, 0);
    value = 0xab;
    assert_true(ens_trace_parse(ENS_STR("00-" TRACE "-" SPAN "-00"), &parent));
    const struct ens_trace second = ens_trace_below(&parent, &entropy);
    assert_true(ens_str_is(ens_trace_id_text(arena, &second), TRACE));
    assert_int_equal(second.span_id[0], 0xab);
    assert_false(second.sampled);
}

static void test_format(void **state)
{
    static const struct ens_attribute attributes[] = {
        {ENS_ATTRIBUTE_TEXT, ENS_STR_INIT("a"), ENS_STR_INIT("\"x\x1b\xff"), 0},
        {ENS_ATTRIBUTE_TEXT, ENS_STR_INIT("left.out"), ENS_STR_INIT(""), 0},
        {ENS_ATTRIBUTE_NONE, ENS_STR_INIT("left.out"), ENS_STR_INIT("x"), 1},
        {ENS_ATTRIBUTE_NUMBER, ENS_STR_INIT("n"), ENS_STR_INIT(""), INT64_MIN},
        {ENS_ATTRIBUTE_FLAG, ENS_STR_INIT("f"), ENS_STR_INIT(""), 1},
    };
    ENS_AUTO_BUF out = ens_buf_new(ENS_SPAN_JSON_MAX);
    struct ens_span span = {
        .remote_parent = true,
        .kind = ENS_SPAN_CLIENT,
        .name = ENS_STR("start"),
        .start_unix_ms = 1788249600000,
        .end_unix_ms = 1788249600001,
        .attributes = attributes,
        .attribute_count = ENS_COUNT(attributes),
        .failed = true,
        .failure = ENS_STR("gone"),
    };

    (void)state;
    assert_true(ens_trace_parse(ENS_STR("00-" TRACE "-" SPAN "-01"), &span.trace));
    ens_span_format(&span, &out);
    assert_string_equal(
        ens_buf_text(&out),
        "{\"traceId\": \"" TRACE "\", \"spanId\": \"" SPAN "\", \"flags\": 257, "
        "\"name\": \"start\", \"kind\": 3, \"startTimeUnixNano\": \"1788249600000000000\", "
        "\"endTimeUnixNano\": \"1788249600001000000\", \"attributes\": ["
        "{\"key\": \"a\", \"value\": {\"stringValue\": \"\\\"x\xef\xbf\xbd\xef\xbf\xbd\"}}, "
        "{\"key\": \"n\", \"value\": {\"intValue\": \"-9223372036854775808\"}}, "
        "{\"key\": \"f\", \"value\": {\"boolValue\": true}}], "
        "\"status\": {\"code\": 2, \"message\": \"gone\"}}");
}

/* The largest span that can be made fits the room for it. */
static void test_largest(void **state)
{
    static char longest[2 * ENS_SPAN_TEXT_MAX];
    struct ens_attribute attributes[ENS_SPAN_ATTRIBUTES];
    ENS_AUTO_BUF out = ens_buf_new(ENS_SPAN_JSON_MAX);
    struct ens_span span = {.name = {longest, sizeof(longest)},
                            .failed = true,
                            .failure = {longest, sizeof(longest)},
                            .attributes = attributes,
                            .attribute_count = ENS_COUNT(attributes)};

    (void)state;
    memset(longest, 0xff, sizeof(longest)); /* each becomes U+FFFD, of three bytes */
    for (size_t i = 0; i < ENS_COUNT(attributes); i++) {
        attributes[i] = (struct ens_attribute){ENS_ATTRIBUTE_TEXT,
                                               ENS_STR("http.response.status_code"), span.name, 0};
    }
    ens_span_format(&span, &out);
    assert_false(ens_buf_failed(&out));
    assert_true(out.len > ENS_SPAN_TEXT_MAX * ENS_SPAN_ATTRIBUTES);
}

static void test_rejected(void **state)
{
    static const struct {
        const char *body;
        size_t count;
        const char *why;
    } rows[] = {
        {"", 0, ""},
        {"{}", 0, ""},
        {"{\"partialSuccess\": {}}", 0, ""},
        {"{\"partialSuccess\": {\"rejectedSpans\": \"3\", \"errorMessage\": \"no\\nroom\"}}", 3,
         "no room"},
        {"{\"partialSuccess\": {\"rejectedSpans\": 2}}", 2, ""},
        {"{\"partialSuccess\": {\"rejectedSpans\": -2}}", 0, ""},
        {"{\"partialSuccess\": {\"rejectedSpans\": \"x\"}}", 0, ""},
        {"{\"partialSuccess\": {\"rejectedSpans\": \"0\", \"errorMessage\": \"hint\"}}", 0, "hint"},
        {"{\"partialSuccess\": [3]}", 0, ""},
        {"[1]", 0, ""},
        {"{\"partialSuccess\"", 0, ""},
        {"\xff", 0, ""},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        ens_str why;
        assert_int_equal(ens_spans_rejected(arena, ens_str_of(rows[i].body), &why), rows[i].count);
        assert_true(ens_str_is(why, rows[i].why));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),   cmocka_unit_test(test_sampled),
        cmocka_unit_test(test_below),   cmocka_unit_test(test_format),
        cmocka_unit_test(test_largest), cmocka_unit_test(test_rejected),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
