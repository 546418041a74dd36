#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "blocks.h"
#include "terraform/request.h"

#define SINGLE "ensure_instance_running"
#define PLURAL "ensure_instances_running"

static ens_rc read_block(struct ens_arena *arena, const char *schema, const char *json,
                         struct ens_tf_request *ret, struct ens_diags *diags)
{
    struct ens_registry *registry = test_registry();
    struct ens_value block = test_block(arena, schema, json);
    ens_rc rc = ens_tf_request_read(arena, &block, registry, ret, diags);

    ens_registry_free(registry);
    return rc;
}

static void test_single(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_tf_request request = {0};

    (void)state;
    assert_int_equal(
        read_block(arena, SINGLE,
                   "{\"cloud\": \"baidu\", \"region\": \"bj\", \"instance_id\": \"i-a\"}", &request,
                   NULL),
        ENS_OK);
    assert_true(request.known);
    assert_int_equal(request.count, 1);
    assert_true(ens_str_is(ens_target_text(arena, &request.targets[0]), "baidu/bj/i-a"));
}

static void test_set_is_sorted_and_each_once(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_tf_request request = {0};

    (void)state;
    assert_int_equal(read_block(arena, PLURAL,
                                "{\"cloud\": \"baidu\", \"region\": \"bj\", \"instance_ids\": "
                                "[\"i-b\", \"i-a\", \"i-b\"]}",
                                &request, NULL),
                     ENS_OK);
    assert_int_equal(request.count, 2);
    assert_true(ens_str_is(request.targets[0].id, "i-a"));
    assert_true(ens_str_is(request.targets[1].id, "i-b"));
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
        struct ens_tf_request request = {.known = true, .count = 9};
        assert_int_equal(read_block(arena, unknowns[i].schema, unknowns[i].json, &request, NULL),
                         ENS_OK);
        assert_false(request.known);
        assert_int_equal(request.count, 0);
    }
}

/* What a host could send although validation refused it. */
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
        struct ens_tf_request request = {0};
        assert_int_not_equal(
            read_block(arena, refusals[i].schema, refusals[i].json, &request, &diags), ENS_OK);
        assert_int_equal(diags.count, 1);
        assert_string_equal(diags.items[0].where, refusals[i].where);
    }
}

static void test_pending(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_tf_request request = {0};
    struct ens_value prior = test_block(
        arena, PLURAL,
        "{\"statuses\": {\"i-a\": \"running\", \"i-b\": \"stopped\", \"i-x\": \"failed\"}}");

    (void)state;
    assert_int_equal(read_block(arena, PLURAL,
                                "{\"cloud\": \"baidu\", \"region\": \"bj\", \"instance_ids\": "
                                "[\"i-a\", \"i-b\", \"i-c\"]}",
                                &request, NULL),
                     ENS_OK);
    struct ens_tf_request pending = ens_tf_request_pending(arena, &request, &prior);
    assert_int_equal(pending.count, 2);
    assert_true(ens_str_is(pending.targets[0].id, "i-b"));
    assert_true(ens_str_is(pending.targets[1].id, "i-c"));
    pending = ens_tf_request_pending(arena, &request, &ENS_NULL);
    assert_int_equal(pending.count, 3);
}

static void test_timeouts(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_value block =
        test_block(arena, SINGLE, "{\"timeouts\": {\"create\": \"90s\", \"update\": null}}");
    struct ens_value action = test_block(arena, "ensure_start", "{\"timeout\": \"2m\"}");
    struct ens_value none = test_block(arena, SINGLE, "{}");

    (void)state;
    assert_int_equal(ens_tf_request_timeout(&block, "create"), 90000);
    assert_int_equal(ens_tf_request_timeout(&block, "update"), 0);
    assert_int_equal(ens_tf_request_timeout(&none, "create"), 0);
    assert_int_equal(ens_tf_request_timeout(&action, "timeout"), 120000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_single),        cmocka_unit_test(test_set_is_sorted_and_each_once),
        cmocka_unit_test(test_unknown_parts), cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_pending),       cmocka_unit_test(test_timeouts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
