/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bce-auth-v1. Unlike AWS V4 and its relatives: header values are percent-encoded, whole name=value
 * texts are sorted, the body is not hashed, and the signing key is the hexadecimal text of a
 * digest, not its bytes. Each stage is a separate function, so that a test can compare every
 * intermediate value.
 */
#ifndef ENSURE_BAIDU_SIGN_H
#define ENSURE_BAIDU_SIGN_H

#include "kit/request.h"

/* bce-auth-v1/ACCESS_KEY/DATE/1800: date in RFC 3339, and the validity in seconds. */
ens_str baidu_auth_prefix(const struct ens_memory *memory, ens_str access_key, ens_str date);
ens_str baidu_signing_key(const struct ens_memory *memory, ens_str secret_key, ens_str prefix);
ens_str baidu_canonical_query(const struct ens_memory *memory,
                              const struct ens_http_request *request);
ens_str baidu_canonical_request(const struct ens_memory *memory,
                                const struct ens_http_request *request, ens_str query,
                                const struct kit_pairs *headers);
ens_str baidu_signature(const struct ens_memory *memory, ens_str signing_key,
                        ens_str canonical_request);
ens_str baidu_authorization(const struct ens_memory *memory, ens_str prefix, ens_str signed_names,
                            ens_str signature);

void baidu_sign(const struct ens_memory *memory, const struct ens_http_request *request,
                const struct ens_identity *identity, const struct ens_signing_context *context,
                struct ens_signature *ret);

#endif
