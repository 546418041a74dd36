/* SPDX-License-Identifier: Apache-2.0 */
#include "terraform/selector.h"

static bool is_unknown(const struct ens_value *value)
{
    return value != NULL && value->kind == ENS_VALUE_UNKNOWN;
}

static ens_rc fail_null(const char *where, struct ens_diags *diags)
{
    return ens_fail(diags, ENS_MALFORMED, where, "%s has an element that is null", where);
}

static ens_rc read_status(const struct ens_value *set, struct ens_selector *selector,
                          struct ens_diags *diags)
{
    ens_rc rc = ENS_OK;

    if (set == NULL || set->kind != ENS_VALUE_LIST) {
        return ENS_OK;
    }
    for (size_t i = 0; rc == ENS_OK && i < set->list.count; i++) {
        const struct ens_value *word = &set->list.items[i];
        if (word->kind == ENS_VALUE_STRING) {
            rc = ens_selector_add_status(selector, word->text, "status", diags);
        } else if (word->kind == ENS_VALUE_NULL) {
            rc = fail_null("status", diags);
        }
    }
    return rc;
}

static ens_rc read_tags(struct ens_arena *arena, const struct ens_value *map,
                        struct ens_selector *selector, struct ens_diags *diags)
{
    ens_rc rc = ENS_OK;

    if (map == NULL || map->kind != ENS_VALUE_MAP) {
        return ENS_OK;
    }
    for (size_t i = 0; rc == ENS_OK && i < map->map.count; i++) {
        const struct ens_value_pair *tag = &map->map.pairs[i];
        if (tag->value.kind == ENS_VALUE_NULL) {
            rc = fail_null("tags", diags);
        } else {
            rc = ens_selector_add_tag(selector, arena, tag->key, ens_value_text(&tag->value),
                                      "tags", diags);
        }
    }
    return rc;
}

static ens_rc read_limit(const struct ens_value *limit, struct ens_selector *selector,
                         struct ens_diags *diags)
{
    if (ens_value_is_null(limit) || is_unknown(limit)) {
        return ENS_OK;
    }
    if (limit->kind != ENS_VALUE_INTEGER || limit->integer < 1 ||
        limit->integer > ENS_SELECTOR_LIMIT_MAX) {
        return ens_fail(diags, ENS_MALFORMED, "limit", "expected a whole number from 1 to %d",
                        ENS_SELECTOR_LIMIT_MAX);
    }
    selector->limit = (size_t)limit->integer;
    return ENS_OK;
}

ens_rc ens_tf_selector_read(struct ens_arena *arena, const struct ens_value *object,
                            const struct ens_registry *registry, struct ens_selector *ret,
                            struct ens_diags *diags)
{
    const struct ens_value *cloud = ens_value_at(object, "cloud");
    const struct ens_value *region = ens_value_at(object, "region");
    struct ens_selector selector = {
        .cloud = ens_value_text(cloud),
        .region = ens_value_text(region),
        .name = ens_value_text(ens_value_at(object, "name")),
        .zone = ens_value_text(ens_value_at(object, "zone")),
        .group = ens_value_text(ens_value_at(object, "group")),
    };
    ens_rc rc = read_status(ens_value_at(object, "status"), &selector, diags);

    if (rc == ENS_OK) {
        rc = read_tags(arena, ens_value_at(object, "tags"), &selector, diags);
    }
    if (rc == ENS_OK) {
        rc = read_limit(ens_value_at(object, "limit"), &selector, diags);
    }
    if (rc == ENS_OK && (is_unknown(cloud) || is_unknown(region))) {
        rc = ens_selector_check_conditions(&selector, NULL, diags);
    } else if (rc == ENS_OK) {
        rc = ens_selector_check(&selector, NULL, diags);
        rc = rc == ENS_OK ? ens_registry_require(registry, selector.cloud, "cloud", diags) : rc;
    }
    if (rc == ENS_OK) {
        *ret = selector;
    }
    return rc;
}
