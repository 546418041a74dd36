/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kit/json.h"
#include "kit/json_pick.h"
#include "kit/text.h"
#include "support/exact_memory.h"
#include "support/pick.h"

#define NAMES "a list id maybe?"

static void test_picked(void **state)
{
    static const struct {
        const char *text;
        const char *picked;
    } rows[] = {
        {"{}", "{}"},
        {"{\"a\":1}", "{\"a\":1}"},
        {"{\"b\":1}", "{}"},
        {"{\"b\":1,\"c\":2}", "{}"},
        {"{\"a\":1,\"b\":2}", "{\"a\":1}"},
        {"{\"b\":1,\"a\":2}", "{\"a\":2}"},
        {"{\"b\":1,\"c\":2,\"a\":3,\"d\":4,\"id\":5,\"e\":6}", "{\"a\":3,\"id\":5}"},
        {" { \"b\" : 1 , \"a\" : 2 , \"c\" : 3 } \n", " { \"a\" : 2 } \n"},
        /* at any depth, but not below what is left out */
        {"{\"list\":[{\"x\":1,\"id\":\"1\"},[],{\"y\":[{\"id\":2}]},5],\"b\":{\"a\":1}}",
         "{\"list\":[{\"id\":\"1\"},[],{},5]}"},
        {"{\"a\":{\"a\":{\"b\":1},\"b\":{}}}", "{\"a\":{\"a\":{}}}"},
        /* the last of two counts, as before */
        {"{\"a\":1,\"b\":2,\"a\":3}", "{\"a\":1,\"a\":3}"},
        /* a part of a name is another name */
        {"{\"lis\":1,\"list \":2,\"List\":3,\"list id\":4,\"\":5,\" \":6}", "{}"},
        /* values that are left out */
        {"{\"b\":\"}]\\\"\\\\,\",\"c\":[[{\"d\":[]}],-1.5e+3,true,false,null],\"a\":0}",
         "{\"a\":0}"},
        {"{\"b\":\"\\u00e4\\ud800 \xff\x01\",\"c\":1e999,\"d\":99999999999999999999,\"a\":0}",
         "{\"a\":0}"},
        {"{\"\xff\n\":1,\"a\":0}", "{\"a\":0}"},
        {"\xef\xbb\xbf{\"b\":1}", "{}"},
        /* values that are kept are not changed */
        {"{\"a\":\"\\u00e4\\ud800 \xff\",\"id\":1e999}",
         "{\"a\":\"\\u00e4\\ud800 \xff\",\"id\":1e999}"},
        {"[{\"a\":1,\"b\":2}]", "[{\"a\":1}]"},
        /* what is left out if it is empty */
        {"{\"maybe\":{},\"a\":1}", "{\"a\":1}"},
        {"{\"a\":1,\"maybe\":[]}", "{\"a\":1}"},
        {"{\"maybe\":{\"a\":[],\"b\":[{}]}}", "{}"},
        {"{\"a\":{\"maybe\":{\"b\":{}}},\"b\":1}", "{\"a\":{}}"},
        {"{\"maybe\":{\"a\":[\"x\"],\"b\":1}}", "{\"maybe\":{\"a\":[\"x\"]}}"},
        {"{\"maybe\":null}", "{\"maybe\":null}"},
        {"{\"maybe\":\"\"}", "{\"maybe\":\"\"}"},
        {"{\"maybe\":{\"b\":1}}", "{\"maybe\":{}}"},
        {"{\"maybe\":{},\"maybe\":1,\"maybe\":[]}", "{\"maybe\":1,\"maybe\":[]}"},
        {"{\"list\":{}}", "{\"list\":{}}"},
        {"{\"maybe?\":1}", "{}"},
    };
    struct exact_memory exact;

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const ens_str text = kit_str(rows[i].text);
        exact_memory_init(&exact);
        const ens_str picked = kit_json_pick(&exact.memory, text, NAMES);
        const char *fault = test_pick_fault(&exact.memory, text, NAMES);
        if (!kit_is(picked, rows[i].picked) || fault != NULL) {
            fail_msg("%s: %.*s (%s)", rows[i].text, (int)picked.len, picked.ptr,
                     fault == NULL ? "" : fault);
        }
        exact_memory_done(&exact);
    }
}

