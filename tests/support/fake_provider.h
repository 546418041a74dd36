/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A provider of an invented cloud: a valid descriptor for all tests that need one. Its tables cover
 * most reasons, its wire format is lines of text, and its functions only rearrange their arguments.
 *
 * A request has READ, PROBE, RIGHT, DRY_RUN or START for its method, "ID,ID,..." for its body, and
 * the query region, page, token, in this order; one for the caller has CALLER and nothing else.
 * Signing adds the headers date (unix seconds), nonce, signed-host and signature (the secret key
 * itself), in this order. A reply is made of lines: seen ID WORD [LOCK]      item ID CODE      next
 * PAGE      code CODE      retry MS where "next" in a reply to CALLER is the caller. Any other line
 * makes it malformed. A profile file holds lines "name access_key secret_key [token]"; a line
 * "error TEXT" makes its reader fail, and after "name: SCRIPT" the keys are obtained in steps.
 *
 * The steps of a credential source are a script, which is the value of the source's variable
 * (FAKE_OIDC, FAKE_METADATA, FAKE_URI, FAKE_ROLE; the settings' role goes before the last):
 *   keys ACCESS SECRET LIFE  keys that expire in LIFE seconds; 0: never; negative: they have
 *   send TARGET, sign TARGET, probe TARGET   a request: unsigned, signed with the keys of the
 * source before, unsigned with one attempt of a second read PATH, run WORD...   a file, a command
 *   none TEXT, error TEXT, code CODE         no keys
 * The content of a file, the output of a command and the body of a reply are the next script.
 */
#ifndef ENSURE_TESTS_FAKE_PROVIDER_H
#define ENSURE_TESTS_FAKE_PROVIDER_H

#include "ensure/provider.h"

#define FAKE_HOST     "fake.example" /* in every region */

#define FAKE_STS      "https://sts.fake.example"
#define FAKE_METADATA "http://metadata.fake.example" /* not one that keys may be asked at */

/* environment, OIDC, profile, metadata, URI, role; for fake_provider().sources, which is NULL. */
extern const struct ens_source *const fake_sources[];

/* A copy of the descriptor, so that a test can change its members. */
struct ens_provider fake_provider(void);

#endif
