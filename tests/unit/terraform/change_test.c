/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/buf.h"
#include "blocks.h"
#include "terraform/change.h"

#define SINGLE    "ensure_instance_running"
#define PLURAL    "ensure_instances_running"

#define A_CONFIG  "\"cloud\": \"baidu\", \"region\": \"bj\", \"instance_id\": \"i-a\""
#define A_STATE   A_CONFIG ", \"id\": \"baidu/bj/i-a\", \"provider_status\": \"Running\", "
#define A_RUNNING "{" A_STATE "\"status\": \"running\", \"start_request_id\": \"r\"}"
#define A_STOPPED "{" A_STATE "\"status\": \"stopped\", \"start_request_id\": \"r\"}"
#define A_STARTED                                                                                  \
    "{" A_CONFIG                                                                                   \
    ", \"id\": \"baidu/bj/i-a\", \"provider_status\": \"?\", \"status\": \"running\", "            \
    "\"start_request_id\": \"?\"}"

#define SET_OF(ids)  "\"cloud\": \"baidu\", \"region\": \"bj\", \"instance_ids\": [" ids "]"
#define SET_ID       ", \"id\": \"baidu/bj/0123\""
#define STATUSES(of) ", \"statuses\": {" of "}"

static const struct {
    const char *name;
    const char *schema;
    const char *prior; /* NULL: a create */
    const char *proposed;
    const char *planned;
    const char *replaces; /* names, each followed by a comma */
    size_t starts;
} plans[] = {
    {"create", SINGLE, NULL, "{" A_CONFIG "}", A_STARTED, "", 1},
    {"create with an unknown id", SINGLE, NULL,
     "{\"cloud\": \"baidu\", \"region\": \"bj\", \"instance_id\": \"?\"}",
     "{\"cloud\": \"baidu\", \"region\": \"bj\", \"instance_id\": \"?\", \"id\": \"?\", "
     "\"status\": \"running\", \"provider_status\": \"?\", \"start_request_id\": \"?\"}",
     "", 0},
    {"nothing to do", SINGLE, A_RUNNING, A_RUNNING, A_RUNNING, "", 0},
    {"stopped", SINGLE, A_STOPPED, A_STOPPED, A_STARTED, "", 1},
    {"timeouts alone", SINGLE, A_RUNNING,
     "{" A_STATE "\"status\": \"running\", \"start_request_id\": \"r\", \"timeouts\": {\"create\": "
     "\"1m\"}}",
     "{" A_STATE "\"status\": \"running\", \"start_request_id\": \"r\", \"timeouts\": {\"create\": "
     "\"1m\"}}",
     "", 0},
    {"another instance", SINGLE,
     "{\"cloud\": \"baidu\", \"region\": \"bj\", \"instance_id\": \"i-x\", \"id\": "
     "\"baidu/bj/i-x\", "
     "\"status\": \"running\", \"provider_status\": \"Running\", \"start_request_id\": \"\"}",
     "{" A_CONFIG ", \"id\": \"baidu/bj/i-x\", \"status\": \"running\", \"provider_status\": "
     "\"Running\", \"start_request_id\": \"\"}",
     A_STARTED, "instance_id,", 1},
    {"another cloud and region", SINGLE,
     "{\"cloud\": \"alibaba\", \"region\": \"cn-x\", \"instance_id\": \"i-a\", \"id\": "
     "\"alibaba/cn-x/i-a\", \"status\": \"running\"}",
     "{" A_CONFIG ", \"id\": \"alibaba/cn-x/i-a\", \"status\": \"running\"}", A_STARTED,
     "cloud,region,", 1},
    {"imported, not read", SINGLE,
     "{" A_CONFIG ", \"id\": \"baidu/bj/i-a\", \"start_request_id\": \"\"}",
     "{" A_CONFIG ", \"id\": \"baidu/bj/i-a\", \"start_request_id\": \"\"}", A_STARTED, "", 1},
    {"moved, not read", SINGLE, "{\"cloud\": \"baidu\", \"instance_id\": \"i-a\"}",
     "{" A_CONFIG ", \"id\": null}", A_STARTED, "", 1},

    {"set: create", PLURAL, NULL, "{" SET_OF("\"i-b\", \"i-a\"") "}",
     "{" SET_OF("\"i-b\", \"i-a\"") ", \"id\": \"baidu/bj/3885361240be179e\"" STATUSES(
         "\"i-a\": \"running\", \"i-b\": \"running\"") "}",
     "", 2},
    {"set: nothing to do", PLURAL,
     "{" SET_OF("\"i-a\"") SET_ID STATUSES("\"i-a\": \"running\"") "}",
     "{" SET_OF("\"i-a\"") SET_ID STATUSES("\"i-a\": \"running\"") "}",
     "{" SET_OF("\"i-a\"") SET_ID STATUSES("\"i-a\": \"running\"") "}", "", 0},
    {"set: one stopped, one new, one gone, one left out", PLURAL,
     "{" SET_OF("\"i-a\", \"i-b\", \"i-c\", \"i-d\"")
         SET_ID STATUSES("\"i-a\": \"running\", \"i-b\": \"stopped\", \"i-c\": \"absent\", "
                         "\"i-d\": \"running\"") "}",
     "{" SET_OF("\"i-a\", \"i-b\", \"i-c\", \"i-e\"")
         SET_ID STATUSES("\"i-a\": \"running\", \"i-b\": \"stopped\", \"i-c\": \"absent\", "
                         "\"i-d\": \"running\"") "}",
     "{" SET_OF("\"i-a\", \"i-b\", \"i-c\", \"i-e\"")
         SET_ID STATUSES("\"i-a\": \"running\", \"i-b\": \"running\", \"i-c\": \"running\", "
                         "\"i-e\": \"running\"") "}",
     "", 3},
    {"set: smaller", PLURAL,
     "{" SET_OF("\"i-a\", \"i-b\"")
         SET_ID STATUSES("\"i-a\": \"running\", \"i-b\": \"running\"") "}",
     "{" SET_OF("\"i-a\"") SET_ID STATUSES("\"i-a\": \"running\", \"i-b\": \"running\"") "}",
     "{" SET_OF("\"i-a\"") SET_ID STATUSES("\"i-a\": \"running\"") "}", "", 0},
    {"set: an id is unknown", PLURAL,
     "{" SET_OF("\"i-a\"") SET_ID STATUSES("\"i-a\": \"running\"") "}",
     "{" SET_OF("\"i-a\", \"?\"") SET_ID STATUSES("\"i-a\": \"running\"") "}",
     "{" SET_OF("\"i-a\", \"?\"") SET_ID ", \"statuses\": null}", "", 0},
};

