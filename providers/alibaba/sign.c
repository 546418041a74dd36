/* SPDX-License-Identifier: Apache-2.0 */
#include "alibaba/sign.h"

#include "kit/digest.h"
#include "kit/instant.h"
#include "kit/text.h"

#define ALGORITHM KIT_STR("ACS3-HMAC-SHA256")

struct kit_pairs alibaba_signed_headers(const struct ens_memory *memory,
                                        const struct kit_pairs *headers)
{
    struct kit_pairs chosen = kit_pairs_new(memory);

    for (size_t i = 0; i < headers->count; i++) {
        ens_str name = headers->items[i]->name;
        if (kit_starts(name, "x-acs-") || kit_is(name, "host") || kit_is(name, "content-type")) {
            kit_pairs_add_all(&chosen, &headers->items[i], 1);
        }
    }
    kit_pairs_sort(&chosen);
    return chosen;
}

ens_str alibaba_string_to_sign(const struct ens_memory *memory, ens_str canonical_request)
{
    return KIT_CONCAT(memory, ALGORITHM, KIT_STR("\n"), kit_sha256_hex(memory, canonical_request));
}

ens_str alibaba_signature(const struct ens_memory *memory, ens_str secret_key,
                          ens_str string_to_sign)
{
    struct kit_digest digest = kit_hmac(secret_key, string_to_sign);

    return kit_digest_hex(memory, &digest);
}

ens_str alibaba_authorization(const struct ens_memory *memory, ens_str access_key,
                              ens_str signed_names, ens_str signature)
{
    return KIT_CONCAT(memory, ALGORITHM, KIT_STR(" Credential="), access_key,
                      KIT_STR(",SignedHeaders="), signed_names, KIT_STR(",Signature="), signature);
}

void alibaba_sign(const struct ens_memory *memory, const struct ens_http_request *request,
                  const struct ens_identity *identity, const struct ens_signing_context *context,
                  struct ens_signature *ret)
{
    ens_str query = kit_query(memory, request);
    ens_str body_sha256 = kit_sha256_hex(memory, request->body);

    struct kit_pairs added = kit_pairs_new(memory);
    kit_pairs_add(&added, "x-acs-date", kit_instant_extended(memory, context->now_unix_s));
    kit_pairs_add(&added, "x-acs-signature-nonce", context->nonce);
    kit_pairs_add(&added, "x-acs-content-sha256", body_sha256);
    if (identity->security_token.len > 0) {
        kit_pairs_add(&added, "x-acs-accesskey-id", identity->access_key);
        kit_pairs_add(&added, "x-acs-security-token", identity->security_token);
    }
    struct kit_pairs all = kit_pairs_new(memory);
    kit_pairs_add_all(&all, request->headers, request->header_count);
    kit_pairs_add_all(&all, added.items, added.count);
    kit_pairs_add(&all, "host", context->host);
    struct kit_pairs headers = alibaba_signed_headers(memory, &all);

    ens_str text = alibaba_string_to_sign(
        memory, kit_canonical_request(memory, request, query, &headers, body_sha256));
    kit_pairs_add(&added, "authorization",
                  alibaba_authorization(memory, identity->access_key, kit_names(&headers),
                                        alibaba_signature(memory, identity->secret_key, text)));
    ret->target = kit_target(memory, request->path, query);
    ret->headers = added.items;
    ret->header_count = added.count;
}
