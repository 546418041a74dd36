/* SPDX-License-Identifier: Apache-2.0 */
#include "kit/request.h"

#include <string.h>

#include "kit/text.h"

#define FIRST_ROOM ((size_t)8)

struct kit_pairs kit_pairs_new(const struct ens_memory *memory)
{
    return (struct kit_pairs){.memory = memory};
}

static void make_room(struct kit_pairs *pairs, size_t more)
{
    const struct ens_memory *memory = pairs->memory;
    size_t room = pairs->room == 0 ? FIRST_ROOM : pairs->room;

    if (pairs->room - pairs->count >= more) {
        return;
    }
    while (room - pairs->count < more) {
        room *= 2;
    }
    const struct ens_pair **items = memory->alloc(memory->ctx, room * sizeof(items[0]));
    if (pairs->count > 0) {
        memcpy(items, pairs->items, pairs->count * sizeof(items[0]));
    }
    pairs->items = items;
    pairs->room = room;
}

void kit_pairs_add_slice(struct kit_pairs *pairs, ens_str name, ens_str value)
{
    struct ens_pair *pair = pairs->memory->alloc(pairs->memory->ctx, sizeof(*pair));

    *pair = (struct ens_pair){name, value};
    make_room(pairs, 1);
    pairs->items[pairs->count++] = pair;
}

void kit_pairs_add(struct kit_pairs *pairs, const char *name, ens_str value)
{
    kit_pairs_add_slice(pairs, kit_str(name), value);
}

/* The number after this one in byte order of the numbers 1 to count: 1, 10, 100, 11, 2 of 1 to 100
 * without those between. */
static size_t next_by_bytes(size_t number, size_t count)
{
    if (number * 10 <= count) {
        return number * 10;
    }
    while (number % 10 == 9 || number == count) {
        number /= 10;
    }
    return number + 1;
}

static size_t digits_of(size_t number)
{
    size_t digits = 1;

    while (number >= 10) {
        number /= 10;
        digits++;
    }
    return digits;
}

void kit_pairs_add_numbered(struct kit_pairs *pairs, const char *prefix, const ens_str *values,
                            size_t count)
{
    const struct ens_memory *memory = pairs->memory;
    const ens_str before = kit_str(prefix);
    struct ens_pair *added = memory->alloc(memory->ctx, count * sizeof(*added));
    struct kit_text names = kit_text_new(memory);
    size_t number = 1;

    kit_text_reserve(&names, count * (before.len + digits_of(count)));
    make_room(pairs, count);
    for (size_t i = 0; i < count; i++) {
        const size_t start = names.len;
        kit_text_add(&names, before);
        kit_text_add_number(&names, number, 1);
        added[i].name = (ens_str){names.ptr + start, names.len - start};
        added[i].value = values[number - 1];
        pairs->items[pairs->count++] = &added[i];
        number = next_by_bytes(number, count);
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
    make_room(pairs, count);
    for (size_t i = 0; i < count; i++) {
        pairs->items[pairs->count++] = items[i];
    }
}

static int compare_pairs(const struct ens_pair *left, const struct ens_pair *right)
{
    int order = kit_compare(left->name, right->name);

    return order != 0 ? order : kit_compare(left->value, right->value);
}

/* Insertion sort: most lists are short, and the long ones are sorted but for a few items. */
void kit_pairs_sort(struct kit_pairs *pairs)
{
    for (size_t i = 1; i < pairs->count; i++) {
        const struct ens_pair *item = pairs->items[i];
        size_t at = i;
        while (at > 0 && compare_pairs(pairs->items[at - 1], item) > 0) {
            pairs->items[at] = pairs->items[at - 1];
            at--;
        }
        pairs->items[at] = item;
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

static size_t length_of(const ens_str *items, size_t count)
{
    size_t length = 0;

    for (size_t i = 0; i < count; i++) {
        length += items[i].len;
    }
    return length;
}

ens_str kit_json_array(const struct ens_memory *memory, const ens_str *items, size_t count)
{
    char *start = memory->alloc(memory->ctx, 2 * length_of(items, count) + 3 * count + 2);
    char *out = start;

    *out++ = '[';
    for (size_t i = 0; i < count; i++) {
        if (i > 0) {
            *out++ = ',';
        }
        *out++ = '"';
        for (size_t j = 0; j < items[i].len; j++) {
            const char c = items[i].ptr[j];
            if (c == '"' || c == '\\') {
                *out++ = '\\';
            }
            *out++ = c;
        }
        *out++ = '"';
    }
    *out++ = ']';
    return (ens_str){start, (size_t)(out - start)};
}

static ens_str join_encoded(struct kit_pairs *pairs)
{
    struct kit_text text = kit_text_new(pairs->memory);
    size_t length = 0;

    kit_pairs_sort(pairs);
    for (size_t i = 0; i < pairs->count; i++) {
        length += pairs->items[i]->name.len + pairs->items[i]->value.len;
    }
    kit_text_reserve(&text, length + 2 * pairs->count); /* more, if something is encoded */
    for (size_t i = 0; i < pairs->count; i++) {
        if (i > 0) {
            kit_text_add_byte(&text, '&');
        }
        kit_text_add_encoded(&text, pairs->items[i]->name, false);
        kit_text_add_byte(&text, '=');
        kit_text_add_encoded(&text, pairs->items[i]->value, false);
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
    ens_str encoded = kit_encode(memory, path, true);

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
    return KIT_CONCAT(memory, request->method, line, kit_encode(memory, request->path, true), line,
                      query, line, kit_text_done(&block), line, kit_names(headers), line,
                      body_sha256);
}