static void check_plan(size_t row)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_registry *registry = test_registry();
    struct ens_value prior = plans[row].prior == NULL
                                 ? ENS_NULL
                                 : test_block(arena, plans[row].schema, plans[row].prior);
    struct ens_value proposed = test_block(arena, plans[row].schema, plans[row].proposed);
    struct ens_value planned = test_block(arena, plans[row].schema, plans[row].planned);
    struct ens_tf_targets targets = {0};
    struct ens_tf_change change;
    ENS_AUTO_BUF replaces = ens_buf_new(100);

    assert_int_equal(ens_tf_targets_read(arena, &proposed, registry, &targets, NULL), ENS_OK);
    if (strstr(plans[row].planned, "\"statuses\": null") != NULL) {
        ens_value_set(&planned, "statuses", ENS_UNKNOWN);
    }
    ens_tf_plan_change(arena, test_schema(plans[row].schema)->attributes, &prior, &proposed,
                       &targets, &change);
    for (size_t i = 0; i < change.replace_count; i++) {
        ens_buf_addf(&replaces, "%s,", change.replaces[i]);
    }
    for (size_t i = 0; i < planned.map.count; i++) {
        const struct ens_value_pair *pair = &planned.map.pairs[i];
        if (!ens_value_eq(&pair->value, ens_value_at_str(&change.planned, pair->key))) {
            fail_msg("%s: %.*s is \"%.*s\"", plans[row].name, ENS_STR_ARG(pair->key),
                     ENS_STR_ARG(ens_value_text(ens_value_at_str(&change.planned, pair->key))));
        }
    }
    assert_string_equal(ens_buf_text(&replaces), plans[row].replaces);
    assert_int_equal(change.start.count, plans[row].starts);
    ens_registry_free(registry);
}