/* Texts that are returned as they are. */
static void test_left_whole(void **state)
{
    static const char *const rows[] = {
        "",
        " ",
        "\xef\xbb\xbf",
        "{",
        "{\"b\":1",
        "{\"b\":1}}",
        "{\"b\":1} x",
        "{\"b\":1,}",
        "{,\"b\":1}",
        "{\"b\":1 \"c\":2}",
        "{\"b\" 1}",
        "{b:1}",
        "{\"b\":}",
        "{\"b\":tru}",
        "{\"b\":truex}",
        "{\"b\":True}",
        "{\"b\":01}",
        "{\"b\":-}",
        "{\"b\":+1}",
        "{\"b\":1.}",
        "{\"b\":.5}",
        "{\"b\":1e}",
        "{\"b\":[1,]}",
        "{\"b\":[1 2]}",
        "{\"b\":[1}",
        "{\"b\":{1]}",
        "{\"b\":\"\\x\"}",
        "{\"b\":\"\\u12g4\"}",
        "{\"b\":\"\\",
        "{\"b\":\"\\u12",
        "{\"b\":\"x}",
        "{\"b\":1}\v",
        "{\"b\\u0000\":1}",
        /* read by the parser: */
        "{\"\\u0061\":1,\"b\":2}",
    };
    struct exact_memory exact;

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const ens_str text = kit_str(rows[i]);
        exact_memory_init(&exact);
        const ens_str picked = kit_json_pick(&exact.memory, text, NAMES);
        const char *fault = test_pick_fault(&exact.memory, text, NAMES);
        if (picked.ptr != text.ptr || picked.len != text.len || fault != NULL) {
            fail_msg("%s: %.*s (%s)", rows[i], (int)picked.len, picked.ptr,
                     fault == NULL ? "" : fault);
        }
        exact_memory_done(&exact);
    }
}

/* Nesting in what is left out is limited as everywhere. */
static void test_depth(void **state)
{
    (void)state;
    for (size_t levels = KIT_JSON_DEPTH_MAX - 1; levels <= KIT_JSON_DEPTH_MAX; levels++) {
        struct exact_memory exact;
        exact_memory_init(&exact);
        struct kit_text text = kit_text_new(&exact.memory);
        kit_text_add(&text, KIT_STR("{\"b\":")); /* a level too */
        for (size_t i = 0; i < 2 * levels; i++) {
            kit_text_add_byte(&text, i < levels ? '[' : ']');
        }
        kit_text_add_byte(&text, '}');
        const ens_str picked = kit_json_pick(&exact.memory, kit_text_done(&text), NAMES);
        const char *fault = test_pick_fault(&exact.memory, kit_text_done(&text), NAMES);
        const bool is_picked = kit_is(picked, "{}");
        exact_memory_done(&exact);
        assert_null(fault);
        assert_int_equal(is_picked, levels < KIT_JSON_DEPTH_MAX);
    }
}

static const char sample[] =
    "{\"RequestId\": \"4A\\u00e4\\\"\", \"list\": [{\"id\": \"i-1\", \"n\": [-1.5e3, 12, true], "
    "\"a\": null}, {\"o\": {\"p\": false, \"q\": {}}, \"id\": \"\xe4\xbd\xa0\"}], \"NextToken\": "
    "\"\"}";

static void check(ens_str text)
{
    struct exact_memory exact;

    exact_memory_init(&exact);
    const char *fault = test_pick_fault(&exact.memory, text, NAMES);
    exact_memory_done(&exact);
    if (fault != NULL) {
        fail_msg("%.*s: %s", (int)text.len, text.ptr, fault);
    }
}

/* A reply that ends too early, at each of its bytes. */
static void test_truncated(void **state)
{
    struct exact_memory exact;

    (void)state;
    for (size_t len = 0; len < sizeof(sample) - 1; len++) {
        ens_str error = {NULL, 0};
        const ens_str text = {sample, len};
        exact_memory_init(&exact);
        KIT_AUTO_JSON *object =
            kit_json_object(&exact.memory, kit_json_pick(&exact.memory, text, NAMES), 0, &error);
        exact_memory_done(&exact);
        assert_null(object);
        check(text);
    }
}

/* A reply in which one byte is another, or is missing. */
static void test_changed(void **state)
{
    static const char others[] = "\"\\{}[]:, -0.eutnx/\n\x01\xff";
    char text[sizeof(sample)];

    (void)state;
    for (size_t at = 0; at < sizeof(sample) - 1; at++) {
        for (size_t i = 0; i < sizeof(others); i++) {
            memcpy(text, sample, sizeof(sample));
            text[at] = others[i]; /* the last is NUL */
            check((ens_str){text, sizeof(sample) - 1});
        }
        memmove(text + at, sample + at + 1, sizeof(sample) - 1 - at);
        check((ens_str){text, sizeof(sample) - 2});
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_picked),  cmocka_unit_test(test_left_whole),
        cmocka_unit_test(test_depth),   cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_changed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
