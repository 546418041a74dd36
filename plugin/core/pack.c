/* SPDX-License-Identifier: Apache-2.0 */
#include "core/pack.h"

#include "core/uuid.h"

/* A text begins with one of these, or its length and TEXT. */
enum { LOWER_UUID, UPPER_UUID, TEXT };

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

/* Copies a UUID with the letters of one case, of which first is the first, in the other. A letter
 * of that other case becomes none. */
static void change_case(char *ret, const char *text, char first, char other)
{
    for (size_t i = 0; i < ENS_UUID_LEN; i++) {
        const bool is_other = text[i] >= other && text[i] <= other + ('f' - 'a');
        const bool is_first = text[i] >= first && text[i] <= first + ('f' - 'a');
        ret[i] = is_other ? '?' : is_first ? (char)(text[i] - first + other) : text[i];
    }
}

/* Tokens are UUIDs, and the ids of many replies. */
static bool pack_uuid(struct ens_buf *ret, ens_str text)
{
    char lower[ENS_UUID_LEN];
    uint8_t bytes[ENS_UUID_SIZE];
    const bool is_lower = ens_uuid_valid(text);

    if (!is_lower && text.len == sizeof(lower)) {
        change_case(lower, text.ptr, 'A', 'a');
        text.ptr = lower;
    }
    if (!ens_uuid_valid(text)) {
        return false;
    }
    ens_uuid_read(text, bytes);
    ens_pack_number(ret, is_lower ? LOWER_UUID : UPPER_UUID);
    ens_buf_add(ret, (ens_str){(const char *)bytes, sizeof(bytes)});
    return true;
}

void ens_pack_text(struct ens_buf *ret, ens_str text)
{
    if (!pack_uuid(ret, text)) {
        ens_pack_number(ret, text.len + TEXT);
        ens_buf_add(ret, text);
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

ens_str ens_unpack_text(ens_str *rest, struct ens_arena *arena)
{
    const size_t size = (size_t)ens_unpack_number(rest);

    if (size >= TEXT) {
        const ens_str text = take(rest, size - TEXT);
        return text.len > 0 ? ens_arena_dup(arena, text) : ENS_STR("");
    }
    const ens_str text = ens_uuid_write(arena, (const uint8_t *)take(rest, ENS_UUID_SIZE).ptr);
    if (size == LOWER_UUID) {
        return text;
    }
    char *upper = ens_arena_alloc(arena, ENS_UUID_LEN);
    change_case(upper, text.ptr, 'a', 'A');
    return (ens_str){upper, ENS_UUID_LEN};
}