static void test_plans(void **state)
{
    (void)state;
    for (size_t i = 0; i < ENS_COUNT(plans); i++) {
        check_plan(i);
    }
}

static void test_pending(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_tf_targets targets = {0};
    struct ens_value prior = test_block(
        arena, PLURAL,
        "{\"statuses\": {\"i-a\": \"running\", \"i-b\": \"stopped\", \"i-x\": \"failed\"}}");
    struct ens_value block = test_block(arena, PLURAL, "{" SET_OF("\"i-a\", \"i-b\", \"i-c\"") "}");
    struct ens_registry *registry = test_registry();

    (void)state;
    assert_int_equal(ens_tf_targets_read(arena, &block, registry, &targets, NULL), ENS_OK);
    struct ens_tf_targets pending = ens_tf_targets_pending(arena, &targets, &prior);
    assert_int_equal(pending.count, 2);
    assert_true(ens_str_is(pending.items[0].id, "i-b"));
    assert_true(ens_str_is(pending.items[1].id, "i-c"));
    pending = ens_tf_targets_pending(arena, &targets, &ENS_NULL);
    assert_int_equal(pending.count, 3);
    ens_registry_free(registry);
}

#define RUNNING                                                                                    \
    "{\"status\": \"running\", \"provider_status\": \"RUNNING\", \"start_request_id\": \"r\"}"
#define STOPPED                                                                                    \
    "{\"status\": \"stopped\", \"provider_status\": \"STOPPED\", \"start_request_id\": \"r\"}"

/* The result of a read, and the expected state. */
static const struct {
    const char *prior;
    enum ens_status status;
    const char *word;
    enum ens_action action;
    enum ens_reason reason;
    const char *shown;
    const char *shown_word;
} reads[] = {
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

static void test_reads(void **state)
{
    (void)state;
    for (size_t i = 0; i < ENS_COUNT(reads); i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        struct ens_value object = test_block(arena, SINGLE, reads[i].prior);
        struct ens_tf_instance instance = {.result =
                                               test_result("i-a", reads[i].status, reads[i].word,
                                                           reads[i].action, reads[i].reason)};
        struct ens_tf_report read = {&instance, 1};
        struct ens_tf_report report = ens_tf_refreshed_report(arena, &object, &read);
        ens_tf_fill_computed(arena, test_schema(SINGLE)->attributes, &report, &object);
        assert_true(ens_str_is(ens_value_text(ens_value_at(&object, "status")), reads[i].shown));
        assert_true(ens_str_is(ens_value_text(ens_value_at(&object, "provider_status")),
                               reads[i].shown_word));
        /* That of the prior state; empty without a prior state. */
        const struct ens_value *start = ens_value_at(&object, "start_request_id");
        assert_int_equal(start->kind, ENS_VALUE_STRING);
        assert_true(ens_str_is(start->text, strcmp(reads[i].prior, "{}") == 0 ? "" : "r"));
    }
}

static void test_apply(void **state)
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
    struct ens_target items[4];
    struct ens_tf_targets targets = {.items = items, .count = 4, .known = true};
    struct ens_tf_report report = {pending, 3};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        items[i] = pending[0].result.target;
        items[i].id = ens_arena_printf(arena, "i-%c", (char)('a' + i));
    }
    report = ens_tf_applied_report(arena, &targets, &object, &report);
    ens_tf_fill_computed(arena, test_schema(PLURAL)->attributes, &report, &object);
    struct ens_value expected =
        test_block(arena, PLURAL,
                   "{\"statuses\": {\"i-a\": \"running\", \"i-b\": \"running\", \"i-c\": "
                   "\"stopped\", \"i-d\": \"starting\"}}");
    assert_true(ens_value_eq(&object, &expected));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plans),
        cmocka_unit_test(test_pending),
        cmocka_unit_test(test_reads),
        cmocka_unit_test(test_apply),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
