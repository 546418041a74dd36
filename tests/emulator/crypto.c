#include "crypto.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>

void emu_hex(char ret_hex[EMU_HEX_SIZE], const unsigned char hash[EMU_HASH_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < EMU_HASH_SIZE; i++) {
        ret_hex[2 * i] = digits[hash[i] >> 4];
        ret_hex[2 * i + 1] = digits[hash[i] & 15];
    }
    ret_hex[EMU_HEX_SIZE - 1] = '\0';
}

void emu_sha256_hex(char ret_hex[EMU_HEX_SIZE], const void *data, size_t len)
{
    unsigned char hash[EMU_HASH_SIZE];
    if (EVP_Digest(data, len, hash, NULL, EVP_sha256(), NULL) != 1) {
        abort();
    }
    emu_hex(ret_hex, hash);
}

void emu_hmac(unsigned char ret_mac[EMU_HASH_SIZE], const void *key, size_t key_len,
              const char *text)
{
    if (HMAC(EVP_sha256(), key, (int)key_len, (const unsigned char *)text, strlen(text), ret_mac,
             NULL) == NULL) {
        abort();
    }
}

void emu_hmac_hex(char ret_hex[EMU_HEX_SIZE], const void *key, size_t key_len, const char *text)
{
    unsigned char mac[EMU_HASH_SIZE];
    emu_hmac(mac, key, key_len, text);
    emu_hex(ret_hex, mac);
}

bool emu_same_secret(const char *left, const char *right)
{
    size_t len = strlen(left);
    return len == strlen(right) && CRYPTO_memcmp(left, right, len) == 0;
}
