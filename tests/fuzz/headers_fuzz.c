/* SPDX-License-Identifier: Apache-2.0 */
/* The parser of a reply's header lines, which gets them one by one as libcurl passes them. */
#include "fuzz.h"

#include "core/reply_headers.h"
#include "http/http_private.h"

#define DAY_MS ((int64_t)24 * 3600 * 1000)

static void check_header(const struct ens_pair *header)
{
    FUZZ_REQUIRE(header->name.len > 0);
    for (size_t i = 0; i < header->name.len; i++) {
        FUZZ_REQUIRE(header->name.ptr[i] < 'A' || header->name.ptr[i] > 'Z');
    }
    FUZZ_REQUIRE(ens_str_trim(header->value).len == header->value.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ens_arena_stock arenas = {0};
    struct ens_incoming reply;
    ens_str rest = {(const char *)data, size};
    bool more = true;

    ens_incoming_init(&reply, &arenas);
    while (more && rest.len > 0) {
        ens_str all = rest;
        ens_str line = ens_str_cut(rest, '\n', &rest);
        line.len += line.len < all.len; /* including the line feed */
        more = ens_incoming_header(&reply, line);
    }
    FUZZ_REQUIRE(more == (reply.too_large == NULL));
    FUZZ_REQUIRE(reply.header_count <= ENS_HTTP_HEADERS_MAX);
    for (size_t i = 0; i < reply.header_count; i++) {
        check_header(reply.headers[i]);
    }
    const struct ens_http_reply whole = {
        .struct_size = sizeof(whole),
        .headers = (const struct ens_pair *const *)reply.headers,
        .header_count = reply.header_count,
    };
    int64_t retry_after = ens_reply_retry_after_ms(&whole, 1700000000);
    FUZZ_REQUIRE(retry_after >= 0 && retry_after <= DAY_MS);
    FUZZ_REQUIRE(ens_reply_unix_s(&whole) >= 0);
    ens_incoming_done(&reply, &arenas);
    ens_arena_stock_done(&arenas);
    return 0;
}
