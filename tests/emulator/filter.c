/* SPDX-License-Identifier: Apache-2.0 */
#include "filter.h"

#include "number.h"

#include <string.h>

enum { MAX_NUMBER = 1000, MOST_TAGGED = 1000 };

/* Splits "1.Key", the part of "Tag.1.Key" after the first '.', into the number and the rest. */
static bool cut_number(ens_str *rest, int64_t *ret_number)
{
    return emu_number_read(ens_str_cut(*rest, '.', rest), 1, MAX_NUMBER, ret_number);
}

static struct emu_filter *filter_of(struct emu_filters *filters, const struct emu_filter_rule *rule,
                                    int64_t number)
{
    for (size_t i = 0; i < filters->count; i++) {
        if (filters->items[i].rule == rule && filters->items[i].number == number) {
            return &filters->items[i];
        }
    }
    filters->items =
        ens_arena_grow(filters->arena, filters->items, filters->count, sizeof(*filters->items));
    struct emu_filter *filter = &filters->items[filters->count++];
    *filter = (struct emu_filter){.rule = rule, .number = number};
    return filter;
}

static void add_value(struct emu_filters *filters, struct emu_filter *filter, ens_str value)
{
    filter->values =
        ens_arena_grow(filters->arena, filter->values, filter->count, sizeof(*filter->values));
    filter->values[filter->count++] = value;
}

/* Adds the part Key, Value or Values.M of a tag filter. */
static bool add_tag(struct emu_filters *filters, const struct emu_filter_rule *rule, ens_str rest,
                    ens_str value)
{
    int64_t number = 0, index = 0;
    if (!cut_number(&rest, &number)) {
        return false;
    }
    ens_str member = ens_str_cut(rest, '.', &rest);
    struct emu_filter *filter = filter_of(filters, rule, number);
    if (ens_str_eq_nocase(member, ENS_STR("Key")) && rest.ptr == NULL) {
        filter->key = value;
        return true;
    }
    bool one = ens_str_eq_nocase(member, ENS_STR("Value")) && rest.ptr == NULL;
    if (!one && !(ens_str_is(member, "Values") && cut_number(&rest, &index))) {
        return false;
    }
    add_value(filters, filter, value);
    return true;
}

static void add_commas(struct emu_filters *filters, const struct emu_filter_rule *rule,
                       ens_str list)
{
    while (list.len > 0) {
        ens_str value = ens_str_cut(list, ',', &list), of_tag = {0};
        if (rule->field != EMU_FIELD_TAG) {
            add_value(filters, filter_of(filters, rule, 0), value);
            continue;
        }
        struct emu_filter *filter = filter_of(filters, rule, (int64_t)filters->count + 1);
        filter->key = ens_str_cut(value, ':', &of_tag);
        if (of_tag.ptr != NULL) {
            add_value(filters, filter, of_tag);
        }
    }
}

static bool add(struct emu_filters *filters, const struct emu_filter_rule *rule, ens_str rest,
                ens_str value)
{
    int64_t number = 0;
    if (rule->field == EMU_FIELD_NONE || (value.len == 0 && rule->field != EMU_FIELD_TAG)) {
        return true;
    }
    switch (rule->form) {
    case EMU_ONE:
    case EMU_PATTERN:
    case EMU_PART:
        add_value(filters, filter_of(filters, rule, 0), value);
        return rest.ptr == NULL;
    case EMU_LIST:
        if (rule->field == EMU_FIELD_TAG) {
            return add_tag(filters, rule, rest, value);
        }
        add_value(filters, filter_of(filters, rule, 0), value);
        return cut_number(&rest, &number) && rest.ptr == NULL;
    case EMU_COMMAS:
        add_commas(filters, rule, value);
        return rest.ptr == NULL;
    }
    return false;
}

bool emu_filters_add(struct emu_filters *filters, enum emu_cloud cloud,
                     const struct emu_filter_rule *rules, const struct ens_pair *param)
{
    ens_str rest = {0};
    ens_str name = ens_str_cut(param->name, '.', &rest);
    for (const struct emu_filter_rule *rule = rules; rule->name != NULL; rule++) {
        if (ens_str_is(name, rule->name)) {
            bool known = rule->field != EMU_FIELD_STATUS || param->value.len == 0 ||
                         emu_cloud_status(cloud, param->value) != NULL;
            return known && add(filters, rule, rest, param->value);
        }
    }
    return false;
}

