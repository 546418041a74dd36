/* SPDX-License-Identifier: Apache-2.0 */
#include "core/json.h"

#include <string.h>

#include "base/utf8.h"
#include "core/plain.h"

/* Single appends are not checked: the buffer records a failure (ens_buf_failed). */

struct ens_json ens_json_new(struct ens_buf *out, unsigned indent)
{
    return (struct ens_json){.out = out, .indent = indent, .first = true};
}

/* The bytes that separate the next value or name from what is before it: none at the top level and
 * after a name, else a comma and a line break. */
static size_t gap_size(const struct ens_json *json)
{
    if (json->named || json->depth == 0) {
        return 0;
    }
    const size_t comma = json->first ? 0 : 1;
    return json->indent > 0 ? comma + 1 + (size_t)json->depth * json->indent : 2 * comma;
}

static char *put_line_break(const struct ens_json *json, char *at)
{
    const size_t blanks = (size_t)json->depth * json->indent;

    *at++ = '\n';
    memset(at, ' ', blanks);
    return at + blanks;
}

/* Appends the separator and room for so many bytes: returns the place of those, NULL after a
 * failure. */
static char *begin_value(struct ens_json *json, size_t size)
{
    char *at = ens_buf_extend(json->out, gap_size(json) + size);

    if (json->named || json->depth == 0) {
        json->named = false;
        return at;
    }
    if (at != NULL && !json->first) {
        *at++ = ',';
    }
    if (at != NULL && json->indent > 0) {
        at = put_line_break(json, at);
    } else if (at != NULL && !json->first) {
        *at++ = ' ';
    }
    json->first = false;
    return at;
}

void ens_json_begin(struct ens_json *json, char bracket)
{
    char *at = begin_value(json, 1);

    if (at != NULL) {
        *at = bracket;
    }
    json->depth++;
    json->first = true;
}

void ens_json_end(struct ens_json *json, char bracket)
{
    json->depth--;
    const bool breaks = !json->first && json->indent > 0;
    char *at =
        ens_buf_extend(json->out, breaks ? 2 + (size_t)json->depth * json->indent : (size_t)1);
    if (at != NULL && breaks) {
        at = put_line_break(json, at);
    }
    if (at != NULL) {
        *at = bracket;
    }
    json->first = false;
}

void ens_json_name(struct ens_json *json, const char *name)
{
    const size_t len = strlen(name);
    char *at = begin_value(json, len + 4);

    if (at != NULL) {
        *at++ = '"';
        at = mempcpy(at, name, len);
        memcpy(at, "\": ", 3);
    }
    json->named = true;
}

/* The short escape of a character, 0 if it has none. */
static char short_escape(char c)
{
    switch (c) {
    case '"':
    case '\\':
        return c;
    case '\n':
        return 'n';
    case '\t':
        return 't';
    default:
        return 0;
    }
}

/* As UTF-16, which is what JSON's escapes are (RFC 8259, section 7). */
static void add_unicode_escape(struct ens_buf *out, uint32_t code_point)
{
    if (code_point < 0x10000) {
        ens_buf_addf(out, "\\u%04x", (unsigned)code_point);
    } else {
        code_point -= 0x10000;
        ens_buf_addf(out, "\\u%04x\\u%04x", 0xD800u + (unsigned)(code_point >> 10),
                     0xDC00u + (unsigned)(code_point & 0x3FF));
    }
}

/* Whether a character has to be escaped or may have to be replaced. */
static bool is_special(char c)
{
    return c < ' ' || c > '~' || c == '"' || c == '\\';
}

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* The same of eight: 0x80 in a byte of one of the terms if, and only if, there is a special one. */
static bool has_special(const char *eight)
{
    uint64_t word = 0;

    memcpy(&word, eight, sizeof(word));
    const uint64_t quote = word ^ EACH('"');
    const uint64_t backslash = word ^ EACH('\\');
    const uint64_t low = (word - EACH(' ')) & ~word;
    const uint64_t high = word | (word + EACH(0x7F - '~'));
    return ((low | high | ((quote - EACH(1)) & ~quote) | ((backslash - EACH(1)) & ~backslash)) &
            EACH(0x80)) != 0;
}

