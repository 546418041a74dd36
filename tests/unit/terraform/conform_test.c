/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "blocks.h"
#include "terraform/conform.h"

#define SINGLE   "ensure_instance_running"
#define PLURAL   "ensure_instances_running"
#define ONE(id)  "{\"cloud\": \"alibaba\", \"instance_id\": \"" id "\"}"
#define SET(ids) "{\"cloud\": \"baidu\", \"region\": \"bj\", \"instance_ids\": [" ids "]}"
#define ID62     "i-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

/* Configurations, and the path of the first error; NULL: valid. */
static const struct {
    const char *schema;
    const char *json;
    const char *where;
    const char *says;
} rows[] = {
    {SINGLE, ONE("i-bp67acfmxazb4p0001"), NULL, NULL},
    {SINGLE, ONE("?"), NULL, NULL},
    {SINGLE, ONE(ID62), NULL, NULL},
    {SINGLE, ONE(ID62 "aaa"), "instance_id", "malformed"},
    {SINGLE, ONE("vm-1"), "instance_id", "malformed"},
    {SINGLE, ONE("i-"), "instance_id", "malformed"},
    {SINGLE, ONE(""), "instance_id", "malformed"},
    {SINGLE, ONE("i-\\u00e4"), "instance_id", "malformed"},
    {SINGLE, "{\"cloud\": \"aws\"}", "cloud", "alibaba, baidu, volcengine"},
    {SINGLE, "{\"cloud\": \"Alibaba\"}", "cloud", "malformed"},
    {SINGLE, "{\"cloud\": \"?\"}", NULL, NULL},
    {SINGLE, "{\"region\": \"cn-beijing\"}", NULL, NULL},
    {SINGLE, "{\"region\": \"\"}", "region", "malformed"},
    {SINGLE, "{\"region\": \"CN Beijing\"}", "region", "malformed"},
    {SINGLE, "{\"region\": \"../..\"}", "region", "malformed"},
    {SINGLE, "{\"cloud\": null}", "cloud", "required"},
    {SINGLE, "{\"status\": \"running\"}", "status", "can't be set"},
    {SINGLE, "{\"status\": \"?\"}", "status", "can't be set"},
    {PLURAL, "{\"instance_ids\": null}", "instance_ids", "required"},
    {SINGLE, "{\"timeouts\": {\"create\": \"10m\", \"update\": \"?\"}}", NULL, NULL},
    {SINGLE, "{\"timeouts\": {\"create\": \"ten minutes\"}}", "timeouts.create", "not a duration"},
    {SINGLE, "{\"timeouts\": {\"update\": \"-1s\"}}", "timeouts.update", "not a duration"},
    {SINGLE, "{\"timeouts\": {\"update\": \"25h\"}}", "timeouts.update", "not a duration"},
    {PLURAL, SET("\"i-a\", \"i-b\""), NULL, NULL},
    {PLURAL, SET("\"i-a\", \"?\""), NULL, NULL},
    {PLURAL, SET("\"?\", \"?\""), NULL, NULL},
    {PLURAL, SET(""), "instance_ids", "empty"},
    {PLURAL, SET("\"i-a\", null"), "instance_ids", "null"},
    {PLURAL, SET("\"i-a\", \"b\""), "instance_ids", "malformed"},
    {"ensure", "{\"preflight\": \"warn\"}", NULL, NULL},
    {"ensure", "{\"preflight\": \"on\"}", "preflight", "\"enforce\""},
    {"ensure", "{\"baidu\": {\"region\": \"BJ\"}}", "baidu.region", "malformed"},
    {"ensure", "{\"baidu\": {\"endpoint\": \"http://127.0.0.1:1\"}}", NULL, NULL},
    {"ensure", "{\"baidu\": {\"endpoint\": \"127.0.0.1\"}}", "baidu.endpoint", ""},
    {"ensure", "{\"baidu\": {\"endpoint\": \"https://h/path\"}}", "baidu.endpoint", ""},
    {"ensure_start", "{\"timeout\": \"1x\"}", "timeout", "not a duration"},
};

/* Sets required attributes that the row does not have to some valid value. */
static void settle_required(const struct ens_tf_attribute *attributes, const char *json,
                            struct ens_value *value)
{
    for (; attributes->name != NULL; attributes++) {
        if ((attributes->flags & ENS_TF_REQUIRED) != 0 && strstr(json, attributes->name) == NULL) {
            ens_value_set(value, attributes->name, ENS_UNKNOWN);
        }
    }
}

