/* SPDX-License-Identifier: Apache-2.0 */
#include "kit/digest.h"

#include <stdlib.h>
#include <string.h>

/* SHA256_Init() and its like are deprecated in OpenSSL 3, but work on a context of the caller; what
 * replaces them allocates and looks up the algorithm at each call, which takes several times as
 * long as hashing a short text. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/crypto.h>
#include <openssl/sha.h>

#include "kit/text.h"

#define PAD_SIZE ((size_t)64) /* the block of SHA-256 */

static void update(SHA256_CTX *hash, ens_str data)
{
    if (data.len > 0) {
        (void)SHA256_Update(hash, data.ptr, data.len);
    }
}

static struct kit_digest sha256(ens_str first, ens_str second)
{
    struct kit_digest digest;
    SHA256_CTX hash;

    (void)SHA256_Init(&hash);
    update(&hash, first);
    update(&hash, second);
    (void)SHA256_Final(digest.bytes, &hash); /* wipes its copy of the data */
    return digest;
}

static ens_str slice(const struct kit_digest *digest)
{
    return (ens_str){(const char *)digest->bytes, KIT_DIGEST_SIZE};
}

/* RFC 2104 */
struct kit_digest kit_hmac(ens_str key, ens_str data)
{
    char pad[PAD_SIZE] = {0};
    struct kit_digest digest = {0};

    if (key.len > PAD_SIZE) {
        digest = sha256(key, (ens_str){NULL, 0});
        key = slice(&digest);
    }
    if (key.len > 0) {
        memcpy(pad, key.ptr, key.len);
    }
    for (size_t i = 0; i < PAD_SIZE; i++) {
        pad[i] ^= 0x36;
    }
    digest = sha256((ens_str){pad, PAD_SIZE}, data);
    for (size_t i = 0; i < PAD_SIZE; i++) {
        pad[i] ^= 0x36 ^ 0x5c;
    }
    digest = sha256((ens_str){pad, PAD_SIZE}, slice(&digest));
    OPENSSL_cleanse(pad, sizeof(pad));
    return digest;
}

ens_str kit_sha256_hex(const struct ens_memory *memory, ens_str data)
{
    const struct kit_digest digest = sha256(data, (ens_str){NULL, 0});

    return kit_digest_hex(memory, &digest);
}

ens_str kit_sha1_hex(const struct ens_memory *memory, ens_str data)
{
    uint8_t digest[SHA_DIGEST_LENGTH];

    if (SHA1((const unsigned char *)(data.len == 0 ? "" : data.ptr), data.len, digest) == NULL) {
        abort();
    }
    return kit_hex(memory, digest, sizeof(digest));
}

ens_str kit_digest_hex(const struct ens_memory *memory, const struct kit_digest *digest)
{
    return kit_hex(memory, digest->bytes, KIT_DIGEST_SIZE);
}
