/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A provider of an invented cloud: a valid descriptor for all tests that need one. Its tables cover
 * most reasons, its wire format is lines of text, and its functions only rearrange their arguments.
 *
 * A request has READ, PROBE, DRY_RUN or START for its method, "ID,ID,..." for its body, and the
 * query region, page, token, in this order. Signing adds the headers date (unix seconds), nonce,
 * signed-host and signature (the secret key itself), in this order. A reply is made of lines:
 *   seen ID WORD [LOCK]      item ID CODE      next PAGE      code CODE      retry MS
 * Any other line makes it malformed. A profile file holds lines "name access_key secret_key
 * [token]"; a line "error TEXT" makes its reader fail.
 */
#ifndef ENSURE_TESTS_FAKE_PROVIDER_H
#define ENSURE_TESTS_FAKE_PROVIDER_H

#include "ensure/provider.h"

#define FAKE_HOST "fake.example" /* in every region */

/* A copy of the descriptor, so that a test can change its members. */
struct ens_provider fake_provider(void);

#endif