size_t emu_filters_most(const struct emu_filters *filters, enum emu_cloud cloud)
{
    for (size_t i = 0; i < filters->count; i++) {
        enum emu_field field = filters->items[i].rule->field;
        if ((field == EMU_FIELD_TAG && cloud != EMU_BAIDU) ||
            (field == EMU_FIELD_GROUP && cloud == EMU_ALIBABA)) {
            return MOST_TAGGED;
        }
    }
    return SIZE_MAX;
}

ens_str emu_trait(const struct emu_instance *instance, enum emu_field field,
                  struct ens_arena *arena)
{
    static const struct {
        const char *type, *group, *postpaid, *prepaid;
    } defaults[EMU_CLOUDS] = {
        [EMU_VOLCENGINE] = {"ecs.g3i.large", "default", "PostPaid", "PrePaid"},
        [EMU_ALIBABA] = {"ecs.g7.large", "", "PostPaid", "PrePaid"},
        [EMU_BAIDU] = {"bcc.g5.c2m8", "", "Postpaid", "Prepaid"},
    };
    switch (field) {
    case EMU_FIELD_NAME:
        return ens_str_of(instance->name != NULL ? instance->name : instance->id);
    case EMU_FIELD_ZONE:
        return instance->zone != NULL         ? ens_str_of(instance->zone)
               : instance->cloud == EMU_BAIDU ? ens_arena_printf(arena, "cn-%s-a", instance->region)
                                              : ens_arena_printf(arena, "%s-a", instance->region);
    case EMU_FIELD_TYPE:
        return ens_str_of(instance->type != NULL ? instance->type : defaults[instance->cloud].type);
    case EMU_FIELD_GROUP:
        return ens_str_of(instance->group != NULL ? instance->group
                                                  : defaults[instance->cloud].group);
    case EMU_FIELD_CHARGE:
        return ens_str_of(emu_instance_is_prepaid(instance) ? defaults[instance->cloud].prepaid
                                                            : defaults[instance->cloud].postpaid);
    case EMU_FIELD_STATUS:
    case EMU_FIELD_TAG:
    case EMU_FIELD_NONE:
        break;
    }
    return (ens_str){0};
}

static bool value_matches(enum emu_form form, ens_str text, ens_str wanted)
{
    if (form == EMU_PATTERN) {
        return ens_str_matches(text, wanted);
    }
    if (form == EMU_PART) {
        return wanted.len == 0 ||
               (text.len > 0 && memmem(text.ptr, text.len, wanted.ptr, wanted.len) != NULL);
    }
    return ens_str_eq(text, wanted);
}

static bool any_matches(const struct emu_filter *filter, ens_str text)
{
    for (size_t i = 0; i < filter->count; i++) {
        if (value_matches(filter->rule->form, text, filter->values[i])) {
            return true;
        }
    }
    return false;
}

static bool matches(const struct emu_filters *filters, const struct emu_filter *filter,
                    struct emu_instance *instance, int64_t now_ms)
{
    if (filter->rule->field == EMU_FIELD_STATUS) {
        return any_matches(filter, ens_str_of(emu_instance_shown(instance, now_ms)));
    }
    if (filter->rule->field != EMU_FIELD_TAG) {
        return any_matches(filter, emu_trait(instance, filter->rule->field, filters->arena));
    }
    const json_t *value = filter->key.len == 0
                              ? NULL
                              : json_object_getn(instance->tags, filter->key.ptr, filter->key.len);
    return value != NULL &&
           (filter->count == 0 || any_matches(filter, ens_str_of(json_string_value(value))));
}

bool emu_filters_match(const struct emu_filters *filters, struct emu_instance *instance,
                       int64_t now_ms)
{
    for (size_t i = 0; i < filters->count; i++) {
        if (!matches(filters, &filters->items[i], instance, now_ms)) {
            return false;
        }
    }
    return true;
}
