/* SPDX-License-Identifier: Apache-2.0 */
#include "terraform/value.h"

#include "base/utf8.h"

struct ens_value ens_value_bool(bool boolean)
{
    return (struct ens_value){.kind = ENS_VALUE_BOOL, .boolean = boolean};
}

struct ens_value ens_value_integer(int64_t integer)
{
    return (struct ens_value){.kind = ENS_VALUE_INTEGER, .integer = integer};
}

struct ens_value ens_value_string(struct ens_arena *arena, ens_str text)
{
    return (struct ens_value){.kind = ENS_VALUE_STRING, .text = ens_utf8_clean(arena, text)};
}

struct ens_value ens_value_list(struct ens_arena *arena, size_t count)
{
    return (struct ens_value){
        .kind = ENS_VALUE_LIST,
        .list = {ens_arena_array(arena, count, sizeof(struct ens_value)), count}};
}

struct ens_value ens_value_map(struct ens_arena *arena, size_t count)
{
    return (struct ens_value){
        .kind = ENS_VALUE_MAP,
        .map = {ens_arena_array(arena, count, sizeof(struct ens_value_pair)), count}};
}

struct ens_value *ens_value_at_str(const struct ens_value *map, ens_str key)
{
    for (size_t i = 0; map->kind == ENS_VALUE_MAP && i < map->map.count; i++) {
        if (ens_str_eq(map->map.pairs[i].key, key)) {
            return &map->map.pairs[i].value;
        }
    }
    return NULL;
}

struct ens_value *ens_value_at(const struct ens_value *map, const char *key)
{
    return ens_value_at_str(map, ens_str_of(key));
}

void ens_value_set(struct ens_value *map, const char *key, struct ens_value value)
{
    struct ens_value *place = ens_value_at(map, key);

    ENS_ASSERT(place != NULL);
    *place = value;
}

ens_str ens_value_text(const struct ens_value *value)
{
    return value != NULL && value->kind == ENS_VALUE_STRING ? value->text : (ens_str){NULL, 0};
}

bool ens_value_is_null(const struct ens_value *value)
{
    return value == NULL || value->kind == ENS_VALUE_NULL;
}

bool ens_value_known(const struct ens_value *value)
{
    if (value->kind == ENS_VALUE_LIST) {
        for (size_t i = 0; i < value->list.count; i++) {
            if (!ens_value_known(&value->list.items[i])) {
                return false;
            }
        }
    } else if (value->kind == ENS_VALUE_MAP) {
        for (size_t i = 0; i < value->map.count; i++) {
            if (!ens_value_known(&value->map.pairs[i].value)) {
                return false;
            }
        }
    }
    return value->kind != ENS_VALUE_UNKNOWN;
}

static bool list_eq(const struct ens_value *a, const struct ens_value *b)
{
    if (a->list.count != b->list.count) {
        return false;
    }
    for (size_t i = 0; i < a->list.count; i++) {
        if (!ens_value_eq(&a->list.items[i], &b->list.items[i])) {
            return false;
        }
    }
    return true;
}

static bool map_eq(const struct ens_value *a, const struct ens_value *b)
{
    if (a->map.count != b->map.count) {
        return false;
    }
    for (size_t i = 0; i < a->map.count; i++) {
        const struct ens_value *other = ens_value_at_str(b, a->map.pairs[i].key);
        if (other == NULL || !ens_value_eq(&a->map.pairs[i].value, other)) {
            return false;
        }
    }
    return true;
}

bool ens_value_eq(const struct ens_value *a, const struct ens_value *b)
{
    if (a->kind != b->kind) {
        return false;
    }
    switch (a->kind) {
    case ENS_VALUE_NULL:
    case ENS_VALUE_UNKNOWN:
        return true;
    case ENS_VALUE_BOOL:
        return a->boolean == b->boolean;
    case ENS_VALUE_INTEGER:
        return a->integer == b->integer;
    case ENS_VALUE_FLOAT:
        return !(a->number < b->number) && !(a->number > b->number);
    case ENS_VALUE_STRING:
        return ens_str_eq(a->text, b->text);
    case ENS_VALUE_LIST:
        return list_eq(a, b);
    case ENS_VALUE_MAP:
        return map_eq(a, b);
    }
    return false;
}

struct ens_value ens_value_copy(struct ens_arena *arena, const struct ens_value *value)
{
    struct ens_value copy = *value;

    if (value->kind == ENS_VALUE_LIST) {
        copy = ens_value_list(arena, value->list.count);
        for (size_t i = 0; i < copy.list.count; i++) {
            copy.list.items[i] = ens_value_copy(arena, &value->list.items[i]);
        }
    } else if (value->kind == ENS_VALUE_MAP) {
        copy = ens_value_map(arena, value->map.count);
        for (size_t i = 0; i < copy.map.count; i++) {
            copy.map.pairs[i].key = value->map.pairs[i].key;
            copy.map.pairs[i].value = ens_value_copy(arena, &value->map.pairs[i].value);
        }
    }
    return copy;
}