/* The length of what is written as it is: nearly all. */
static size_t unescaped(ens_str text)
{
    size_t len = 0;

    while (text.len - len >= sizeof(uint64_t) && !has_special(text.ptr + len)) {
        len += sizeof(uint64_t);
    }
    while (len < text.len && !is_special(text.ptr[len])) {
        len++;
    }
    return len;
}

static void add_ascii(struct ens_buf *out, ens_str clean)
{
    while (clean.len > 0) {
        const size_t plain = unescaped(clean);
        if (plain > 0) {
            ens_buf_add(out, (ens_str){clean.ptr, plain});
            clean = (ens_str){clean.ptr + plain, clean.len - plain};
            continue;
        }
        uint32_t code_point = 0;
        const size_t len = ens_utf8_next(clean, &code_point);
        char escape = short_escape(clean.ptr[0]);
        if (code_point > 0x7E) {
            add_unicode_escape(out, code_point);
        } else if (escape != 0) {
            ens_buf_add(out, (ens_str){(char[]){'\\', escape}, 2});
        } else {
            ens_buf_add_char(out, clean.ptr[0]);
        }
        clean = (ens_str){clean.ptr + len, clean.len - len};
    }
}

static void add_utf8(struct ens_buf *out, ens_str clean)
{
    size_t plain = 0; /* start of the run that needs no escape */

    for (size_t i = 0; i < clean.len; i++) {
        char escape = short_escape(clean.ptr[i]);
        if (escape != 0) {
            ens_buf_add(out, (ens_str){clean.ptr + plain, i - plain});
            ens_buf_add(out, (ens_str){(char[]){'\\', escape}, 2});
            plain = i + 1;
        }
    }
    if (plain < clean.len) {
        ens_buf_add(out, (ens_str){clean.ptr + plain, clean.len - plain});
    }
}

/* Text that has to be sanitized or escaped. */
static void add_other(struct ens_json *json, ens_str text)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ens_str clean = ens_plain_text(arena, text);

    if (json->ascii) {
        add_ascii(json->out, clean);
    } else {
        add_utf8(json->out, clean);
    }
}

/* One value, or name, of parts with a character between them. */
static void add_text(struct ens_json *json, const ens_str *parts, size_t count, char between)
{
    size_t size = 2 + (count - 1);
    bool plain = true;

    for (size_t i = 0; i < count; i++) {
        plain = plain && unescaped(parts[i]) == parts[i].len;
        size += parts[i].len;
    }
    char *at = begin_value(json, plain ? size : 1);
    if (at == NULL) {
        return;
    }
    *at++ = '"';
    for (size_t i = 0; i < count; i++) {
        const char *joint = i + 1 < count ? &between : "\"";
        if (plain) {
            at = parts[i].len > 0 ? mempcpy(at, parts[i].ptr, parts[i].len) : at;
            *at++ = *joint;
        } else {
            add_other(json, parts[i]);
            ens_buf_add_char(json->out, *joint);
        }
    }
}

void ens_json_key(struct ens_json *json, ens_str name)
{
    add_text(json, &name, 1, 0);
    ens_buf_add(json->out, ENS_STR(": "));
    json->named = true;
}

void ens_json_text(struct ens_json *json, ens_str text)
{
    add_text(json, &text, 1, 0);
}

void ens_json_joined(struct ens_json *json, const ens_str *parts, size_t count, char between)
{
    add_text(json, parts, count, between);
}

void ens_json_int(struct ens_json *json, int64_t value)
{
    char digits[24];
    char *const end = digits + sizeof(digits);
    char *at = end;
    uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

    do {
        *--at = (char)('0' + left % 10);
        left /= 10;
    } while (left > 0);
    if (value < 0) {
        *--at = '-';
    }
    ens_json_raw(json, (ens_str){at, (size_t)(end - at)});
}

void ens_json_bool(struct ens_json *json, bool value)
{
    ens_json_raw(json, value ? ENS_STR("true") : ENS_STR("false"));
}

void ens_json_raw(struct ens_json *json, ens_str value)
{
    char *at = begin_value(json, value.len);

    if (at != NULL && value.len > 0) {
        memcpy(at, value.ptr, value.len);
    }
}
