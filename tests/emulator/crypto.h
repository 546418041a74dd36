/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EMU_CRYPTO_H
#define EMU_CRYPTO_H

/* SHA-256, HMAC-SHA256, HMAC-SHA1 and base64, from OpenSSL. */

#include "base/arena.h"
#include "base/str.h"

enum {
    EMU_HASH_SIZE = 32,
    EMU_HEX_SIZE = 2 * EMU_HASH_SIZE + 1,
    EMU_SHA1_BASE64_SIZE = 29, /* 20 bytes in base64, and a NUL */
};

/* Lower-case hex, NUL-terminated. */
void emu_sha256_hex(char ret_hex[EMU_HEX_SIZE], ens_str data);
void emu_hmac(unsigned char ret_mac[EMU_HASH_SIZE], ens_str key, ens_str text);
void emu_hmac_hex(char ret_hex[EMU_HEX_SIZE], ens_str key, ens_str text);
void emu_hmac_sha1_base64(char ret_text[EMU_SHA1_BASE64_SIZE], ens_str key, ens_str text);
/* Base64 for URLs (RFC 4648, section 5), without padding. */
ens_str emu_base64url(struct ens_arena *arena, ens_str bytes);
/* The bytes, which a NUL follows; ptr NULL when the text is not of that form. */
ens_str emu_base64url_read(struct ens_arena *arena, ens_str text);
/* Compares in constant time. */
bool emu_same_secret(ens_str left, ens_str right);

#endif
