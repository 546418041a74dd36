/* SPDX-License-Identifier: Apache-2.0 */
#include "terraform/conform.h"

#include <stdio.h>

#define PATH_SIZE 128 /* of a dotted path of attribute names, which the schema limits */

/* ---- conformance to the schema -------------------------------------------------------------- */

static bool is_text(const struct ens_value *value)
{
    return value->kind == ENS_VALUE_STRING || value->kind == ENS_VALUE_NULL ||
           value->kind == ENS_VALUE_UNKNOWN;
}

static bool all_texts(const struct ens_value *value)
{
    bool good = true;

    if (value->kind == ENS_VALUE_LIST) {
        for (size_t i = 0; i < value->list.count; i++) {
            good = good && is_text(&value->list.items[i]);
        }
    } else {
        for (size_t i = 0; i < value->map.count; i++) {
            good = good && is_text(&value->map.pairs[i].value);
        }
    }
    return good;
}

static bool is_number(const struct ens_value *value)
{
    return value->kind == ENS_VALUE_INTEGER || value->kind == ENS_VALUE_FLOAT ||
           (value->kind == ENS_VALUE_STRING && value->text.len > 0 &&
            ens_str_all_in(value->text, "0123456789+-.eE"));
}

static ens_rc conform_objects(const struct ens_tf_attribute *row, const struct ens_value *list,
                              struct ens_diags *diags)
{
    for (size_t i = 0; i < list->list.count; i++) {
        ens_rc rc = ens_tf_conform(row->nested, &list->list.items[i], diags);
        if (rc != ENS_OK) {
            return rc;
        }
    }
    return ENS_OK;
}

static ens_rc conform_one(const struct ens_tf_attribute *row, const struct ens_value *value,
                          struct ens_diags *diags)
{
    bool good = false;

    if (value->kind == ENS_VALUE_NULL || value->kind == ENS_VALUE_UNKNOWN) {
        return ENS_OK;
    }
    switch (row->type) {
    case ENS_TF_STRING:
        good = value->kind == ENS_VALUE_STRING;
        break;
    case ENS_TF_NUMBER:
        good = is_number(value);
        break;
    case ENS_TF_BOOL:
        good = value->kind == ENS_VALUE_BOOL;
        break;
    case ENS_TF_STRING_SET:
        good = value->kind == ENS_VALUE_LIST && all_texts(value);
        break;
    case ENS_TF_STRING_MAP:
        good = value->kind == ENS_VALUE_MAP && all_texts(value);
        break;
    case ENS_TF_OBJECT_LIST:
        if (value->kind == ENS_VALUE_LIST) {
            return conform_objects(row, value, diags);
        }
        break;
    case ENS_TF_OBJECT:
    case ENS_TF_BLOCK:
        return ens_tf_conform(row->nested, value, diags);
    }
    return good ? ENS_OK
                : ens_fail(diags, ENS_MALFORMED, NULL,
                           "a value from the host does not fit the schema: %s is of another type",
                           row->name);
}

ens_rc ens_tf_conform(const struct ens_tf_attribute *attributes, const struct ens_value *value,
                      struct ens_diags *diags)
{
    if (value->kind == ENS_VALUE_NULL || value->kind == ENS_VALUE_UNKNOWN) {
        return ENS_OK;
    }
    size_t count = ens_tf_attribute_count(attributes);
    if (value->kind != ENS_VALUE_MAP || value->map.count != count) {
        return ens_fail(diags, ENS_MALFORMED, NULL,
                        "a value from the host does not fit the schema: an object of %zu "
                        "attributes was expected",
                        count);
    }
    for (; attributes->name != NULL; attributes++) {
        const struct ens_value *found = ens_value_at(value, attributes->name);
        if (found == NULL) {
            return ens_fail(diags, ENS_MALFORMED, NULL,
                            "a value from the host does not fit the schema: %s is missing",
                            attributes->name);
        }
        ens_rc rc = conform_one(attributes, found, diags);
        if (rc != ENS_OK) {
            return rc;
        }
    }
    return ENS_OK;
}

/* ---- validation of a configuration ---------------------------------------------------------- */

