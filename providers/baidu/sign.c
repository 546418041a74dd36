/* SPDX-License-Identifier: Apache-2.0 */
#include "baidu/sign.h"

#include "kit/digest.h"
#include "kit/instant.h"
#include "kit/text.h"

#define SLASH KIT_STR("/")
#define LINE  KIT_STR("\n")

ens_str baidu_auth_prefix(const struct ens_memory *memory, ens_str access_key, ens_str date)
{
    return KIT_CONCAT(memory, KIT_STR("bce-auth-v1/"), access_key, SLASH, date, KIT_STR("/1800"));
}

ens_str baidu_signing_key(const struct ens_memory *memory, ens_str secret_key, ens_str prefix)
{
    struct kit_digest digest = kit_hmac(secret_key, prefix);

    return kit_digest_hex(memory, &digest);
}

/* Insertion sort: there are a few. */
static void sort(ens_str *texts, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const ens_str text = texts[i];
        size_t at = i;
        while (at > 0 && kit_compare(texts[at - 1], text) > 0) {
            texts[at] = texts[at - 1];
            at--;
        }
        texts[at] = text;
    }
}

/* Encodes name and value of each pair, sorts the results and joins them. */
static ens_str join_sorted(const struct ens_memory *memory, const struct ens_pair *const *pairs,
                           size_t count, ens_str between, ens_str separator)
{
    ens_str *texts = memory->alloc(memory->ctx, count * sizeof(*texts));
    struct kit_text joined = kit_text_new(memory);

    for (size_t i = 0; i < count; i++) {
        struct kit_text text = kit_text_new(memory);
        kit_text_add_encoded(&text, pairs[i]->name, false);
        kit_text_add(&text, between);
        kit_text_add_encoded(&text, pairs[i]->value, false);
        texts[i] = kit_text_done(&text);
    }
    sort(texts, count);
    for (size_t i = 0; i < count; i++) {
        kit_text_add(&joined, i == 0 ? KIT_STR("") : separator);
        kit_text_add(&joined, texts[i]);
    }
    return kit_text_done(&joined);
}

ens_str baidu_canonical_query(const struct ens_memory *memory,
                              const struct ens_http_request *request)
{
    return join_sorted(memory, request->query, request->query_count, KIT_STR("="), KIT_STR("&"));
}

ens_str baidu_canonical_request(const struct ens_memory *memory,
                                const struct ens_http_request *request, ens_str query,
                                const struct kit_pairs *headers)
{
    return KIT_CONCAT(memory, request->method, LINE, kit_encode(memory, request->path, true), LINE,
                      query, LINE,
                      join_sorted(memory, headers->items, headers->count, KIT_STR(":"), LINE));
}

ens_str baidu_signature(const struct ens_memory *memory, ens_str signing_key,
                        ens_str canonical_request)
{
    struct kit_digest digest = kit_hmac(signing_key, canonical_request);

    return kit_digest_hex(memory, &digest);
}

ens_str baidu_authorization(const struct ens_memory *memory, ens_str prefix, ens_str signed_names,
                            ens_str signature)
{
    return KIT_CONCAT(memory, prefix, SLASH, signed_names, SLASH, signature);
}

void baidu_sign(const struct ens_memory *memory, const struct ens_http_request *request,
                const struct ens_identity *identity, const struct ens_signing_context *context,
                struct ens_signature *ret)
{
    ens_str date = kit_instant_extended(memory, context->now_unix_s);
    ens_str query = baidu_canonical_query(memory, request);

    struct kit_pairs added = kit_pairs_new(memory);
    kit_pairs_add(&added, "x-bce-date", date);
    if (identity->security_token.len > 0) {
        kit_pairs_add(&added, "x-bce-security-token", identity->security_token);
    }
    struct kit_pairs headers = kit_pairs_new(memory);
    kit_pairs_add_all(&headers, added.items, added.count);
    kit_pairs_add(&headers, "host", context->host);
    kit_pairs_sort(&headers);

    ens_str prefix = baidu_auth_prefix(memory, identity->access_key, date);
    ens_str signature =
        baidu_signature(memory, baidu_signing_key(memory, identity->secret_key, prefix),
                        baidu_canonical_request(memory, request, query, &headers));
    kit_pairs_add(&added, "authorization",
                  baidu_authorization(memory, prefix, kit_names(&headers), signature));
    ret->target = kit_target(memory, request->path, query);
    ret->headers = added.items;
    ret->header_count = added.count;
}
