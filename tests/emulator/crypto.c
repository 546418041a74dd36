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

void emu_hmac_sha1_base64(char ret_text[EMU_SHA1_BASE64_SIZE], ens_str key, ens_str text)
{
    unsigned char mac[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    const unsigned char *done =
        HMAC(EVP_sha1(), key.len == 0 ? "" : key.ptr, (int)key.len,
             (const unsigned char *)(text.len == 0 ? "" : text.ptr), text.len, mac, &size);
    ENS_ASSERT(done != NULL);
    int length = EVP_EncodeBlock((unsigned char *)ret_text, mac, (int)size);
    ENS_ASSERT(length == EMU_SHA1_BASE64_SIZE - 1);
}

ens_str emu_base64url(struct ens_arena *arena, ens_str bytes)
{
    char *text = ens_arena_alloc(arena, (bytes.len / 3 + 1) * 4 + 1);
    int length =
        EVP_EncodeBlock((unsigned char *)text, (const unsigned char *)bytes.ptr, (int)bytes.len);
    size_t kept = 0;
    for (int i = 0; i < length && text[i] != '='; i++) {
        text[kept++] = (char)(text[i] == '+' ? '-' : text[i] == '/' ? '_' : text[i]);
    }
    return (ens_str){text, kept};
}

ens_str emu_base64url_read(struct ens_arena *arena, ens_str text)
{
    size_t padded = (text.len + 3) / 4 * 4;
    char *plain = ens_arena_alloc(arena, padded + 1);
    unsigned char *bytes = ens_arena_alloc(arena, padded + 1);
    for (size_t i = 0; i < padded; i++) {
        char c = i < text.len ? text.ptr[i] : '=';
        plain[i] = (char)(c == '-' ? '+' : c == '_' ? '/' : c);
    }
    int length = EVP_DecodeBlock(bytes, (const unsigned char *)plain, (int)padded);
    if (text.len == 0 || length < 0) {
        return (ens_str){0};
    }
    size_t count = (size_t)length - (padded - text.len);
    bytes[count] = '\0';
    return (ens_str){(const char *)bytes, count};
}

bool emu_same_secret(ens_str left, ens_str right)
{
    return left.len == right.len &&
           (left.len == 0 || CRYPTO_memcmp(left.ptr, right.ptr, left.len) == 0);
}
