/* SPDX-License-Identifier: Apache-2.0 */
#include "blocks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/providers.h"
#include "terraform/json.h"

static void mark_unknown(struct ens_value *value)
{
    if (value->kind == ENS_VALUE_STRING && ens_str_is(value->text, "?")) {
        *value = ENS_UNKNOWN;
    } else if (value->kind == ENS_VALUE_LIST) {
        for (size_t i = 0; i < value->list.count; i++) {
            mark_unknown(&value->list.items[i]);
        }
        if (value->list.count == 2 && value->list.items[0].kind == ENS_VALUE_UNKNOWN &&
            value->list.items[1].kind == ENS_VALUE_UNKNOWN) {
            *value = ENS_UNKNOWN; /* ["?", "?"]: the set itself */
        }
    } else if (value->kind == ENS_VALUE_MAP) {
        for (size_t i = 0; i < value->map.count; i++) {
            mark_unknown(&value->map.pairs[i].value);
        }
    }
}

const struct ens_tf_schema *test_schema(const char *name)
{
    for (size_t i = 0; i < ENS_TF_SCHEMA_COUNT; i++) {
        if (ens_str_is(ens_str_of(name), ens_tf_schemas[i].name)) {
            return &ens_tf_schemas[i];
        }
    }
    fail_msg("no schema %s", name);
    return NULL;
}

struct ens_value test_block(struct ens_arena *arena, const char *schema_name, const char *json)
{
    ENS_AUTO_DIAGS diags = {0};
    struct ens_value value = ENS_NULL;

    if (ens_tf_json_read(arena, ENS_TF_JSON_STATE, test_schema(schema_name)->attributes,
                         ens_str_of(json), &value, &diags) != ENS_OK) {
        fail_msg("%s: %s", json, diags.items[0].summary);
    }
    mark_unknown(&value);
    return value;
}

struct ens_registry *test_registry(void)
{
    struct ens_registry *registry = ens_registry_empty();

    for (size_t i = 0; i < TEST_PROVIDER_COUNT; i++) {
        assert_int_equal(ens_registry_add(registry, test_provider(i), "built in", NULL), ENS_OK);
    }
    return registry;
}

struct ens_result test_result(const char *id, enum ens_status status, const char *word,
                              enum ens_action action, enum ens_reason reason)
{
    return (struct ens_result){
        .target = {ENS_STR("volcengine"), ENS_STR("cn-beijing"), ens_str_of(id)},
        .status = status,
        .provider_status = ens_str_of(word),
        .action = action,
        .reason = reason};
}