static void test_rows(void **state)
{
    struct ens_registry *registry = test_registry();

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        ENS_AUTO_DIAGS diags = {0};
        struct ens_value value = test_block(arena, rows[i].schema, rows[i].json);
        settle_required(test_schema(rows[i].schema)->attributes, rows[i].json, &value);
        ens_tf_validate(test_schema(rows[i].schema)->attributes, &value, registry, &diags);
        if ((diags.count > 0) != (rows[i].where != NULL)) {
            fail_msg("%s: %zu findings", rows[i].json, diags.count);
        }
        if (rows[i].where != NULL) {
            assert_string_equal(diags.items[0].where, rows[i].where);
            assert_non_null(strstr(diags.items[0].summary, rows[i].says));
        }
    }
    ens_registry_free(registry);
}

static size_t findings_of_set(size_t count)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_DIAGS diags = {0};
    struct ens_registry *registry = test_registry();
    struct ens_value value = test_block(arena, PLURAL, SET(""));
    struct ens_value ids = ens_value_list(arena, count);

    for (size_t i = 0; i < count; i++) {
        ids.list.items[i] = ens_value_string(arena, ens_arena_printf(arena, "i-%zu", i));
    }
    ens_value_set(&value, "instance_ids", ids);
    settle_required(test_schema(PLURAL)->attributes, "instance_ids", &value);
    ens_tf_validate(test_schema(PLURAL)->attributes, &value, registry, &diags);
    ens_registry_free(registry);
    return diags.count;
}

static void test_set_is_limited(void **state)
{
    (void)state;
    assert_int_equal(findings_of_set(ENS_TF_INSTANCES_MAX), 0);
    assert_int_equal(findings_of_set(ENS_TF_INSTANCES_MAX + 1), 1);
}

static void test_shape(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const struct ens_tf_attribute *attributes = test_schema(PLURAL)->attributes;
    struct ens_value whole = ens_tf_null_object(arena, attributes);
    struct ens_value text = ens_value_string(arena, ENS_STR("x"));

    (void)state;
    assert_int_equal(ens_tf_conform(attributes, &whole, NULL), ENS_OK);
    assert_int_equal(ens_tf_conform(attributes, &ENS_NULL, NULL), ENS_OK);
    assert_int_equal(ens_tf_conform(attributes, &text, NULL), ENS_MALFORMED);

    struct ens_value fewer = whole;
    fewer.map.count--;
    assert_int_equal(ens_tf_conform(attributes, &fewer, NULL), ENS_MALFORMED);

    struct ens_value twice = ens_value_copy(arena, &whole);
    twice.map.pairs[0].key = twice.map.pairs[1].key;
    assert_int_equal(ens_tf_conform(attributes, &twice, NULL), ENS_MALFORMED);

    struct ens_value wrong = ens_value_copy(arena, &whole);
    ens_value_set(&wrong, "instance_ids", text);
    assert_int_equal(ens_tf_conform(attributes, &wrong, NULL), ENS_MALFORMED);
    ens_value_set(&wrong, "instance_ids", ens_value_map(arena, 0));
    assert_int_equal(ens_tf_conform(attributes, &wrong, NULL), ENS_MALFORMED);
    ens_value_set(&wrong, "instance_ids", ens_value_list(arena, 0));
    ens_value_set(&wrong, "statuses", ens_value_list(arena, 0));
    assert_int_equal(ens_tf_conform(attributes, &wrong, NULL), ENS_MALFORMED);
}

/* Numbers have three representations. */
static void test_numbers(void **state)
{
    static const struct ens_tf_attribute attributes[] = {
        {.name = "size", .type = ENS_TF_NUMBER, .flags = ENS_TF_OPTIONAL},
        {.name = NULL},
    };
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_value object = ens_tf_null_object(arena, attributes);
    struct ens_value good[] = {ens_value_integer(-5),
                               {.kind = ENS_VALUE_FLOAT, .number = 1.5},
                               ens_value_string(arena, ENS_STR("100000000000000000000")),
                               ens_value_string(arena, ENS_STR("1.5e-30")),
                               ENS_NULL,
                               ENS_UNKNOWN};
    struct ens_value bad[] = {ens_value_bool(true), ens_value_string(arena, ENS_STR("")),
                              ens_value_string(arena, ENS_STR("five")), ens_value_list(arena, 0)};

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(good); i++) {
        ens_value_set(&object, "size", good[i]);
        assert_int_equal(ens_tf_conform(attributes, &object, NULL), ENS_OK);
    }
    for (size_t i = 0; i < ENS_COUNT(bad); i++) {
        ens_value_set(&object, "size", bad[i]);
        assert_int_equal(ens_tf_conform(attributes, &object, NULL), ENS_MALFORMED);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_set_is_limited),
        cmocka_unit_test(test_shape),
        cmocka_unit_test(test_numbers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
