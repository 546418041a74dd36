/* SPDX-License-Identifier: Apache-2.0 */
/* The signature: hex(HMAC-SHA256(secret, "METHOD\nTARGET\nTIME\nNONCE\n")). */
#ifndef TOY_SIGN_H
#define TOY_SIGN_H

#include "ensure/provider.h"

void toy_sign(const struct ens_memory *memory, const struct ens_http_request *request,
              const struct ens_identity *identity, const struct ens_signing_context *context,
              struct ens_signature *ret);

#endif
