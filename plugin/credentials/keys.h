/* SPDX-License-Identifier: Apache-2.0 */
/* The keys that requests to a cloud are signed with. One thread. */
#ifndef ENSURE_CREDENTIALS_KEYS_H
#define ENSURE_CREDENTIALS_KEYS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/secret.h"

#define ENS_KEY_MAX 8192 /* bytes of a key, secret or token */

/* Immutable and reference-counted: an attempt keeps those that it was signed with while the account
 * has newer ones already. */
struct ens_keys {
    unsigned refs;
    struct ens_secret access_key;
    struct ens_secret secret_key;
    struct ens_secret security_token;
    int64_t expires_unix_s; /* 0: never, or not known */
    char *source;           /* shown to the user, such as "environment (BCE_ACCESS_KEY_ID)" */
};

/* Copies the keys, with one reference. */
struct ens_keys *ens_keys_new(const struct ens_identity *identity, int64_t expires_unix_s,
                              const char *source);
struct ens_keys *ens_keys_ref(struct ens_keys *keys);
void ens_keys_unref(struct ens_keys *keys); /* wipes them with the last one; keys may be NULL */

bool ens_keys_eq(const struct ens_keys *a, const struct ens_keys *b); /* the same secrets */

/* Borrowed from keys. */
struct ens_identity ens_keys_reveal(const struct ens_keys *keys);

#endif
