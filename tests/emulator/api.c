#include "api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct emu_api *emu_api_of(enum emu_cloud cloud)
{
    static const struct emu_api *const apis[EMU_CLOUDS] = {
        [EMU_VOLCENGINE] = &emu_volcengine_api,
        [EMU_ALIBABA] = &emu_alibaba_api,
        [EMU_BAIDU] = &emu_baidu_api,
    };
    return apis[cloud];
}

void emu_call_done(struct emu_call *call)
{
    for (size_t i = 0; i < call->id_count; i++) {
        free(call->ids[i]);
    }
    free(call->ids);
    free(call->token);
    free(call->region);
    *call = (struct emu_call){0};
}

void emu_call_add_id(struct emu_call *call, const char *id, size_t len)
{
    call->has_ids = true;
    if (call->id_count >= EMU_MAX_CALL_IDS) {
        return;
    }
    for (size_t i = 0; i < call->id_count; i++) {
        if (strlen(call->ids[i]) == len && strncmp(call->ids[i], id, len) == 0) {
            call->repeated_id = true;
            return;
        }
    }
    call->ids = emu_grow(call->ids, call->id_count, sizeof(char *));
    call->ids[call->id_count++] = emu_copy_n(id, len);
}

void emu_call_add_list(struct emu_call *call, const struct emu_pairs *params, const char *prefix)
{
    size_t len = strlen(prefix);
    for (size_t i = 0; i < params->count; i++) {
        const struct emu_pair *param = &params->items[i];
        long number = 0;
        if (strncmp(param->name, prefix, len) == 0 && param->name[len] == '.' &&
            emu_number_read(param->name + len + 1, 1, 1000000, &number)) {
            emu_call_add_id(call, param->value, strlen(param->value));
        }
    }
}

void emu_call_problem(struct emu_call *call, int status, const char *code, const char *message)
{
    if (call->problem.code == NULL) {
        call->problem = (struct emu_refusal){status, code, message};
    }
}

void emu_call_number(struct emu_call *call, const struct emu_pairs *params, const char *name,
                     long min, long max, const char *code, long *number)
{
    const char *text = emu_pairs_get(params, name);
    if (text != NULL && !emu_number_read(text, min, max, number)) {
        emu_call_problem(call, 400, code, "A number in the request is out of its range.");
    }
}

void emu_call_bool(struct emu_call *call, const struct emu_pairs *params, const char *name,
                   const char *code, bool *flag)
{
    const char *text = emu_pairs_get(params, name);
    if (text == NULL) {
        return;
    }
    *flag = strcmp(text, "true") == 0;
    if (!*flag && strcmp(text, "false") != 0) {
        emu_call_problem(call, 400, code, "A boolean in the request is neither true nor false.");
    }
}

void emu_page_token_write(char ret_text[32], size_t start)
{
    snprintf(ret_text, 32, "page-%zu", start);
}

bool emu_page_token_read(const char *text, size_t *ret_start)
{
    long start = 0;
    if (!emu_starts_with(text, "page-") ||
        !emu_number_read(text + strlen("page-"), 0, 1000000000, &start)) {
        return false;
    }
    *ret_start = (size_t)start;
    return true;
}

struct emu_instance *emu_context_find(const struct emu_context *context, const char *id)
{
    if (!context->permitted) {
        return NULL;
    }
    return emu_world_find(context->world, context->request->cloud, context->account,
                          context->call->region, id);
}

void emu_page_collect(const struct emu_context *context, struct emu_page *ret_page)
{
    const struct emu_call *call = context->call;
    enum emu_cloud cloud = context->request->cloud;
    size_t candidates = call->has_ids ? call->id_count : context->world->instance_count[cloud];
    *ret_page = (struct emu_page){0};
    for (size_t i = 0; i < candidates; i++) {
        const char *id =
            call->has_ids ? call->ids[candidates - 1 - i] : context->world->instances[cloud][i]->id;
        struct emu_instance *instance = emu_context_find(context, id);
        if (instance == NULL) {
            continue;
        }
        size_t at = ret_page->total++;
        if (at >= call->page_start && ret_page->count < (size_t)call->page_size) {
            ret_page->items =
                emu_grow(ret_page->items, ret_page->count, sizeof(struct emu_instance *));
            ret_page->items[ret_page->count++] = instance;
        }
    }
    ret_page->more = call->page_start + ret_page->count < ret_page->total;
}

void emu_page_done(struct emu_page *page)
{
    free(page->items);
    *page = (struct emu_page){0};
}

bool emu_context_refuses(const struct emu_context *context, const char *id,
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
