/* SPDX-License-Identifier: Apache-2.0 */
#include "kit/request.h"

#include <stdlib.h>
#include <string.h>

#include "kit/text.h"

#define FIRST_ROOM ((size_t)8)

struct kit_pairs kit_pairs_new(const struct ens_memory *memory)
{
    return (struct kit_pairs){.memory = memory};
}

static void add(struct kit_pairs *pairs, const struct ens_pair *pair)
{
    const struct ens_memory *memory = pairs->memory;

    if (pairs->count == pairs->room) {
        pairs->room = pairs->room == 0 ? FIRST_ROOM : pairs->room * 2;
        const struct ens_pair **items =
            memory->alloc(memory->ctx, pairs->room * sizeof(pairs->items[0]));
        if (pairs->count > 0) {
            memcpy(items, pairs->items, pairs->count * sizeof(pairs->items[0]));
        }
        pairs->items = items;
    }
    pairs->items[pairs->count++] = pair;
}

void kit_pairs_add_slice(struct kit_pairs *pairs, ens_str name, ens_str value)
{
    struct ens_pair *pair = pairs->memory->alloc(pairs->memory->ctx, sizeof(*pair));

    *pair = (struct ens_pair){name, value};
    add(pairs, pair);
}

void kit_pairs_add(struct kit_pairs *pairs, const char *name, ens_str value)
{
    kit_pairs_add_slice(pairs, kit_str(name), value);
}

void kit_pairs_add_numbered(struct kit_pairs *pairs, const char *prefix, const ens_str *values,
                            size_t count)
{
    for (size_t i = 0; i < count; i++) {
        kit_pairs_add_slice(pairs, kit_numbered(pairs->memory, prefix, i + 1), values[i]);
    }
}

void kit_pairs_add_set(struct kit_pairs *pairs, const char *name, ens_str value)
{
    if (value.len > 0) {
        kit_pairs_add(pairs, name, value);
    }
}

void kit_pairs_add_all(struct kit_pairs *pairs, const struct ens_pair *const *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        add(pairs, items[i]);
    }
}

static int compare_pairs(const void *a, const void *b)
{
    const struct ens_pair *left = *(const struct ens_pair *const *)a;
    const struct ens_pair *right = *(const struct ens_pair *const *)b;
    int order = kit_compare(left->name, right->name);

    return order != 0 ? order : kit_compare(left->value, right->value);
}

void kit_pairs_sort(struct kit_pairs *pairs)
{
    if (pairs->count > 1) {
        qsort(pairs->items, pairs->count, sizeof(pairs->items[0]), compare_pairs);
    }
}

void kit_request_set_query(struct ens_http_request *request, const struct kit_pairs *query)
{
    request->query = query->items;
    request->query_count = query->count;
}

void kit_request_set_headers(struct ens_http_request *request, const struct kit_pairs *headers)
{
    request->headers = headers->items;
    request->header_count = headers->count;
}

ens_str kit_reply_header(const struct ens_http_reply *reply, const char *name)
{
    for (size_t i = 0; i < reply->header_count; i++) {
        if (kit_is(reply->headers[i]->name, name)) {
            return kit_trim(reply->headers[i]->value);
        }
    }
    return (ens_str){NULL, 0};
}

static void add_json_text(struct kit_text *text, ens_str value)
{
    size_t start = 0;

    kit_text_add(text, KIT_STR("\""));
    for (size_t i = 0; i < value.len; i++) {
        if (value.ptr[i] == '"' || value.ptr[i] == '\\') {
            kit_text_add(text, (ens_str){value.ptr + start, i - start});
            kit_text_add(text, KIT_STR("\\"));
            start = i;
        }
    }
    if (start < value.len) {
        kit_text_add(text, (ens_str){value.ptr + start, value.len - start});
    }
    kit_text_add(text, KIT_STR("\""));
}

ens_str kit_json_array(const struct ens_memory *memory, const ens_str *items, size_t count)
{
    struct kit_text text = kit_text_new(memory);

    kit_text_add(&text, KIT_STR("["));
    for (size_t i = 0; i < count; i++) {
        kit_text_add(&text, i == 0 ? KIT_STR("") : KIT_STR(","));
        add_json_text(&text, items[i]);
    }
    kit_text_add(&text, KIT_STR("]"));
    return kit_text_done(&text);
}

static ens_str join_encoded(struct kit_pairs *pairs)
{
    struct kit_text text = kit_text_new(pairs->memory);

    kit_pairs_sort(pairs);
    for (size_t i = 0; i < pairs->count; i++) {
        kit_text_add(&text, i == 0 ? KIT_STR("") : KIT_STR("&"));
        kit_text_add_encoded(&text, pairs->items[i]->name, "");
        kit_text_add(&text, KIT_STR("="));
        kit_text_add_encoded(&text, pairs->items[i]->value, "");
    }
    return kit_text_done(&text);
}

ens_str kit_query(const struct ens_memory *memory, const struct ens_http_request *request)
{
    struct kit_pairs pairs = kit_pairs_new(memory);

    kit_pairs_add_all(&pairs, request->query, request->query_count);
    return join_encoded(&pairs);
}

ens_str kit_form(const struct kit_pairs *fields)
{
    struct kit_pairs pairs = kit_pairs_new(fields->memory);

    kit_pairs_add_all(&pairs, fields->items, fields->count);
    return join_encoded(&pairs);
}

ens_str kit_target(const struct ens_memory *memory, ens_str path, ens_str query)
{
    ens_str encoded = kit_encode(memory, path, "/");

    return query.len == 0 ? encoded : KIT_CONCAT(memory, encoded, KIT_STR("?"), query);
}

ens_str kit_names(const struct kit_pairs *headers)
{
    struct kit_text text = kit_text_new(headers->memory);

    for (size_t i = 0; i < headers->count; i++) {
        kit_text_add(&text, i == 0 ? KIT_STR("") : KIT_STR(";"));
        kit_text_add(&text, headers->items[i]->name);
    }
    return kit_text_done(&text);
}

ens_str kit_canonical_request(const struct ens_memory *memory,
                              const struct ens_http_request *request, ens_str query,
                              const struct kit_pairs *headers, ens_str body_sha256)
{
    const ens_str line = KIT_STR("\n");
    struct kit_text block = kit_text_new(memory);

    for (size_t i = 0; i < headers->count; i++) {
        kit_text_add(&block, headers->items[i]->name);
        kit_text_add(&block, KIT_STR(":"));
        kit_text_add(&block, kit_trim(headers->items[i]->value));
        kit_text_add(&block, line);
    }
    return KIT_CONCAT(memory, request->method, line, kit_encode(memory, request->path, "/"), line,
                      query, line, kit_text_done(&block), line, kit_names(headers), line,
                      body_sha256);
}
