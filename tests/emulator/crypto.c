/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto.h"

#include "base/rc.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

static void write_hex(char ret_hex[EMU_HEX_SIZE], const unsigned char hash[EMU_HASH_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < EMU_HASH_SIZE; i++) {
        ret_hex[2 * i] = digits[hash[i] >> 4];
        ret_hex[2 * i + 1] = digits[hash[i] & 15];
    }
    ret_hex[EMU_HEX_SIZE - 1] = '\0';
}

void emu_sha256_hex(char ret_hex[EMU_HEX_SIZE], ens_str data)
{
    unsigned char hash[EMU_HASH_SIZE];
    int done = EVP_Digest(data.len == 0 ? "" : data.ptr, data.len, hash, NULL, EVP_sha256(), NULL);
    ENS_ASSERT(done == 1);
    write_hex(ret_hex, hash);
}

void emu_hmac(unsigned char ret_mac[EMU_HASH_SIZE], ens_str key, ens_str text)
{
    const unsigned char *mac =
        HMAC(EVP_sha256(), key.len == 0 ? "" : key.ptr, (int)key.len,
             (const unsigned char *)(text.len == 0 ? "" : text.ptr), text.len, ret_mac, NULL);
    ENS_ASSERT(mac != NULL);
}

void emu_hmac_hex(char ret_hex[EMU_HEX_SIZE], ens_str key, ens_str text)
{
    unsigned char mac[EMU_HASH_SIZE];
    emu_hmac(mac, key, text);
    write_hex(ret_hex, mac);
}

bool emu_same_secret(ens_str left, ens_str right)
{
    return left.len == right.len &&
           (left.len == 0 || CRYPTO_memcmp(left.ptr, right.ptr, left.len) == 0);
}
