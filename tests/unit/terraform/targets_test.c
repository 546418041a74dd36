/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "blocks.h"
#include "terraform/targets.h"

#define SINGLE "ensure_instance_running"
#define PLURAL "ensure_instances_running"

static ens_rc read_block(struct ens_arena *arena, const char *schema, const char *json,
                         struct ens_tf_targets *ret, struct ens_diags *diags)
{
    struct ens_registry *registry = test_registry();
    struct ens_value block = test_block(arena, schema, json);
    ens_rc rc = ens_tf_targets_read(arena, &block, registry, ret, diags);

    ens_registry_free(registry);
    return rc;
}

static void test_single(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_tf_targets targets = {0};

    (void)state;
    assert_int_equal(
        read_block(arena, SINGLE,
                   "{\"cloud\": \"baidu\", \"region\": \"bj\", \"instance_id\": \"i-a\"}", &targets,
                   NULL),
        ENS_OK);
    assert_true(targets.known);
    assert_int_equal(targets.count, 1);
    assert_true(ens_str_is(ens_target_text(arena, &targets.items[0]), "baidu/bj/i-a"));
}

static void test_set_is_sorted_and_each_once(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_tf_targets targets = {0};

    (void)state;
    assert_int_equal(read_block(arena, PLURAL,
                                "{\"cloud\": \"baidu\", \"region\": \"bj\", \"instance_ids\": "
                                "[\"i-b\", \"i-a\", \"i-b\"]}",
                                &targets, NULL),
                     ENS_OK);
    assert_int_equal(targets.count, 2);
    assert_true(ens_str_is(targets.items[0].id, "i-a"));
    assert_true(ens_str_is(targets.items[1].id, "i-b"));
}

static const struct {
    const char *schema;
    const char *json;
} unknowns[] = {
    {SINGLE, "{\"cloud\": \"baidu\", \"region\": \"bj\", \"instance_id\": \"?\"}"},
    {SINGLE, "{\"cloud\": \"baidu\", \"region\": \"?\", \"instance_id\": \"i-a\"}"},
    {SINGLE, "{\"cloud\": \"?\", \"region\": \"bj\", \"instance_id\": \"i-a\"}"},
    {SINGLE, "{\"cloud\": \"?\", \"instance_id\": \"i-a\"}"},
    {PLURAL, "{\"cloud\": \"baidu\", \"region\": \"bj\", \"instance_ids\": [\"i-a\", \"?\"]}"},
    {PLURAL, "{\"cloud\": \"baidu\", \"region\": \"bj\", \"instance_ids\": [\"?\", \"?\"]}"},
};

static void test_unknown_parts(void **state)
{
    (void)state;
    for (size_t i = 0; i < ENS_COUNT(unknowns); i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        struct ens_tf_targets targets = {.known = true, .count = 9};
        assert_int_equal(read_block(arena, unknowns[i].schema, unknowns[i].json, &targets, NULL),
                         ENS_OK);
        assert_false(targets.known);
        assert_int_equal(targets.count, 0);
    }
}

/* Values that a host may send although validation refused them. */
static const struct {
    const char *schema;
    const char *json;
    const char *where;
} refusals[] = {
    {SINGLE, "{\"cloud\": \"baidu\", \"instance_id\": \"i-a\"}", "region"},
    {SINGLE, "{\"cloud\": \"aws\", \"region\": \"bj\", \"instance_id\": \"i-a\"}", "cloud"},
    {SINGLE, "{\"region\": \"bj\", \"instance_id\": \"i-a\"}", "cloud"},
    {SINGLE, "{\"cloud\": \"baidu\", \"region\": \"B\", \"instance_id\": \"i-a\"}", "region"},
    {SINGLE, "{\"cloud\": \"baidu\", \"region\": \"bj\"}", "instance_id"},
    {PLURAL, "{\"cloud\": \"baidu\", \"region\": \"bj\", \"instance_ids\": []}", "instance_ids"},
    {PLURAL, "{\"cloud\": \"baidu\", \"region\": \"bj\"}", "instance_ids"},
    {PLURAL, "{\"cloud\": \"baidu\", \"region\": \"bj\", \"instance_ids\": [null]}",
     "instance_ids"},
};

static void test_refusals(void **state)
{
    (void)state;
    for (size_t i = 0; i < ENS_COUNT(refusals); i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        ENS_AUTO_DIAGS diags = {0};
        struct ens_tf_targets targets = {0};
        assert_int_not_equal(
            read_block(arena, refusals[i].schema, refusals[i].json, &targets, &diags), ENS_OK);
        assert_int_equal(diags.count, 1);
        assert_string_equal(diags.items[0].where, refusals[i].where);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_single),
        cmocka_unit_test(test_set_is_sorted_and_each_once),
        cmocka_unit_test(test_unknown_parts),
        cmocka_unit_test(test_refusals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
