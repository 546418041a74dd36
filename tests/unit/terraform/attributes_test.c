/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <tfplugin6.pb-c.h>

#include "blocks.h"
#include "terraform/change.h"
#include "terraform/conform.h"
#include "terraform/json.h"
#include "terraform/schema_wire.h"

#define SINGLE "ensure_instance_running"

static void test_plan_objects(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const struct ens_tf_schema *schema = test_schema("ensure_plan");
    struct ens_value object = ens_tf_null_object(arena, schema->attributes);
    struct ens_tf_instance instances[] = {
        {.result = test_result("i-a", ENS_STATUS_RUNNING, "RUNNING", ENS_ACTION_NONE,
                               ENS_REASON_ALREADY_RUNNING)},
        {.result = test_result("i-b", ENS_STATUS_STOPPED, "STOPPED", ENS_ACTION_REFUSE,
                               ENS_REASON_NO_CAPACITY)},
    };
    struct ens_tf_report report = {instances, 2};

    (void)state;
    instances[1].result.http_status = 500;
    instances[1].result.confidence = ENS_CONFIDENCE_VALIDATED;
    instances[1].result.message = ENS_STR("bad \xFF byte");
    ens_tf_fill_computed(arena, schema->attributes, &report, &object);
    assert_int_equal(ens_tf_conform(schema->attributes, &object, NULL), ENS_OK);
    assert_false(ens_value_at(&object, "ok")->boolean);
    const struct ens_value *list = ens_value_at(&object, "instances");
    assert_int_equal(list->list.count, 2);
    const struct ens_value *second = &list->list.items[1];
    assert_int_equal(ens_value_at(second, "http_status")->integer, 500);
    assert_true(ens_str_is(ens_value_text(ens_value_at(second, "reason")), "no_capacity"));
    assert_true(ens_str_is(ens_value_text(ens_value_at(second, "confidence")), "validated"));
    assert_true(
        ens_str_is(ens_value_text(ens_value_at(second, "message")), "bad \xEF\xBF\xBD byte"));

    report.count = 1;
    ens_tf_fill_computed(arena, schema->attributes, &report, &object);
    assert_true(ens_value_at(&object, "ok")->boolean);
}

/* A new computed attribute is one row: schema, codec, plan and state follow from it. */
static void test_a_new_attribute_is_one_row(void **state)
{
    const struct ens_tf_attribute *old = test_schema(SINGLE)->attributes;
    const size_t count = ens_tf_attribute_count(old);
    struct ens_tf_attribute table[32] = {{.name = NULL}};
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_value proposed = ENS_NULL;
    struct ens_tf_change change;
    struct ens_tf_instance instance = {.result = test_result("i-a", ENS_STATUS_RUNNING, "RUNNING",
                                                             ENS_ACTION_START, ENS_REASON_OK)};
    struct ens_tf_report report = {&instance, 1};
    struct ens_tf_targets targets = {.items = &instance.result.target, .count = 1, .known = true};

    (void)state;
    memcpy(table, old, count * sizeof(*table));
    table[count] = (struct ens_tf_attribute){.name = "reason",
                                             .type = ENS_TF_STRING,
                                             .flags = ENS_TF_COMPUTED,
                                             .description = "Why.",
                                             .fill = ens_tf_fill_reason};
    const struct ens_tf_schema schema = {.kind = ENS_TF_RESOURCE, .attributes = table};
    const struct Tfplugin6__Schema *wire = ens_tf_schema_to_wire(arena, &schema);
    assert_int_equal(wire->block->n_attributes, count); /* timeouts is a block */
    assert_string_equal(wire->block->attributes[count - 1]->name, "reason");

    assert_int_equal(ens_tf_json_read(arena, ENS_TF_JSON_STATE, table,
                                      ENS_STR("{\"cloud\": \"volcengine\"}"), &proposed, NULL),
                     ENS_OK);
    ens_tf_plan_change(arena, table, &ENS_NULL, &proposed, &targets, &change);
    assert_int_equal(ens_value_at(&change.planned, "reason")->kind, ENS_VALUE_UNKNOWN);
    ens_tf_fill_computed(arena, table, &report, &change.planned);
    assert_true(ens_str_is(ens_value_text(ens_value_at(&change.planned, "reason")), "ok"));
}

static void test_timeouts(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_value block =
        test_block(arena, SINGLE, "{\"timeouts\": {\"create\": \"90s\", \"update\": null}}");
    struct ens_value action = test_block(arena, "ensure_start", "{\"timeout\": \"2m\"}");
    struct ens_value none = test_block(arena, SINGLE, "{}");

    (void)state;
    assert_int_equal(ens_tf_timeout(&block, "create"), 90000);
    assert_int_equal(ens_tf_timeout(&block, "update"), 0);
    assert_int_equal(ens_tf_timeout(&none, "create"), 0);
    assert_int_equal(ens_tf_timeout(&action, "timeout"), 120000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plan_objects),
        cmocka_unit_test(test_a_new_attribute_is_one_row),
        cmocka_unit_test(test_timeouts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