struct validation {
    const struct ens_registry *registry;
    struct ens_diags *diags;
    const char *parent; /* path of the enclosing object; "" at the top */
};

static void validate_text(const struct validation *v, const struct ens_tf_attribute *row,
                          const struct ens_value *value, const char *path)
{
    const bool may_be_empty = (row->flags & ENS_TF_EMPTY_IS_UNSET) != 0;

    if (value->kind == ENS_VALUE_STRING && row->check != NULL &&
        !(may_be_empty && value->text.len == 0)) {
        (void)row->check(v->registry, value->text, path, v->diags);
    }
}

static void validate_number(const struct validation *v, const struct ens_tf_attribute *row,
                            const struct ens_value *value, const char *path)
{
    if (row->most == 0 || value->kind == ENS_VALUE_NULL || value->kind == ENS_VALUE_UNKNOWN) {
        return;
    }
    if (value->kind != ENS_VALUE_INTEGER || value->integer < row->least ||
        value->integer > row->most) {
        ens_diags_add(v->diags, ENS_ERROR, path, NULL, "expected a whole number from %lld to %lld",
                      (long long)row->least, (long long)row->most);
    }
}

static void validate_set(const struct validation *v, const struct ens_tf_attribute *row,
                         const struct ens_value *set, const char *path)
{
    if (row->items_max > 0 && set->list.count == 0) {
        ens_diags_add(v->diags, ENS_ERROR, path, NULL, "%s is empty; it needs one at least",
                      row->name);
    }
    if (row->items_max > 0 && set->list.count > row->items_max) {
        ens_diags_add(v->diags, ENS_ERROR, path, NULL,
                      "%s has %zu elements; at most %zu are allowed", row->name, set->list.count,
                      row->items_max);
        return;
    }
    for (size_t i = 0; i < set->list.count; i++) {
        if (set->list.items[i].kind == ENS_VALUE_NULL) {
            ens_diags_add(v->diags, ENS_ERROR, path, NULL, "%s has an element that is null",
                          row->name);
        }
        validate_text(v, row, &set->list.items[i], path);
    }
}

/* Checks that a required attribute is not null and that a computed one is not set. Terraform itself
 * checks only that a required attribute is present. */
static void validate_presence(const struct validation *v, const struct ens_tf_attribute *row,
                              const struct ens_value *value, const char *path)
{
    if ((row->flags & ENS_TF_REQUIRED) != 0 && value->kind == ENS_VALUE_NULL) {
        ens_diags_add(v->diags, ENS_ERROR, path, NULL, "%s is null; it is required", row->name);
    }
    if ((row->flags & (ENS_TF_COMPUTED | ENS_TF_OPTIONAL)) == ENS_TF_COMPUTED &&
        value->kind != ENS_VALUE_NULL) {
        ens_diags_add(v->diags, ENS_ERROR, path, NULL,
                      "%s is computed by the provider; it can't be set", row->name);
    }
}

static void validate_object(const struct validation *v, const struct ens_tf_attribute *rows,
                            const struct ens_value *object)
{
    for (; rows->name != NULL; rows++) {
        const struct ens_value *value = ens_value_at(object, rows->name);
        char path[PATH_SIZE];
        (void)snprintf(path, sizeof(path), "%s%s%s", v->parent, v->parent[0] == '\0' ? "" : ".",
                       rows->name);
        validate_presence(v, rows, value, path);
        if (rows->type == ENS_TF_STRING) {
            validate_text(v, rows, value, path);
        } else if (rows->type == ENS_TF_NUMBER) {
            validate_number(v, rows, value, path);
        } else if (rows->type == ENS_TF_STRING_SET && value->kind == ENS_VALUE_LIST) {
            validate_set(v, rows, value, path);
        } else if (rows->nested != NULL && value->kind == ENS_VALUE_MAP) {
            struct validation inside = {v->registry, v->diags, path};
            validate_object(&inside, rows->nested, value);
        }
    }
}

void ens_tf_validate(const struct ens_tf_attribute *attributes, const struct ens_value *value,
                     const struct ens_registry *registry, struct ens_diags *diags)
{
    if (value->kind == ENS_VALUE_MAP) {
        validate_object(&(struct validation){registry, diags, ""}, attributes, value);
    }
}
