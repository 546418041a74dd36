#ifndef EMU_CRYPTO_H
#define EMU_CRYPTO_H

/* SHA-256 and HMAC-SHA256, from OpenSSL. */

#include <stdbool.h>
#include <stddef.h>

enum { EMU_HASH_SIZE = 32, EMU_HEX_SIZE = 2 * EMU_HASH_SIZE + 1 };

/* Lower-case hex, with a NUL at its end. */
void emu_hex(char ret_hex[EMU_HEX_SIZE], const unsigned char hash[EMU_HASH_SIZE]);
void emu_sha256_hex(char ret_hex[EMU_HEX_SIZE], const void *data, size_t len);
void emu_hmac(unsigned char ret_mac[EMU_HASH_SIZE], const void *key, size_t key_len,
              const char *text);
void emu_hmac_hex(char ret_hex[EMU_HEX_SIZE], const void *key, size_t key_len, const char *text);
/* Compares in constant time, because that is how it is done. */
bool emu_same_secret(const char *left, const char *right);

#endif
