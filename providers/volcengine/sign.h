/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HMAC-SHA256 signature of Volcengine (pages 6369/67269 and 6369/67270 of its documentation),
 * similar to AWS V4, but without a prefix on the secret key. Each stage is a separate function, so
 * that a test can compare every intermediate value.
 */
#ifndef ENSURE_VOLCENGINE_SIGN_H
#define ENSURE_VOLCENGINE_SIGN_H

#include "kit/digest.h"

/* The credential scope, which the signing key is derived for. */
struct volcengine_scope {
    ens_str day; /* YYYYMMDD */
    ens_str region;
    ens_str service;
};

/* The host to be signed: the Host header without the ports 80 and 443. */
ens_str volcengine_signed_host(ens_str host);

/* The canonical request is kit_canonical_request(). */
ens_str volcengine_scope_text(const struct ens_memory *memory,
                              const struct volcengine_scope *scope);
ens_str volcengine_string_to_sign(const struct ens_memory *memory, ens_str date, ens_str scope,
                                  ens_str canonical_request);
struct kit_digest volcengine_signing_key(ens_str secret_key, const struct volcengine_scope *scope);
ens_str volcengine_signature(const struct ens_memory *memory, struct kit_digest signing_key,
                             ens_str string_to_sign);
ens_str volcengine_authorization(const struct ens_memory *memory, ens_str access_key, ens_str scope,
                                 ens_str signed_names, ens_str signature);

void volcengine_sign(const struct ens_memory *memory, const struct ens_http_request *request,
                     const struct ens_identity *identity, const struct ens_signing_context *context,
                     struct ens_signature *ret);

#endif
