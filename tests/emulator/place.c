/* SPDX-License-Identifier: Apache-2.0 */
#include "place.h"

#include <stdio.h>
#include <string.h>

struct emu_place emu_place_of(const char *name, struct ens_diags *diags)
{
    struct emu_place place = {.name = name, .diags = diags};
    snprintf(place.where, sizeof(place.where), "%s", name);
    return place;
}

void emu_place_move(struct emu_place *place, const char *list, size_t index)
{
    if (list == NULL) {
        snprintf(place->where, sizeof(place->where), "%s", place->name);
    } else {
        snprintf(place->where, sizeof(place->where), "%s: %s[%zu]", place->name, list, index);
    }
}

bool emu_read_members(const struct emu_place *place, json_t *object, const char *allowed)
{
    if (!json_is_object(object)) {
        return EMU_FAIL(place, "expected an object");
    }
    void *at = json_object_iter(object);
    for (; at != NULL; at = json_object_iter_next(object, at)) {
        char word[64];
        snprintf(word, sizeof(word), " %s ", json_object_iter_key(at));
        if (strstr(allowed, word) == NULL) {
            return EMU_FAIL(place, "unknown member \"%.60s\", expected one of:%s",
                            json_object_iter_key(at), allowed);
        }
    }
    return true;
}

bool emu_read_text(const struct emu_place *place, json_t *object, const char *member, bool required,
                   const char **ret_text)
{
    json_t *value = json_object_get(object, member);
    if (value == NULL) {
        return !required || EMU_FAIL(place, "member \"%s\" is missing", member);
    }
    if (!json_is_string(value) || json_string_length(value) == 0) {
        return EMU_FAIL(place, "\"%s\" must be a text that is not empty", member);
    }
    *ret_text = json_string_value(value);
    return true;
}

bool emu_read_number(const struct emu_place *place, json_t *object, const char *member, int64_t max,
                     int64_t *ret_number)
{
    json_t *value = json_object_get(object, member);
    if (value == NULL) {
        return true;
    }
    if (!json_is_integer(value) || json_integer_value(value) < 0 ||
        json_integer_value(value) > max) {
        return EMU_FAIL(place, "\"%s\" must be a whole number from 0 to %lld", member,
                        (long long)max);
    }
    *ret_number = json_integer_value(value);
    return true;
}

bool emu_read_bool(const struct emu_place *place, json_t *object, const char *member,
                   bool *ret_bool)
{
    json_t *value = json_object_get(object, member);
    if (value == NULL) {
        return true;
    }
    *ret_bool = json_is_true(value);
    return json_is_boolean(value) || EMU_FAIL(place, "\"%s\" must be true or false", member);
}

bool emu_read_cloud(const struct emu_place *place, json_t *object, enum emu_cloud *ret_cloud)
{
    const char *name = "";
    if (!emu_read_text(place, object, "cloud", true, &name)) {
        return false;
    }
    return emu_cloud_find(ens_str_of(name), ret_cloud) ||
           EMU_FAIL(place, "\"cloud\" must be volcengine, alibaba or baidu, found \"%.60s\"", name);
}
