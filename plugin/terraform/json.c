/* SPDX-License-Identifier: Apache-2.0 */
#include "terraform/json.h"

#include <jansson.h>

#include "base/utf8.h"
#include "terraform/conform.h"

static void json_release(json_t **json)
{
    json_decref(*json);
}

/* A copy that outlives the JSON, as valid UTF-8, because it may be sent back to Terraform. */
static ens_str text_of(struct ens_arena *arena, ens_str text)
{
    return ens_utf8_clean(arena, ens_arena_dup(arena, text));
}

/* Recursive; jansson's parser limits the depth. */
static struct ens_value from_json(struct ens_arena *arena, json_t *json)
{
    struct ens_value value = ENS_NULL;
    const char *key = NULL;
    json_t *member = NULL;
    size_t index = 0;

    switch (json_typeof(json)) {
    case JSON_NULL:
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        value = ens_value_bool(json_is_true(json));
        break;
    case JSON_INTEGER:
        value = ens_value_integer(json_integer_value(json));
        break;
    case JSON_REAL:
        value = (struct ens_value){.kind = ENS_VALUE_FLOAT, .number = json_real_value(json)};
        break;
    case JSON_STRING:
        value = ens_value_string(arena, ens_arena_dup(arena, (ens_str){json_string_value(json),
                                                                       json_string_length(json)}));
        break;
    case JSON_ARRAY:
        value = ens_value_list(arena, json_array_size(json));
        json_array_foreach(json, index, member)
        {
            value.list.items[index] = from_json(arena, member);
        }
        break;
    case JSON_OBJECT:
        value = ens_value_map(arena, json_object_size(json));
        json_object_foreach(json, key, member)
        {
            value.map.pairs[index++] =
                (struct ens_value_pair){text_of(arena, ens_str_of(key)), from_json(arena, member)};
        }
        break;
    }
    return value;
}

static const char *const kind_names[] = {
    [ENS_TF_JSON_STATE] = "state",
    [ENS_TF_JSON_IDENTITY] = "identity",
    [ENS_TF_JSON_FOREIGN] = "state",
};

/* Replaces an object by one with the attributes of the rows, in their order; missing ones are null.
 */
static ens_rc complete(struct ens_arena *arena, enum ens_tf_json_kind kind,
                       const struct ens_tf_attribute *rows, struct ens_value *object,
                       struct ens_diags *diags)
{
    struct ens_value full = ens_tf_null_object(arena, rows);

    if (object->kind != ENS_VALUE_MAP) {
        return ENS_OK;
    }
    for (size_t i = 0; i < object->map.count; i++) {
        ens_str key = object->map.pairs[i].key;
        struct ens_value value = object->map.pairs[i].value;
        const struct ens_tf_attribute *row = ens_tf_attribute_find(rows, key);
        if (row == NULL && kind == ENS_TF_JSON_FOREIGN) {
            continue;
        }
        if (row == NULL) {
            return ens_fail(diags, ENS_MALFORMED, NULL,
                            "the %s has an attribute \"%.*s\" that the schema does not have",
                            kind_names[kind], ENS_STR_ARG(key));
        }
        if (row->type == ENS_TF_OBJECT || row->type == ENS_TF_BLOCK) {
            ens_rc rc = complete(arena, kind, row->nested, &value, diags);
            if (rc != ENS_OK) {
                return rc;
            }
        }
        ens_value_set(&full, row->name, value);
    }
    *object = full;
    return ENS_OK;
}

ens_rc ens_tf_json_read(struct ens_arena *arena, enum ens_tf_json_kind kind,
                        const struct ens_tf_attribute *rows, ens_str json, struct ens_value *ret,
                        struct ens_diags *diags)
{
    const char *name = kind_names[kind];
    json_error_t error;

    if (json.len > ENS_VALUE_BYTES_MAX) {
        return ens_fail(diags, ENS_LIMIT, NULL, "the %s has %zu bytes; at most %zu are allowed",
                        name, json.len, ENS_VALUE_BYTES_MAX);
    }
    ENS_CLEANUP(json_release)
    json_t *root = json_loadb(json.ptr, json.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
    if (root == NULL) {
        return ens_fail(diags, ENS_MALFORMED, NULL, "the %s is not JSON: line %d, column %d: %s",
                        name, error.line, error.column, error.text);
    }
    if (!json_is_object(root)) {
        return ens_fail(diags, ENS_MALFORMED, NULL, "the %s is not a JSON object", name);
    }
    struct ens_value value = from_json(arena, root);
    ens_rc rc = complete(arena, kind, rows, &value, diags);
    if (rc == ENS_OK) {
        rc = ens_tf_conform(rows, &value, diags);
    }
    if (rc == ENS_OK) {
        *ret = value;
    }
    return rc;
}
