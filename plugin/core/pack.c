/* SPDX-License-Identifier: Apache-2.0 */
#include "core/pack.h"

#include <string.h>

#include "core/uuid.h"

/* A text begins with the case of a UUID, or its length and TEXT. */
enum { TEXT = ENS_UUID_UPPER + 1 };

#define NUMBER_MAX 10 /* bytes of a number */

/* The lowest bits first; the last byte is below 128. Returns the end. */
static unsigned char *put_number(unsigned char *at, uint64_t value)
{
    for (; value >= 0x80; value >>= 7) {
        *at++ = (unsigned char)(value | 0x80);
    }
    *at++ = (unsigned char)value;
    return at;
}

static uint64_t get_number(const unsigned char **at)
{
    uint64_t value = *(*at)++;

    if (value >= 0x80) {
        unsigned char byte = 0x80;
        value &= 0x7f;
        for (unsigned shift = 7; (byte & 0x80) != 0; shift += 7) {
            ENS_ASSERT(shift < 64);
            byte = *(*at)++;
            value |= (uint64_t)(byte & 0x7f) << shift;
        }
    }
    return value;
}

void ens_pack_number(struct ens_buf *ret, uint64_t value)
{
    unsigned char bytes[NUMBER_MAX];
    const unsigned char *end = put_number(bytes, value);

    ens_buf_add(ret, (ens_str){(const char *)bytes, (size_t)(end - bytes)});
}

uint64_t ens_unpack_number(ens_str *rest)
{
    const unsigned char *at = (const unsigned char *)rest->ptr;
    const uint64_t value = get_number(&at);
    const size_t size = (size_t)(at - (const unsigned char *)rest->ptr);

    ENS_ASSERT(size <= rest->len);
    rest->ptr += size;
    rest->len -= size;
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

ens_str ens_unpack_text(ens_str *rest, struct ens_arena *arena)
{
    const size_t size = (size_t)ens_unpack_number(rest);

    if (size >= TEXT) {
        const ens_str text = take(rest, size - TEXT);
        return text.len > 0 ? ens_arena_dup(arena, text) : ENS_STR("");
    }
    char *text = ens_arena_alloc(arena, ENS_UUID_LEN + 1);
    ens_uuid_write((const uint8_t *)take(rest, ENS_UUID_SIZE).ptr, (enum ens_uuid_case)size, text);
    return (ens_str){text, ENS_UUID_LEN};
}

/* ---- records --------------------------------------------------------------------------------- */

/* The numbers, the lengths of the texts, the texts. */
unsigned char *ens_pack_record(struct ens_arena *arena, const uint64_t *numbers, size_t count,
                               const ens_str *texts, size_t text_count)
{
    unsigned char head[ENS_RECORD_MAX * NUMBER_MAX];
    unsigned char *end = head;
    size_t size = 0;

    ENS_ASSERT(count + text_count <= ENS_RECORD_MAX);
    for (size_t i = 0; i < count; i++) {
        end = put_number(end, numbers[i]);
    }
    for (size_t i = 0; i < text_count; i++) {
        end = put_number(end, texts[i].len);
        size += texts[i].len;
    }
    unsigned char *record = ens_arena_alloc(arena, (size_t)(end - head) + size);
    unsigned char *at = mempcpy(record, head, (size_t)(end - head));
    for (size_t i = 0; i < text_count; i++) {
        at = texts[i].len > 0 ? mempcpy(at, texts[i].ptr, texts[i].len) : at;
    }
    return record;
}

void ens_unpack_record(const unsigned char *record, uint64_t *numbers, size_t count, ens_str *texts,
                       size_t text_count)
{
    const unsigned char *at = record;

    for (size_t i = 0; i < count; i++) {
        numbers[i] = get_number(&at);
    }
    for (size_t i = 0; i < text_count; i++) {
        texts[i].len = (size_t)get_number(&at);
    }
    for (size_t i = 0; i < text_count; i++) {
        texts[i].ptr = (const char *)at;
        at += texts[i].len;
    }
}
