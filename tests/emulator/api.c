/* SPDX-License-Identifier: Apache-2.0 */
#include "api.h"

#include "number.h"

#include <stdio.h>
#include <string.h>

void emu_call_add_id(struct emu_call *call, ens_str id)
{
    call->has_ids = true;
    if (call->id_count >= EMU_MAX_CALL_IDS) {
        return;
    }
    for (size_t i = 0; i < call->id_count; i++) {
        if (ens_str_eq(call->ids[i], id)) {
            call->repeated_id = true;
            return;
        }
    }
    call->ids = ens_arena_grow(call->arena, call->ids, call->id_count, sizeof(*call->ids));
    call->ids[call->id_count++] = id;
}

void emu_call_add_list(struct emu_call *call, const struct emu_fields *params, const char *prefix)
{
    for (size_t i = 0; i < params->count; i++) {
        ens_str suffix = {0};
        int64_t number = 0;
        if (ens_str_is(ens_str_cut(params->items[i].name, '.', &suffix), prefix) &&
            emu_number_read(suffix, 1, 1000000, &number)) {
            emu_call_add_id(call, params->items[i].value);
        }
    }
}

void emu_call_add_json(struct emu_call *call, const json_t *list, int status, const char *code)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *id = json_string_value(json_array_get(list, i));
        if (id == NULL) {
            emu_call_problem(call, status, code, "An instance id is not a text.");
        } else {
            emu_call_add_id(call, ens_arena_dup(call->arena, ens_str_of(id)));
        }
    }
}

void emu_call_problem(struct emu_call *call, int status, const char *code, const char *message)
{
    if (call->problem.code == NULL) {
        call->problem = (struct emu_refusal){status, code, message};
    }
}

void emu_call_number(struct emu_call *call, const struct emu_fields *params, const char *name,
                     int64_t min, int64_t max, const char *code, int64_t *number)
{
    ens_str text = emu_fields_get(params, name);
    if (text.ptr != NULL && !emu_number_read(text, min, max, number)) {
        emu_call_problem(call, 400, code, "A number in the request is out of its range.");
    }
}

void emu_call_clamped(struct emu_call *call, const struct emu_fields *params, const char *name,
                      int64_t min, int64_t max, const char *code, int64_t *number)
{
    emu_call_number(call, params, name, 0, INT32_MAX, code, number);
    *number = *number < min ? min : *number > max ? max : *number;
}

void emu_call_filters(struct emu_call *call, enum emu_cloud cloud, const struct emu_fields *params,
                      const struct emu_filter_rule *rules, const char *code)
{
    call->filters.arena = call->arena;
    for (size_t i = 0; i < params->count; i++) {
        if (!emu_filters_add(&call->filters, cloud, rules, &params->items[i])) {
            ens_str message =
                ens_arena_printf(call->arena, "The specified parameter \"%.*s\" is not valid.",
                                 ENS_STR_ARG(params->items[i].name));
            emu_call_problem(call, 400, code, message.ptr);
        }
    }
}

json_t *emu_tag_list(const struct emu_instance *instance, const char *key_name,
                     const char *value_name)
{
    json_t *list = json_array(), *value = NULL;
    const char *key = NULL;
    json_object_foreach(instance->tags, key, value)
    {
        json_array_append_new(list, json_pack("{s:s, s:O}", key_name, key, value_name, value));
    }
    return list;
}

void emu_call_bool(struct emu_call *call, const struct emu_fields *params, const char *name,
                   const char *code, bool *flag)
{
    ens_str text = emu_fields_get(params, name);
    if (text.ptr == NULL) {
        return;
    }
    *flag = ens_str_is(text, "true");
    if (!*flag && !ens_str_is(text, "false")) {
        emu_call_problem(call, 400, code, "A boolean in the request is neither true nor false.");
    }
}

void emu_call_page(struct emu_call *call, const struct emu_fields *params, int64_t max,
                   const char *code)
{
    int64_t number = 1;
    emu_call_number(call, params, "PageSize", 1, max, code, &call->page_size);
    emu_call_number(call, params, "PageNumber", 1, 1000000, code, &number);
    call->page_start = (size_t)(number - 1) * (size_t)call->page_size;
}

void emu_page_token_write(char ret_text[32], size_t start)
{
    snprintf(ret_text, 32, "page-%zu", start);
}

void emu_call_page_token(struct emu_call *call, ens_str token, const char *code,
                         const char *message)
{
    int64_t start = 0;
    ens_str number = {0};
    if (token.len == 0) {
        return;
    }
    if (ens_str_is(ens_str_cut(token, '-', &number), "page") &&
        emu_number_read(number, 0, 1000000000, &start)) {
        call->page_start = (size_t)start;
    } else {
        emu_call_problem(call, 400, code, message);
    }
}

struct emu_instance *emu_context_find(const struct emu_context *context, ens_str id)
{
    if (!context->permitted) {
        return NULL;
    }
    return emu_world_find(context->world, context->request->cloud, context->account,
                          context->call->region, id);
}

/* An instance of those that were asked for, or of all of the cloud; NULL if it is not visible. */
static struct emu_instance *candidate(const struct emu_context *context, size_t index)
{
    const struct emu_call *call = context->call;
    if (call->has_ids) {
        return emu_context_find(context, call->ids[call->id_count - 1 - index]);
    }
    struct emu_instance *instance = context->world->instances[context->request->cloud][index];
    bool visible = context->permitted && emu_world_shows(instance, context->account, call->region);
    return visible ? instance : NULL;
}

void emu_page_collect(const struct emu_context *context, struct emu_page *ret_page)
{
    const struct emu_call *call = context->call;
    enum emu_cloud cloud = context->request->cloud;
    size_t candidates = call->has_ids ? call->id_count : context->world->instance_count[cloud];
    size_t most = emu_filters_most(&call->filters, cloud);
    *ret_page = (struct emu_page){0};
    for (size_t i = 0; i < candidates && ret_page->total < most; i++) {
        struct emu_instance *instance = candidate(context, i);
        if (instance == NULL ||
            !emu_filters_match(&call->filters, instance, context->request->now_ms)) {
            continue;
        }
        size_t at = ret_page->total++;
        if (at >= call->page_start && ret_page->count < (size_t)call->page_size) {
            ret_page->items = ens_arena_grow(call->arena, ret_page->items, ret_page->count,
                                             sizeof(struct emu_instance *));
            ret_page->items[ret_page->count++] = instance;
        }
    }
    ret_page->more = call->page_start + ret_page->count < ret_page->total;
}

bool emu_context_refuses(const struct emu_context *context, ens_str id,
                         struct emu_instance **ret_instance, struct emu_refusal *ret_refusal)
{
    struct emu_instance *instance = emu_context_find(context, id);
    if (instance == NULL) {
        *ret_refusal = emu_refusal_find(context->request->cloud, "vanished");
        return true;
    }
    *ret_instance = instance;
    return emu_instance_refuses(instance, context->call->dry_run, context->request->now_ms,
                                ret_refusal);
}

void emu_context_start(const struct emu_context *context, struct emu_instance *instance)
{
    int64_t now_ms = context->request->now_ms;
    if (context->hold_back_ms > 0 || context->hold_back_reads > 0) {
        emu_instance_hold_back(instance, now_ms, context->hold_back_ms, context->hold_back_reads);
    }
    emu_instance_start(instance, context->boot_ms, now_ms);
}
