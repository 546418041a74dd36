#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <tfplugin6.pb-c.h>

#include "blocks.h"
#include "terraform/conform.h"
#include "terraform/fields.h"
#include "terraform/json.h"
#include "terraform/plan.h"
#include "terraform/schema_wire.h"
#include "terraform/state.h"

#define SINGLE "ensure_instance_running"
#define PLURAL "ensure_instances_running"

#define RUNNING                                                                                    \
    "{\"status\": \"running\", \"provider_status\": \"RUNNING\", \"start_request_id\": \"r\"}"
#define STOPPED                                                                                    \
    "{\"status\": \"stopped\", \"provider_status\": \"STOPPED\", \"start_request_id\": \"r\"}"

/* What a read found, and what the state says then. */
static const struct {
    const char *prior;
    enum ens_status status;
    const char *word;
    enum ens_action action;
    enum ens_reason reason;
    const char *shown;
    const char *shown_word;
} rows[] = {
    {RUNNING, ENS_STATUS_RUNNING, "RUNNING", ENS_ACTION_NONE, ENS_REASON_ALREADY_RUNNING, "running",
     "RUNNING"},
    {RUNNING, ENS_STATUS_STARTING, "STARTING", ENS_ACTION_WAIT, ENS_REASON_IN_PROGRESS, "running",
     "RUNNING"},
    {RUNNING, ENS_STATUS_STOPPED, "STOPPED", ENS_ACTION_START, ENS_REASON_OK, "stopped", "STOPPED"},
    {RUNNING, ENS_STATUS_STOPPING, "STOPPING", ENS_ACTION_START, ENS_REASON_IN_PROGRESS, "stopping",
     "STOPPING"},
    {RUNNING, ENS_STATUS_BUSY, "RESIZING", ENS_ACTION_START, ENS_REASON_IN_PROGRESS, "busy",
     "RESIZING"},
    {RUNNING, ENS_STATUS_FAILED, "ERROR", ENS_ACTION_REFUSE, ENS_REASON_WRONG_STATE, "failed",
     "ERROR"},
    {RUNNING, ENS_STATUS_STOPPED, "STOPPED", ENS_ACTION_REFUSE, ENS_REASON_EXPIRED, "stopped",
     "STOPPED"},
    {RUNNING, ENS_STATUS_DELETING, "DELETING", ENS_ACTION_REFUSE, ENS_REASON_NOT_FOUND, "deleting",
     "DELETING"},
    {RUNNING, ENS_STATUS_UNKNOWN, "DANCING", ENS_ACTION_REFUSE, ENS_REASON_WRONG_STATE, "unknown",
     "DANCING"},
    {RUNNING, ENS_STATUS_UNKNOWN, "", ENS_ACTION_REFUSE, ENS_REASON_UNAVAILABLE, "running",
     "RUNNING"},
    {STOPPED, ENS_STATUS_UNKNOWN, "", ENS_ACTION_REFUSE, ENS_REASON_UNAVAILABLE, "stopped",
     "STOPPED"},
    {STOPPED, ENS_STATUS_STARTING, "STARTING", ENS_ACTION_WAIT, ENS_REASON_IN_PROGRESS, "running",
     "STARTING"},
    {"{}", ENS_STATUS_STARTING, "STARTING", ENS_ACTION_WAIT, ENS_REASON_IN_PROGRESS, "running",
     "STARTING"},
    {"{}", ENS_STATUS_UNKNOWN, "", ENS_ACTION_REFUSE, ENS_REASON_UNAVAILABLE, "unknown", ""},
};

static void test_settled_states(void **state)
{
    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        struct ens_value object = test_block(arena, SINGLE, rows[i].prior);
        struct ens_tf_instance instance = {
            .result =
                test_result("i-a", rows[i].status, rows[i].word, rows[i].action, rows[i].reason)};
        struct ens_tf_report read = {&instance, 1};
        struct ens_tf_report report = ens_tf_state_settle(arena, &object, &read);
        ens_tf_state_fill(arena, test_schema(SINGLE)->attributes, &report, &object);
        assert_true(ens_str_is(ens_value_text(ens_value_at(&object, "status")), rows[i].shown));
        assert_true(ens_str_is(ens_value_text(ens_value_at(&object, "provider_status")),
                               rows[i].shown_word));
        /* Kept from before, and the empty text where there was no before. */
        const struct ens_value *start = ens_value_at(&object, "start_request_id");
        assert_int_equal(start->kind, ENS_VALUE_STRING);
        assert_true(ens_str_is(start->text, strcmp(rows[i].prior, "{}") == 0 ? "" : "r"));
    }
}

static void test_merge_of_an_apply(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_value object =
        test_block(arena, PLURAL, "{\"statuses\": {\"i-a\": \"running\", \"i-c\": \"stopped\"}}");
    struct ens_tf_instance pending[] = {
        {.result =
             test_result("i-b", ENS_STATUS_RUNNING, "RUNNING", ENS_ACTION_START, ENS_REASON_OK)},
        {.result =
             test_result("i-c", ENS_STATUS_UNKNOWN, "", ENS_ACTION_REFUSE, ENS_REASON_UNAVAILABLE)},
        {.result = test_result("i-d", ENS_STATUS_STARTING, "STARTING", ENS_ACTION_WAIT,
                               ENS_REASON_TIMED_OUT)},
    };
    struct ens_target targets[4];
    struct ens_tf_request request = {.targets = targets, .count = 4, .known = true};
    struct ens_tf_report report = {pending, 3};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        targets[i] = pending[0].result.target;
        targets[i].id = ens_arena_printf(arena, "i-%c", (char)('a' + i));
    }
    report = ens_tf_state_merge(arena, &request, &object, &report);
    ens_tf_state_fill(arena, test_schema(PLURAL)->attributes, &report, &object);
    struct ens_value expected =
        test_block(arena, PLURAL,
                   "{\"statuses\": {\"i-a\": \"running\", \"i-b\": \"running\", \"i-c\": "
                   "\"stopped\", \"i-d\": \"starting\"}}");
    assert_true(ens_value_eq(&object, &expected));
}

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
    ens_tf_state_fill(arena, schema->attributes, &report, &object);
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
    ens_tf_state_fill(arena, schema->attributes, &report, &object);
    assert_true(ens_value_at(&object, "ok")->boolean);
}

/* A new computed attribute is one row: the schema, the codec, the plan and the state follow. */
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
    struct ens_tf_request request = {.targets = &instance.result.target, .count = 1, .known = true};

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

    assert_int_equal(
        ens_tf_json_read(arena, table, ENS_STR("{\"cloud\": \"volcengine\"}"), &proposed, NULL),
        ENS_OK);
    ens_tf_plan_change(arena, table, &ENS_NULL, &proposed, &request, &change);
    assert_int_equal(ens_value_at(&change.planned, "reason")->kind, ENS_VALUE_UNKNOWN);
    ens_tf_state_fill(arena, table, &report, &change.planned);
    assert_true(ens_str_is(ens_value_text(ens_value_at(&change.planned, "reason")), "ok"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_settled_states),
        cmocka_unit_test(test_merge_of_an_apply),
        cmocka_unit_test(test_plan_objects),
        cmocka_unit_test(test_a_new_attribute_is_one_row),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
