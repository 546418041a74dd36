/* SPDX-License-Identifier: Apache-2.0 */
#include "sign.h"

#include <inttypes.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>

#include "text.h"

/* The percent-encoded path and query. They are signed and sent in this form, so nothing else may
 * encode them. */
static ens_str make_target(const struct ens_memory *memory, const struct ens_http_request *request)
{
    ens_str target = request->path;

    for (size_t i = 0; i < request->query_count; i++) {
        target = TOY_CONCAT(memory, target, i == 0 ? TOY_STR("?") : TOY_STR("&"),
                            toy_encode(memory, request->query[i]->name), TOY_STR("="),
                            toy_encode(memory, request->query[i]->value));
    }
    return target;
}

static ens_str hmac_hex(const struct ens_memory *memory, ens_str key, ens_str text)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char mac[EVP_MAX_MD_SIZE];
    unsigned int size = 0;

    HMAC(EVP_sha256(), key.ptr, (int)key.len, (const unsigned char *)text.ptr, text.len, mac,
         &size);
    char *hex = memory->alloc(memory->ctx, 2 * (size_t)size);
    for (unsigned int i = 0; i < size; i++) {
        hex[2 * i] = digits[mac[i] >> 4];
        hex[2 * i + 1] = digits[mac[i] & 15];
    }
    return (ens_str){hex, 2 * (size_t)size};
}

static ens_str time_text(const struct ens_memory *memory, int64_t unix_s)
{
    char text[32];
    int len = snprintf(text, sizeof(text), "%" PRId64, unix_s);

    return TOY_CONCAT(memory, (ens_str){text, (size_t)len});
}

void toy_sign(const struct ens_memory *memory, const struct ens_http_request *request,
              const struct ens_identity *identity, const struct ens_signing_context *context,
              struct ens_signature *ret)
{
    ens_str target = make_target(memory, request);
    ens_str time = time_text(memory, context->now_unix_s);
    ens_str line_end = TOY_STR("\n");
    ens_str to_sign = TOY_CONCAT(memory, request->method, line_end, target, line_end, time,
                                 line_end, context->nonce, line_end);
    const struct ens_pair headers[] = {
        {TOY_STR("x-toy-key"), identity->access_key},
        {TOY_STR("x-toy-time"), time},
        {TOY_STR("x-toy-nonce"), context->nonce},
        {TOY_STR("x-toy-signature"), hmac_hex(memory, identity->secret_key, to_sign)},
    };
    const size_t count = sizeof(headers) / sizeof(headers[0]);
    struct ens_pair *copies = memory->alloc(memory->ctx, sizeof(headers));
    const struct ens_pair **list = memory->alloc(memory->ctx, count * sizeof(*list));

    memcpy(copies, headers, sizeof(headers));
    for (size_t i = 0; i < count; i++) {
        list[i] = &copies[i];
    }
    ret->target = target;
    ret->headers = list;
    ret->header_count = count;
}
