/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "blocks.h"
#include "terraform/conform.h"
#include "terraform/json.h"

static void test_missing_attributes_are_null(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_value value = test_block(
        arena, "ensure_instance_running",
        "{\"cloud\": \"alibaba\", \"timeouts\": {\"create\": \"5m\"}, \"status\": null}");
    const struct ens_value *timeouts = ens_value_at(&value, "timeouts");

    (void)state;
    assert_true(ens_str_is(ens_value_text(ens_value_at(&value, "cloud")), "alibaba"));
    assert_true(ens_value_is_null(ens_value_at(&value, "instance_id")));
    assert_true(ens_value_is_null(ens_value_at(timeouts, "update")));
    assert_true(ens_str_is(ens_value_text(ens_value_at(timeouts, "create")), "5m"));
    assert_int_equal(
        ens_tf_conform(test_schema("ensure_instance_running")->attributes, &value, NULL), ENS_OK);
}

static void test_collections(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_value value =
        test_block(arena, "ensure_instances_running",
                   "{\"instance_ids\": [\"i-a\", \"i-b\"], \"statuses\": {\"i-a\": \"running\"}}");

    (void)state;
    assert_int_equal(ens_value_at(&value, "instance_ids")->list.count, 2);
    assert_true(ens_str_is(ens_value_text(ens_value_at(ens_value_at(&value, "statuses"), "i-a")),
                           "running"));
}

static const struct {
    const char *json;
    const char *says;
} refusals[] = {
    {"", "not JSON"},
    {"{", "not JSON"},
    {"{\"cloud\": \"a\", \"cloud\": \"b\"}", "not JSON"},
    {"{\"cloud\": \"\\ud800\"}", "not JSON"},
    {"[]", "not a JSON object"},
    {"null", "not JSON"},
    {"{\"color\": 1}", "\"color\""},
    {"{\"timeouts\": {\"delete\": \"1m\"}}", "\"delete\""},
    {"{\"cloud\": 1}", "cloud is of another type"},
    {"{\"cloud\": [\"a\"]}", "cloud is of another type"},
    {"{\"timeouts\": \"10m\"}", "an object of 2"},
    {"{\"timeouts\": {\"create\": {}}}", "create is of another type"},
};

static void test_refusals(void **state)
{
    (void)state;
    for (size_t i = 0; i < ENS_COUNT(refusals); i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        ENS_AUTO_DIAGS diags = {0};
        struct ens_value value = ENS_NULL;
        ens_rc rc = ens_tf_json_read(arena, ENS_TF_JSON_STATE,
                                     test_schema("ensure_instance_running")->attributes,
                                     ens_str_of(refusals[i].json), &value, &diags);
        assert_int_equal(rc, ENS_MALFORMED);
        assert_int_equal(diags.count, 1);
        assert_non_null(strstr(diags.items[0].summary, refusals[i].says));
    }
}

/* The state of another provider may have any attributes. */
static void test_foreign_attributes(void **state)
{
    static const struct ens_tf_attribute rows[] = {
        {.name = "instance_id", .type = ENS_TF_STRING},
        {.name = "action", .type = ENS_TF_STRING},
        {.name = NULL},
    };
    const ens_str json = ENS_STR("{\"instance_id\": \"i-a\", \"more\": {\"x\": [1]}}");
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_value value = ENS_NULL;

    (void)state;
    assert_int_equal(ens_tf_json_read(arena, ENS_TF_JSON_FOREIGN, rows, json, &value, NULL),
                     ENS_OK);
    assert_int_equal(value.map.count, 2);
    assert_true(ens_str_is(ens_value_text(ens_value_at(&value, "instance_id")), "i-a"));
    assert_true(ens_value_is_null(ens_value_at(&value, "action")));
    assert_int_equal(ens_tf_json_read(arena, ENS_TF_JSON_FOREIGN, rows, ENS_STR("{\"action\": 1}"),
                                      &value, NULL),
                     ENS_MALFORMED);
}

static void test_diagnostics_name_the_kind(void **state)
{
    const struct ens_tf_attribute *rows = test_schema("ensure_instance_running")->identity;
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_DIAGS diags = {0};
    struct ens_value value = ENS_NULL;

    (void)state;
    assert_int_equal(
        ens_tf_json_read(arena, ENS_TF_JSON_IDENTITY, rows, ENS_STR("{"), &value, &diags),
        ENS_MALFORMED);
    assert_non_null(strstr(diags.items[0].summary, "the identity is not JSON"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_missing_attributes_are_null),
        cmocka_unit_test(test_collections),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_foreign_attributes),
        cmocka_unit_test(test_diagnostics_name_the_kind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
