#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kit/json.h"
#include "kit/text.h"
#include "support/exact_memory.h"

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
        {"{\"a\": \"\xff\"}", false},
        {"{\"a\": 99999999999999999999}", false},
        {"}{", false},
        {"{\"a\": \"[[[[{{{{\\\"\"}", true},
        {"{\"a\": \"", false},
        {"{\"a\\", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        KIT_AUTO_JSON *object = kit_json_object(kit_str(rows[i].text));
        if ((object != NULL) != rows[i].is_object) {
            fail_msg("%s", rows[i].text);
        }
    }
    assert_null(kit_json_object((ens_str){NULL, 0}));
    assert_null(kit_json_object((ens_str){"{}\0", 3}));
}

/* {"a": [[[...]]]}, depth levels in all */
static bool is_read_at_depth(size_t depth)
{
    char text[1024];
    size_t len = 0;

    memcpy(text, "{\"a\":", 5);
    len = 5;
    memset(text + len, '[', depth - 1);
    len += depth - 1;
    memset(text + len, ']', depth - 1);
    len += depth - 1;
    text[len++] = '}';
    KIT_AUTO_JSON *object = kit_json_object((ens_str){text, len});
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
    KIT_AUTO_JSON *object = kit_json_object(
        KIT_STR("{\"text\": \"a\\u0000b\", \"number\": -5, \"real\": 1.5, \"null\": null, "
                "\"twice\": \"1\", \"twice\": \"2\", \"empty\": \"\"}"));

    (void)state;
    assert_non_null(object);
    exact_memory_init(&exact);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_objects),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_members),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
