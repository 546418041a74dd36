/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "blocks.h"
#include "terraform/selector.h"

#define BLOCK      "ensure_instances"
#define PLACE      "\"cloud\": \"baidu\", \"region\": \"bj\""
#define WITH(more) "{" PLACE ", " more "}"
#define X64        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define X256       X64 X64 X64 X64

/* Blocks, and the attribute and text of the error; NULL: valid. */
static const struct {
    const char *json;
    const char *where;
    const char *says;
} rows[] = {
    {"{" PLACE "}", NULL, NULL},
    {"{\"region\": \"bj\"}", "cloud", "malformed"},
    {"{\"cloud\": \"aws\", \"region\": \"bj\"}", "cloud", "alibaba, baidu, volcengine"},
    {"{\"cloud\": \"baidu\"}", "region", "malformed"},
    {"{\"cloud\": \"?\", \"region\": \"no region\"}", NULL, NULL},
    {"{\"cloud\": \"?\", \"region\": \"bj\", \"name\": \"x" X256 "\"}", "name", "256 bytes"},
    {"{\"cloud\": \"baidu\", \"region\": \"?\", \"limit\": 0}", "limit", "1 to 100000"},
    {WITH("\"status\": [\"stopped\", \"unknown\"]"), NULL, NULL},
    {WITH("\"status\": []"), NULL, NULL},
    {WITH("\"status\": [\"?\"]"), NULL, NULL},
    {WITH("\"status\": [\"?\", \"?\"]"), NULL, NULL},
    {WITH("\"status\": [\"Stopped\"]"), "status", "\"Stopped\" is not a status"},
    {WITH("\"status\": [\"absent\"]"), "status", "\"absent\" is not a status"},
    {WITH("\"status\": [\"running\", null]"), "status", "null"},
    {WITH("\"tags\": {}"), NULL, NULL},
    {WITH("\"tags\": {\"env\": \"?\", \"empty\": \"\"}"), NULL, NULL},
    {WITH("\"tags\": {\"\": \"ci\"}"), "tags", "needs a key"},
    {WITH("\"tags\": {\"env\": null}"), "tags", "null"},
    {WITH("\"tags\": {\"env\": \"x" X256 "\"}"), "tags", "256 bytes"},
    {WITH("\"name\": \"\", \"zone\": \"\", \"group\": \"\""), NULL, NULL},
    {WITH("\"name\": \"" X256 "\""), NULL, NULL},
    {WITH("\"zone\": \"x" X256 "\""), "zone", "256 bytes"},
    {WITH("\"group\": \"x" X256 "\""), "group", "256 bytes"},
    {WITH("\"limit\": 1"), NULL, NULL},
    {WITH("\"limit\": 100000"), NULL, NULL},
    {WITH("\"limit\": 100001"), "limit", "1 to 100000"},
    {WITH("\"limit\": -1"), "limit", "1 to 100000"},
    {WITH("\"limit\": 1.5"), "limit", "1 to 100000"},
};

static void test_rows(void **state)
{
    struct ens_registry *registry = test_registry();

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        ENS_AUTO_DIAGS diags = {0};
        struct ens_selector selector;
        const struct ens_value block = test_block(arena, BLOCK, rows[i].json);
        ens_rc rc = ens_tf_selector_read(arena, &block, registry, &selector, &diags);
        if ((rc != ENS_OK) != (rows[i].where != NULL)) {
            fail_msg("%s: %d", rows[i].json, (int)rc);
        }
        assert_int_equal(diags.count, rc != ENS_OK);
        if (rc != ENS_OK) {
            assert_string_equal(diags.items[0].where, rows[i].where);
            assert_non_null(strstr(diags.items[0].summary, rows[i].says));
        }
    }
    ens_registry_free(registry);
}

static void test_members(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_registry *registry = test_registry();
    struct ens_selector selector;
    const struct ens_value block = test_block(
        arena, BLOCK,
        WITH("\"status\": [\"stopped\", \"busy\"], \"tags\": {\"env\": \"ci\"}, \"name\": \"w*\", "
             "\"zone\": \"z\", \"group\": \"g\", \"limit\": 7"));

    (void)state;
    assert_int_equal(ens_tf_selector_read(arena, &block, registry, &selector, NULL), ENS_OK);
    ens_registry_free(registry);
    assert_true(ens_str_is(ens_selector_text(arena, &selector),
                           "status stopped, status busy, tag env=ci, name w*, zone z, group g"));
    assert_true(ens_str_is(selector.cloud, "baidu") && ens_str_is(selector.region, "bj"));
    assert_int_equal(selector.limit, 7);
}

static struct ens_value block_with_tags(struct ens_arena *arena, size_t count)
{
    struct ens_value block = test_block(arena, BLOCK, "{" PLACE "}");
    struct ens_value tags = ens_value_map(arena, count);

    for (size_t i = 0; i < count; i++) {
        tags.map.pairs[i].key = ens_arena_printf(arena, "key-%zu", i);
        tags.map.pairs[i].value = ens_value_string(arena, ENS_STR("v"));
    }
    ens_value_set(&block, "tags", tags);
    return block;
}

static void test_tags_are_limited(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_registry *registry = test_registry();
    struct ens_selector selector;
    const struct ens_value most = block_with_tags(arena, ENS_SELECTOR_TAGS_MAX);
    const struct ens_value more = block_with_tags(arena, ENS_SELECTOR_TAGS_MAX + 1);

    (void)state;
    assert_int_equal(ens_tf_selector_read(arena, &most, registry, &selector, NULL), ENS_OK);
    assert_int_equal(selector.tag_count, ENS_SELECTOR_TAGS_MAX);
    assert_int_equal(ens_tf_selector_read(arena, &more, registry, &selector, NULL), ENS_LIMIT);
    ens_registry_free(registry);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_members),
        cmocka_unit_test(test_tags_are_limited),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
