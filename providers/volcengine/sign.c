/* SPDX-License-Identifier: Apache-2.0 */
#include "volcengine/sign.h"

#include "kit/instant.h"
#include "kit/request.h"
#include "kit/text.h"

#define ALGORITHM  KIT_STR("HMAC-SHA256")
#define TERMINATOR KIT_STR("request")
#define LINE       KIT_STR("\n")
#define SLASH      KIT_STR("/")

static ens_str without_suffix(ens_str s, ens_str suffix)
{
    if (s.len < suffix.len ||
        kit_compare((ens_str){s.ptr + (s.len - suffix.len), suffix.len}, suffix) != 0) {
        return s;
    }
    return (ens_str){s.ptr, s.len - suffix.len};
}

ens_str volcengine_signed_host(ens_str host)
{
    return without_suffix(without_suffix(host, KIT_STR(":80")), KIT_STR(":443"));
}

ens_str volcengine_scope_text(const struct ens_memory *memory, const struct volcengine_scope *scope)
{
    return KIT_CONCAT(memory, scope->day, SLASH, scope->region, SLASH, scope->service, SLASH,
                      TERMINATOR);
}

ens_str volcengine_string_to_sign(const struct ens_memory *memory, ens_str date, ens_str scope,
                                  ens_str canonical_request)
{
    return KIT_CONCAT(memory, ALGORITHM, LINE, date, LINE, scope, LINE,
                      kit_sha256_hex(memory, canonical_request));
}

struct kit_digest volcengine_signing_key(ens_str secret_key, const struct volcengine_scope *scope)
{
    struct kit_digest key = kit_hmac(secret_key, scope->day);

    kit_hmac_chain(&key, scope->region);
    kit_hmac_chain(&key, scope->service);
    kit_hmac_chain(&key, TERMINATOR);
    return key;
}

ens_str volcengine_signature(const struct ens_memory *memory, struct kit_digest signing_key,
                             ens_str string_to_sign)
{
    kit_hmac_chain(&signing_key, string_to_sign);
    return kit_digest_hex(memory, &signing_key);
}

ens_str volcengine_authorization(const struct ens_memory *memory, ens_str access_key, ens_str scope,
                                 ens_str signed_names, ens_str signature)
{
    return KIT_CONCAT(memory, ALGORITHM, KIT_STR(" Credential="), access_key, SLASH, scope,
                      KIT_STR(", SignedHeaders="), signed_names, KIT_STR(", Signature="),
                      signature);
}

void volcengine_sign(const struct ens_memory *memory, const struct ens_http_request *request,
                     const struct ens_identity *identity, const struct ens_signing_context *context,
                     struct ens_signature *ret)
{
    ens_str date = kit_instant_basic(memory, context->now_unix_s);
    struct volcengine_scope scope = {{date.ptr, 8},
                                     context->region,
                                     context->service.len > 0 ? context->service : KIT_STR("ecs")};
    ens_str body_sha256 = kit_sha256_hex(memory, request->body);
    ens_str query = kit_query(memory, request);

    struct kit_pairs added = kit_pairs_new(memory);
    kit_pairs_add(&added, "x-date", date);
    if (identity->security_token.len > 0) {
        kit_pairs_add(&added, "x-security-token", identity->security_token);
    }
    if (request->body.len > 0) {
        kit_pairs_add(&added, "x-content-sha256", body_sha256);
    }
    struct kit_pairs headers = kit_pairs_new(memory);
    kit_pairs_add_all(&headers, added.items, added.count);
    kit_pairs_add(&headers, "host", volcengine_signed_host(context->host));
    kit_pairs_sort(&headers);

    ens_str scope_text = volcengine_scope_text(memory, &scope);
    ens_str text = volcengine_string_to_sign(
        memory, date, scope_text,
        kit_canonical_request(memory, request, query, &headers, body_sha256));
    ens_str signature =
        volcengine_signature(memory, volcengine_signing_key(identity->secret_key, &scope), text);
    kit_pairs_add(&added, "authorization",
                  volcengine_authorization(memory, identity->access_key, scope_text,
                                           kit_names(&headers), signature));
    ret->target = kit_target(memory, request->path, query);
    ret->headers = added.items;
    ret->header_count = added.count;
}
