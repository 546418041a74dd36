/* SPDX-License-Identifier: Apache-2.0 */
#include "kit/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define FIRST_ROOM ((size_t)256)

ens_str kit_str(const char *text)
{
    return (ens_str){text, strlen(text)};
}

int kit_compare(ens_str a, ens_str b)
{
    size_t shared = a.len < b.len ? a.len : b.len;
    int order = shared == 0 ? 0 : memcmp(a.ptr, b.ptr, shared);

    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

bool kit_is(ens_str s, const char *text)
{
    return kit_compare(s, kit_str(text)) == 0;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool kit_is_nocase(ens_str s, const char *text)
{
    size_t i = 0;

    while (i < s.len && text[i] != '\0' && lower(s.ptr[i]) == lower(text[i])) {
        i++;
    }
    return i == s.len && text[i] == '\0';
}

bool kit_starts(ens_str s, const char *prefix)
{
    size_t len = strlen(prefix);

    return s.len >= len && kit_is((ens_str){s.ptr, len}, prefix);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

ens_str kit_trim(ens_str s)
{
    while (s.len > 0 && is_blank(s.ptr[0])) {
        s = (ens_str){s.ptr + 1, s.len - 1};
    }
    while (s.len > 0 && is_blank(s.ptr[s.len - 1])) {
        s.len--;
    }
    return s;
}

int64_t kit_number(ens_str s)
{
    int64_t value = 0;

    if (s.len == 0 || s.len > 15) {
        return -1;
    }
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9') {
            return -1;
        }
        value = value * 10 + (s.ptr[i] - '0');
    }
    return value;
}

struct kit_text kit_text_new(const struct ens_memory *memory)
{
    return (struct kit_text){.memory = memory};
}

/* The previous buffer is not freed, because ens_memory has no free. */
void kit_text_grow(struct kit_text *text, size_t more)
{
    size_t room = text->room == 0 ? FIRST_ROOM : text->room;

    while (room - text->len < more) {
        room *= 2;
    }
    char *ptr = text->memory->alloc(text->memory->ctx, room);
    if (text->len > 0) {
        memcpy(ptr, text->ptr, text->len);
    }
    text->ptr = ptr;
    text->room = room;
}

void kit_text_add(struct kit_text *text, ens_str piece)
{
    if (piece.len == 0) {
        return;
    }
    kit_text_reserve(text, piece.len);
    memcpy(text->ptr + text->len, piece.ptr, piece.len);
    text->len += piece.len;
}

/* An 'x' for each byte that is not encoded: RFC 3986, section 2.3. */
static const char unreserved[256] = "                                "
                                    "             xx xxxxxxxxxx      "  /* from the blank on */
                                    " xxxxxxxxxxxxxxxxxxxxxxxxxx    x"  /* from '@' on */
                                    " xxxxxxxxxxxxxxxxxxxxxxxxxx   x "; /* from '`' on */

/* The number of bytes at the start of the text, a multiple of four, that are not encoded. */
static size_t unreserved_fours(ens_str text)
{
    const unsigned char *at = (const unsigned char *)text.ptr;
    const unsigned char *end = at + text.len;

    while (end - at >= 4 &&
           (unreserved[at[0]] & unreserved[at[1]] & unreserved[at[2]] & unreserved[at[3]]) == 'x') {
        at += 4;
    }
    return text.len - (size_t)(end - at);
}

void kit_text_add_encoded(struct kit_text *text, ens_str piece, bool keep_slash)
{
    static const char digits[] = "0123456789ABCDEF";

    if (piece.len == 0) {
        return;
    }
    kit_text_reserve(text, piece.len);
    const size_t plain = unreserved_fours(piece); /* often nearly all */
    char *out = text->ptr + text->len;
    memcpy(out, piece.ptr, plain);
    out += plain;
    for (size_t i = plain; i < piece.len; i++) {
        const unsigned char c = (unsigned char)piece.ptr[i];
        if (unreserved[c] == 'x' || (c == '/' && keep_slash)) {
            *out++ = (char)c;
            continue;
        }
        text->len = (size_t)(out - text->ptr);
        kit_text_reserve(text, piece.len - i + 2);
        out = text->ptr + text->len;
        *out++ = '%';
        *out++ = digits[c >> 4];
        *out++ = digits[c & 15];
    }
    text->len = (size_t)(out - text->ptr);
}

ens_str kit_text_done(const struct kit_text *text)
{
    return (ens_str){text->ptr, text->len};
}

ens_str kit_copy(const struct ens_memory *memory, ens_str text)
{
    return kit_concat(memory, &text, 1);
}

ens_str kit_encode(const struct ens_memory *memory, ens_str text, bool keep_slash)
{
    struct kit_text encoded = kit_text_new(memory);

    kit_text_add_encoded(&encoded, text, keep_slash);
    return kit_text_done(&encoded);
}

ens_str kit_hex(const struct ens_memory *memory, const uint8_t *bytes, size_t count)
{
    static const char digits[] = "0123456789abcdef";
    char *ptr = memory->alloc(memory->ctx, count * 2);

    for (size_t i = 0; i < count; i++) {
        ptr[2 * i] = digits[bytes[i] >> 4];
        ptr[2 * i + 1] = digits[bytes[i] & 15];
    }
    return (ens_str){ptr, count * 2};
}

ens_str kit_concat(const struct ens_memory *memory, const ens_str *pieces, size_t count)
{
    size_t len = 0;
    size_t at = 0;

    for (size_t i = 0; i < count; i++) {
        len += pieces[i].len;
    }
    if (len == 0) {
        return (ens_str){NULL, 0};
    }
    char *ptr = memory->alloc(memory->ctx, len);
    for (size_t i = 0; i < count; i++) {
        if (pieces[i].len > 0) {
            memcpy(ptr + at, pieces[i].ptr, pieces[i].len);
            at += pieces[i].len;
        }
    }
    return (ens_str){ptr, len};
}

void kit_text_add_number(struct kit_text *text, size_t number, size_t width)
{
    char digits[KIT_NUMBER_MAX];
    size_t at = sizeof(digits);

    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0 || sizeof(digits) - at < width);
    kit_text_add(text, (ens_str){digits + at, sizeof(digits) - at});
}

ens_str kit_numbered(const struct ens_memory *memory, const char *prefix, size_t number)
{
    struct kit_text text = kit_text_new(memory);

    kit_text_add(&text, kit_str(prefix));
    kit_text_add_number(&text, number, 1);
    return kit_text_done(&text);
}

ens_str kit_format(const struct ens_memory *memory, const char *format, ...)
{
    va_list args;
    va_list again;

    va_start(args, format);
    va_copy(again, args);
    int needed = vsnprintf(NULL, 0, format, args);
    va_end(args);
    size_t len = needed > 0 ? (size_t)needed : 0;
    char *ptr = memory->alloc(memory->ctx, len + 1);
    (void)vsnprintf(ptr, len + 1, format, again);
    va_end(again);
    return (ens_str){ptr, len};
}
