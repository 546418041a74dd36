/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <tfplugin6.pb-c.h>

#include "blocks.h"
#include "terraform/conform.h"
#include "terraform/found.h"
#include "terraform/msgpack.h"

#define BLOCK "ensure_instances"

static const struct ens_pair tags[] = {{ENS_STR_INIT("env"), ENS_STR_INIT("ci")},
                                       {ENS_STR_INIT("empty"), ENS_STR_INIT("")}};

static struct ens_finding finding(ens_str name)
{
    return (struct ens_finding){
        .target = {ENS_STR("baidu"), ENS_STR("bj"), ENS_STR("i-a")},
        .name = name,
        .status = ENS_STATUS_STOPPED,
        .provider_status = ENS_STR("Stopped"),
        .zone = ENS_STR("cn-bj-a"),
        .instance_type = ENS_STR("bcc.g5"),
        .charge_type = ENS_STR("Postpaid"),
        .tags = tags,
        .tag_count = ENS_COUNT(tags),
    };
}

static void test_block_of_what_was_found(void **state)
{
    static const char *const texts[][2] = {
        {"target", "baidu/bj/i-a"},     {"name", "web \xEF\xBF\xBD"}, {"status", "stopped"},
        {"provider_status", "Stopped"}, {"zone", "cn-bj-a"},          {"instance_type", "bcc.g5"},
        {"charge_type", "Postpaid"},
    };
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const struct ens_tf_schema *schema = test_schema(BLOCK);
    struct ens_tf_diags diags = ens_tf_diags_new(arena, schema);
    struct ens_tf_found found = ens_tf_found_new(arena, schema);
    struct ens_value block = ens_tf_null_object(arena, schema->attributes);
    char name[] = "web \xFF"; /* text of a cloud, which is gone after the call */
    const struct ens_finding one = finding(ens_str_of(name));

    (void)state;
    ens_tf_found_add(&found, &one);
    memset(name, 'x', sizeof(name) - 1);
    ens_tf_found_fill(&found, &block, &diags);
    assert_int_equal(diags.count, 0);
    assert_int_equal(ens_tf_conform(schema->attributes, &block, NULL), ENS_OK);
    const struct ens_value *ids = ens_value_at(&block, "instance_ids");
    assert_int_equal(ids->list.count, 1);
    assert_true(ens_str_is(ids->list.items[0].text, "i-a"));
    const struct ens_value *object = &ens_value_at(&block, "instances")->list.items[0];
    for (size_t i = 0; i < ENS_COUNT(texts); i++) {
        assert_true(ens_str_is(ens_value_text(ens_value_at(object, texts[i][0])), texts[i][1]));
    }
    const struct ens_value *shown = ens_value_at(object, "tags");
    assert_int_equal(shown->map.count, 2);
    assert_true(ens_str_is(ens_value_text(ens_value_at(shown, "env")), "ci"));
    assert_true(ens_str_is(ens_value_text(ens_value_at(shown, "empty")), ""));
}

static void test_nothing_found_is_two_empty_lists(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const struct ens_tf_schema *schema = test_schema(BLOCK);
    struct ens_tf_diags diags = ens_tf_diags_new(arena, schema);
    struct ens_tf_found found = ens_tf_found_new(arena, schema);
    struct ens_value block = ens_tf_null_object(arena, schema->attributes);

    (void)state;
    ens_tf_found_fill(&found, &block, &diags);
    assert_int_equal(diags.count, 0);
    assert_int_equal(ens_value_at(&block, "instances")->kind, ENS_VALUE_LIST);
    assert_int_equal(ens_value_at(&block, "instance_ids")->kind, ENS_VALUE_LIST);
}

/* Instances that fill the limit are kept, one more is an error; the value can be encoded. */
static void test_size_is_limited(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const struct ens_tf_schema *schema = test_schema(BLOCK);
    struct ens_tf_diags diags = ens_tf_diags_new(arena, schema);
    struct ens_tf_found found = ens_tf_found_new(arena, schema);
    struct ens_value block = ens_tf_null_object(arena, schema->attributes);
    char *name = ens_arena_alloc(arena, ENS_TF_FOUND_BYTES_MAX);
    memset(name, 'x', ENS_TF_FOUND_BYTES_MAX);
    struct ens_finding one = finding((ens_str){name, ENS_TF_FOUND_BYTES_MAX / 4});

    (void)state;
    ens_tf_found_add(&found, &one);
    const size_t rest = ENS_TF_FOUND_BYTES_MAX - 2 * found.bytes;
    one.name.len += rest;
    ens_tf_found_add(&found, &one);
    assert_int_equal(found.kept, 2);
    assert_int_equal(found.bytes, ENS_TF_FOUND_BYTES_MAX);
    ens_tf_found_fill(&found, &block, &diags);
    assert_int_equal(diags.count, 0);
    assert_true(ens_msgpack_write(arena, &block).len > ENS_TF_FOUND_BYTES_MAX);

    one = finding(ENS_STR("small"));
    ens_tf_found_add(&found, &one);
    ens_tf_found_add(&found, &one);
    assert_int_equal(found.kept, 2);
    ens_tf_found_fill(&found, &block, &diags);
    assert_int_equal(diags.count, 1);
    assert_true(ens_tf_diags_has_error(&diags));
    assert_non_null(strstr(diags.items[0]->detail, "4 instances were found"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_block_of_what_was_found),
        cmocka_unit_test(test_nothing_found_is_two_empty_lists),
        cmocka_unit_test(test_size_is_limited),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
