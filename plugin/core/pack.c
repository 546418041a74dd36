/* SPDX-License-Identifier: Apache-2.0 */
#include "core/pack.h"

/* A text begins with the case of a UUID, or its length and TEXT. */
enum { TEXT = ENS_UUID_UPPER + 1 };

/* The lowest bits first; the last byte is below 128. */
void ens_pack_number(struct ens_buf *ret, uint64_t value)
{
    for (; value >= 0x80; value >>= 7) {
        ens_buf_add_char(ret, (char)(value | 0x80));
    }
    ens_buf_add_char(ret, (char)value);
}

uint64_t ens_unpack_number(ens_str *rest)
{
    uint64_t value = 0;
    unsigned char byte = 0x80;

    for (unsigned shift = 0; (byte & 0x80) != 0; shift += 7) {
        ENS_ASSERT(rest->len > 0 && shift < 64);
        byte = (unsigned char)*rest->ptr++;
        rest->len--;
        value |= (uint64_t)(byte & 0x7f) << shift;
    }
    return value;
}

/* Tokens are UUIDs, and the ids of many replies. */
void ens_pack_text(struct ens_buf *ret, ens_str text)
{
    uint8_t bytes[ENS_UUID_SIZE];
    const enum ens_uuid_case letters = ens_uuid_read(text, bytes);

    if (letters == ENS_UUID_NONE) {
        ens_pack_number(ret, text.len + TEXT);
        ens_buf_add(ret, text);
    } else {
        ens_pack_number(ret, letters);
        ens_buf_add(ret, (ens_str){(const char *)bytes, sizeof(bytes)});
    }
}

static ens_str take(ens_str *rest, size_t size)
{
    const ens_str bytes = {rest->ptr, size};

    ENS_ASSERT(size <= rest->len);
    rest->ptr += size;
    rest->len -= size;
    return bytes;
}

ens_str ens_unpack_text_in(ens_str *rest, char room[ENS_UUID_LEN + 1])
{
    const size_t size = (size_t)ens_unpack_number(rest);

    if (size >= TEXT) {
        return take(rest, size - TEXT);
    }
    ens_uuid_write((const uint8_t *)take(rest, ENS_UUID_SIZE).ptr, (enum ens_uuid_case)size, room);
    return (ens_str){room, ENS_UUID_LEN};
}

ens_str ens_unpack_text(ens_str *rest, struct ens_arena *arena)
{
    char room[ENS_UUID_LEN + 1];
    const ens_str text = ens_unpack_text_in(rest, room);

    return text.len > 0 ? ens_arena_dup(arena, text) : ENS_STR("");
}
