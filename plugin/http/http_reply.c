/* SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "http/http_private.h"

const char ens_incoming_too_large[] = "the reply is larger than 16 MiB";
const char ens_incoming_headers_too_large[] = "the headers of the reply are larger than 64 KiB";

void ens_incoming_init(struct ens_incoming *reply, struct ens_arena_stock *arenas)
{
    struct ens_arena *arena = ens_arena_take(arenas);

    *reply = (struct ens_incoming){
        .arena = arena,
        .headers = ens_arena_array(arena, ENS_HTTP_HEADERS_MAX, sizeof(struct ens_pair *)),
        .body = ens_buf_new_secret(ENS_HTTP_REPLY_MAX), /* it may hold keys */
    };
}

void ens_incoming_done(struct ens_incoming *reply, struct ens_arena_stock *arenas)
{
    ens_arena_give(arenas, reply->arena);
    ens_buf_done(&reply->body);
}

static ens_str lower_case(struct ens_arena *arena, ens_str text)
{
    char *copy = ens_arena_alloc(arena, text.len + 1);

    for (size_t i = 0; i < text.len; i++) {
        copy[i] = text.ptr[i];
        if (copy[i] >= 'A' && copy[i] <= 'Z') {
            copy[i] = (char)(copy[i] - 'A' + 'a');
        }
    }
    return (ens_str){copy, text.len};
}

bool ens_incoming_header(struct ens_incoming *reply, ens_str line)
{
    ens_str value = {NULL, 0};

    reply->header_bytes += line.len;
    if (reply->header_bytes > ENS_HTTP_HEADER_BYTES_MAX) {
        reply->too_large = ens_incoming_headers_too_large;
        return false;
    }
    if (ens_str_starts(line, ENS_STR("HTTP/"))) {
        reply->header_count = 0; /* drop the headers of an interim reply (RFC 9110, 15.2) */
        reply->headers_ended = false;
        return true;
    }
    if (ens_str_trim(line).len == 0) {
        reply->headers_ended = true; /* trailers may still follow */
        return true;
    }
    ens_str name = ens_str_cut(line, ':', &value);
    if (value.ptr == NULL || name.len == 0 || ens_str_trim(name).len != name.len) {
        return true; /* ignore a malformed or folded header */
    }
    if (reply->header_count == ENS_HTTP_HEADERS_MAX) {
        reply->too_large = "the reply has more than 200 headers";
        return false;
    }
    struct ens_pair *header = ens_arena_alloc(reply->arena, sizeof(*header));
    header->name = lower_case(reply->arena, name);
    header->value = ens_arena_dup(reply->arena, ens_str_trim(value));
    reply->headers[reply->header_count++] = header;
    return true;
}

bool ens_incoming_body(struct ens_incoming *reply, ens_str bytes)
{
    ens_buf_add(&reply->body, bytes);
    if (ens_buf_failed(&reply->body)) {
        reply->too_large = ens_incoming_too_large;
    }
    return reply->too_large == NULL;
}
