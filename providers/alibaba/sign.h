/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ACS3-HMAC-SHA256, "V3 signature" in Alibaba Cloud's documentation: the canonical request is
 * hashed and signed with the secret itself; there is no derived key and no scope. Each stage is a
 * separate function, so that a test can compare every intermediate value.
 */
#ifndef ENSURE_ALIBABA_SIGN_H
#define ENSURE_ALIBABA_SIGN_H

#include "kit/request.h"

/* The headers to be signed: x-acs-*, host and content-type, sorted. */
struct kit_pairs alibaba_signed_headers(const struct ens_memory *memory,
                                        const struct kit_pairs *headers);

/* The canonical request is kit_canonical_request(). */
ens_str alibaba_string_to_sign(const struct ens_memory *memory, ens_str canonical_request);
ens_str alibaba_signature(const struct ens_memory *memory, ens_str secret_key,
                          ens_str string_to_sign);
ens_str alibaba_authorization(const struct ens_memory *memory, ens_str access_key,
                              ens_str signed_names, ens_str signature);

void alibaba_sign(const struct ens_memory *memory, const struct ens_http_request *request,
                  const struct ens_identity *identity, const struct ens_signing_context *context,
                  struct ens_signature *ret);

#endif
