#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/buf.h"
#include "blocks.h"
#include "terraform/plan.h"
#include "terraform/request.h"

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
} rows[] = {
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

static void check_row(size_t row)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_registry *registry = test_registry();
    struct ens_value prior =
        rows[row].prior == NULL ? ENS_NULL : test_block(arena, rows[row].schema, rows[row].prior);
    struct ens_value proposed = test_block(arena, rows[row].schema, rows[row].proposed);
    struct ens_value planned = test_block(arena, rows[row].schema, rows[row].planned);
    struct ens_tf_request request = {0};
    struct ens_tf_change change;
    ENS_AUTO_BUF replaces = ens_buf_new(100);

    assert_int_equal(ens_tf_request_read(arena, &proposed, registry, &request, NULL), ENS_OK);
    if (strstr(rows[row].planned, "\"statuses\": null") != NULL) {
        ens_value_set(&planned, "statuses", ENS_UNKNOWN);
    }
    ens_tf_plan_change(arena, test_schema(rows[row].schema)->attributes, &prior, &proposed,
                       &request, &change);
    for (size_t i = 0; i < change.replace_count; i++) {
        ens_buf_addf(&replaces, "%s,", change.replaces[i]);
    }
    for (size_t i = 0; i < planned.map.count; i++) {
        const struct ens_value_pair *pair = &planned.map.pairs[i];
        if (!ens_value_eq(&pair->value, ens_value_at_str(&change.planned, pair->key))) {
            fail_msg("%s: %.*s is \"%.*s\"", rows[row].name, ENS_STR_ARG(pair->key),
                     ENS_STR_ARG(ens_value_text(ens_value_at_str(&change.planned, pair->key))));
        }
    }
    assert_string_equal(ens_buf_text(&replaces), rows[row].replaces);
    assert_int_equal(change.start.count, rows[row].starts);
    ens_registry_free(registry);
}

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        check_row(i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
