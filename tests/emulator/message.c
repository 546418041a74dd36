/* SPDX-License-Identifier: Apache-2.0 */
#include "message.h"

#include <stdlib.h>
#include <string.h>

void emu_fields_add(struct emu_fields *fields, ens_str name, ens_str value)
{
    fields->items =
        ens_arena_grow(fields->arena, fields->items, fields->count, sizeof(*fields->items));
    fields->items[fields->count++] = (struct ens_pair){name, value};
}

ens_str emu_fields_find(const struct emu_fields *fields, ens_str name)
{
    for (size_t i = 0; i < fields->count; i++) {
        if (ens_str_eq(fields->items[i].name, name)) {
            return fields->items[i].value;
        }
    }
    return (ens_str){0};
}

ens_str emu_fields_get(const struct emu_fields *fields, const char *name)
{
    return emu_fields_find(fields, ens_str_of(name));
}

static int compare_pairs(const void *left, const void *right)
{
    const struct ens_pair *a = left;
    const struct ens_pair *b = right;
    int by_name = ens_str_cmp(a->name, b->name);
    return by_name != 0 ? by_name : ens_str_cmp(a->value, b->value);
}

void emu_fields_sort(struct emu_fields *fields)
{
    if (fields->count > 1) {
        qsort(fields->items, fields->count, sizeof(*fields->items), compare_pairs);
    }
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool emu_percent_decode(struct ens_arena *arena, ens_str text, bool plus, ens_str *ret_text)
{
    char *out = ens_arena_alloc(arena, text.len + 1);
    size_t used = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c != '%') {
            out[used++] = plus && c == '+' ? ' ' : c;
            continue;
        }
        int high = text.len - i > 2 ? hex_value(text.ptr[i + 1]) : -1;
        int low = text.len - i > 2 ? hex_value(text.ptr[i + 2]) : -1;
        if (high < 0 || low < 0 || (high == 0 && low == 0)) {
            return false;
        }
        out[used++] = (char)(high * 16 + low);
        i += 2;
    }
    *ret_text = (ens_str){out, used};
    return true;
}

bool emu_query_read(ens_str query, struct emu_fields *fields)
{
    while (query.len > 0) {
        ens_str value = {0}, name = {0}, decoded = {0};
        ens_str pair = ens_str_cut(query, '&', &query);
        if (pair.len == 0) {
            continue;
        }
        ens_str raw_name = ens_str_cut(pair, '=', &value);
        if (!emu_percent_decode(fields->arena, raw_name, true, &name) ||
            !emu_percent_decode(fields->arena, value, true, &decoded)) {
            return false;
        }
        emu_fields_add(fields, name, decoded);
    }
    return true;
}

void emu_request_init(struct emu_request *request, const char *target)
{
    ens_str query = {0};
    *request = (struct emu_request){.arena = ens_arena_new(), .body = ens_buf_new(EMU_MAX_BODY)};
    ens_str path = ens_str_cut(ens_str_of(target), '?', &query);
    request->params.arena = request->arena;
    request->headers.arena = request->arena;
    request->path = ens_arena_dup(request->arena, path);
    request->query = ens_arena_dup(request->arena, query);
    request->query_broken = !emu_query_read(request->query, &request->params);
}

void emu_request_method(struct emu_request *request, const char *method)
{
    request->method = ens_arena_dup(request->arena, ens_str_of(method));
}

void emu_request_header(struct emu_request *request, const char *name, const char *value)
{
    size_t len = strlen(name);
    char *lower = ens_arena_alloc(request->arena, len + 1);
    for (size_t i = 0; i < len; i++) {
        lower[i] = (char)(name[i] >= 'A' && name[i] <= 'Z' ? name[i] - 'A' + 'a' : name[i]);
    }
    emu_fields_add(&request->headers, (ens_str){lower, len},
                   ens_arena_dup(request->arena, ens_str_trim(ens_str_of(value))));
}

ens_str emu_header(const struct emu_request *request, const char *name)
{
    return emu_fields_get(&request->headers, name);
}

void emu_request_done(struct emu_request *request)
{
    ens_buf_done(&request->body);
    ens_arena_free(request->arena);
    *request = (struct emu_request){0};
}

json_t *emu_json_text(ens_str text)
{
    json_t *json = json_stringn(text.len == 0 ? "" : text.ptr, text.len);
    if (json != NULL) {
        return json;
    }
    ENS_AUTO_BUF ascii = ens_buf_new(text.len);
    for (size_t i = 0; i < text.len; i++) {
        ens_buf_add_char(&ascii, (unsigned char)text.ptr[i] >= 128 ? '?' : text.ptr[i]);
    }
    return json_stringn(ens_buf_text(&ascii), ascii.len);
}

void emu_reply_init(struct emu_reply *reply, const struct emu_request *request)
{
    *reply = (struct emu_reply){.arena = request->arena,
                                .headers = {.arena = request->arena},
                                .body = ens_buf_new(EMU_MAX_REPLY)};
}

static ens_str keep(struct emu_reply *reply, const char *text)
{
    return ens_arena_dup(reply->arena, ens_str_of(text));
}

void emu_reply_header(struct emu_reply *reply, const char *name, const char *value)
{
    emu_fields_add(&reply->headers, keep(reply, name), keep(reply, value));
}

void emu_reply_type(struct emu_reply *reply, const char *content_type)
{
    reply->content_type = keep(reply, content_type);
}

void emu_reply_code(struct emu_reply *reply, const char *code)
{
    reply->code = keep(reply, code);
}

static int add_piece(const char *piece, size_t len, void *body)
{
    ens_buf_add(body, (ens_str){piece, len});
    return 0;
}

void emu_reply_json(struct emu_reply *reply, int status, json_t *json)
{
    reply->status = status;
    emu_reply_type(reply, "application/json; charset=utf-8");
    ens_buf_reset(&reply->body);
    int failed = json_dump_callback(json, add_piece, &reply->body, JSON_COMPACT | JSON_ENCODE_ANY);
    ENS_ASSERT(failed == 0 && !ens_buf_failed(&reply->body));
    json_decref(json);
}

void emu_reply_page(struct emu_reply *reply, int status, const char *content_type, const char *body)
{
    reply->headers.count = 0;
    reply->status = status;
    reply->code = (ens_str){0};
    emu_reply_type(reply, content_type);
    ens_buf_reset(&reply->body);
    ens_buf_add(&reply->body, ens_str_of(body));
}

void emu_reply_done(struct emu_reply *reply)
{
    ens_buf_done(&reply->body);
    json_decref(reply->granted);
}
