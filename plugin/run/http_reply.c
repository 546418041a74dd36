#include "base/alloc.h"
#include "run/http_private.h"

/* Longer waits are no advice any more; also keeps the arithmetic small. */
#define RETRY_AFTER_MAX_S ((int64_t)24 * 3600)

const char ens_reply_too_large[] = "the reply is larger than 16 MiB";
const char ens_reply_headers_too_large[] = "the headers of the reply are larger than 64 KiB";

void ens_reply_init(struct ens_reply *reply)
{
    *reply = (struct ens_reply){
        .arena = ens_arena_new(),
        .headers = ens_alloc_array(ENS_HTTP_HEADERS_MAX, sizeof(struct ens_pair *)),
        .body = ens_buf_new(ENS_HTTP_REPLY_MAX),
    };
}

void ens_reply_done(struct ens_reply *reply)
{
    ens_arena_free(reply->arena);
    ens_free(reply->headers);
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

bool ens_reply_header(struct ens_reply *reply, ens_str line)
{
    ens_str value = {NULL, 0};

    reply->header_bytes += line.len;
    if (reply->header_bytes > ENS_HTTP_HEADER_BYTES_MAX) {
        reply->too_large = ens_reply_headers_too_large;
        return false;
    }
    if (ens_str_starts(line, ENS_STR("HTTP/"))) {
        reply->header_count = 0; /* what came before belongs to an interim reply (RFC 9110, 15.2) */
        reply->headers_ended = false;
        return true;
    }
    if (ens_str_trim(line).len == 0) {
        reply->headers_ended = true; /* trailers may still follow */
        return true;
    }
    ens_str name = ens_str_cut(line, ':', &value);
    if (value.ptr == NULL || name.len == 0 || ens_str_trim(name).len != name.len) {
        return true; /* no header, or a folded one */
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

bool ens_reply_body(struct ens_reply *reply, ens_str bytes)
{
    if (ens_buf_add(&reply->body, bytes) != ENS_OK) {
        reply->too_large = ens_reply_too_large;
    }
    return reply->too_large == NULL;
}

ens_str ens_reply_find(const struct ens_reply *reply, const char *name)
{
    for (size_t i = 0; i < reply->header_count; i++) {
        if (ens_str_is(reply->headers[i]->name, name)) {
            return reply->headers[i]->value;
        }
    }
    return (ens_str){NULL, 0};
}

/* 0: no date. The value ends with a NUL (ens_arena_dup). */
static int64_t parse_date(ens_str value)
{
    time_t date = value.len == 0 ? -1 : curl_getdate(value.ptr, NULL);

    return date <= 0 ? 0 : (int64_t)date;
}

int64_t ens_reply_server_unix_s(const struct ens_reply *reply)
{
    return parse_date(ens_reply_find(reply, "date"));
}

int64_t ens_reply_retry_after_ms(const struct ens_reply *reply)
{
    ens_str value = ens_reply_find(reply, "retry-after");
    int64_t seconds = 0;

    if (value.len > 0 && !ens_str_to_i64(value, &seconds)) {
        /* A date counts from the clock of who wrote it, not from ours. */
        int64_t then = parse_date(value);
        int64_t now = ens_reply_server_unix_s(reply);
        seconds = then != 0 && now != 0 && then > now ? then - now : 0;
    }
    return (seconds > RETRY_AFTER_MAX_S ? RETRY_AFTER_MAX_S : seconds) * 1000;
}
