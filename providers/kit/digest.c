/* SPDX-License-Identifier: Apache-2.0 */
#include "kit/digest.h"

#include <stdlib.h>

#include <openssl/hmac.h>
#include <openssl/sha.h>

#include "kit/text.h"

static const unsigned char *bytes_of(ens_str s)
{
    return (const unsigned char *)(s.len == 0 ? "" : s.ptr);
}

struct kit_digest kit_hmac(ens_str key, ens_str data)
{
    struct kit_digest digest;

    if (HMAC(EVP_sha256(), bytes_of(key), (int)key.len, bytes_of(data), data.len, digest.bytes,
             NULL) == NULL) {
        abort();
    }
    return digest;
}

void kit_hmac_chain(struct kit_digest *key, ens_str data)
{
    *key = kit_hmac((ens_str){(const char *)key->bytes, KIT_DIGEST_SIZE}, data);
}

ens_str kit_sha256_hex(const struct ens_memory *memory, ens_str data)
{
    struct kit_digest digest;

    if (SHA256(bytes_of(data), data.len, digest.bytes) == NULL) {
        abort();
    }
    return kit_digest_hex(memory, &digest);
}

ens_str kit_sha1_hex(const struct ens_memory *memory, ens_str data)
{
    uint8_t digest[SHA_DIGEST_LENGTH];

    if (SHA1(bytes_of(data), data.len, digest) == NULL) {
        abort();
    }
    return kit_hex(memory, digest, sizeof(digest));
}

ens_str kit_digest_hex(const struct ens_memory *memory, const struct kit_digest *digest)
{
    return kit_hex(memory, digest->bytes, KIT_DIGEST_SIZE);
}
