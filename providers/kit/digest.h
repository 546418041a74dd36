/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256, HMAC-SHA256 and SHA-1. SHA-1 aborts if libcrypto fails, which it does only without
 * memory, because the functions of a provider can't return an error; the others can't fail. */
#ifndef ENSURE_KIT_DIGEST_H
#define ENSURE_KIT_DIGEST_H

#include "ensure/provider.h"

#define KIT_DIGEST_SIZE 32

struct kit_digest {
    uint8_t bytes[KIT_DIGEST_SIZE];
};

struct kit_digest kit_hmac(ens_str key, ens_str data);
/* One step of a key derivation: replaces the key by the HMAC of data with that key. */
static inline void kit_hmac_chain(struct kit_digest *key, ens_str data)
{
    *key = kit_hmac((ens_str){(const char *)key->bytes, KIT_DIGEST_SIZE}, data);
}

ens_str kit_sha256_hex(const struct ens_memory *memory, ens_str data);
/* Only to find files that other programs named so. */
ens_str kit_sha1_hex(const struct ens_memory *memory, ens_str data);
ens_str kit_digest_hex(const struct ens_memory *memory, const struct kit_digest *digest);

#endif
