/* SPDX-License-Identifier: Apache-2.0 */
#include "core/json.h"

#include <inttypes.h>

#include "base/utf8.h"
#include "core/plain.h"

/* Single appends are not checked: the buffer records a failure (ens_buf_failed). */

struct ens_json ens_json_new(struct ens_buf *out, unsigned indent)
{
    return (struct ens_json){.out = out, .indent = indent, .first = true};
}

static void new_line(struct ens_json *json)
{
    static const ens_str blanks = ENS_STR_INIT("                ");
    size_t count = (size_t)json->depth * json->indent;

    ens_buf_add_char(json->out, '\n');
    while (count > 0) {
        const size_t some = count < blanks.len ? count : blanks.len;
        ens_buf_add(json->out, (ens_str){blanks.ptr, some});
        count -= some;
    }
}

/* Writes the separator before a value or name: none at the top level and after a name, else a comma
 * and a line break. */
static void separate(struct ens_json *json)
{
    if (json->named || json->depth == 0) {
        json->named = false;
        return;
    }
    if (!json->first) {
        ens_buf_add(json->out, json->indent > 0 ? ENS_STR(",") : ENS_STR(", "));
    }
    json->first = false;
    if (json->indent > 0) {
        new_line(json);
    }
}

void ens_json_begin(struct ens_json *json, char bracket)
{
    separate(json);
    ens_buf_add_char(json->out, bracket);
    json->depth++;
    json->first = true;
}

void ens_json_end(struct ens_json *json, char bracket)
{
    json->depth--;
    if (!json->first && json->indent > 0) {
        new_line(json);
    }
    json->first = false;
    ens_buf_add_char(json->out, bracket);
}

void ens_json_name(struct ens_json *json, const char *name)
{
    separate(json);
    ens_buf_add_char(json->out, '"');
    ens_buf_add(json->out, ens_str_of(name));
    ens_buf_add(json->out, ENS_STR("\": "));
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

/* The length of what is written as it is: nearly all. */
static size_t unescaped(ens_str text)
{
    size_t len = 0;

    while (len < text.len && text.ptr[len] >= ' ' && text.ptr[len] <= '~' && text.ptr[len] != '"' &&
           text.ptr[len] != '\\') {
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

static void add_quoted(struct ens_json *json, ens_str text)
{
    ens_buf_add_char(json->out, '"');
    if (unescaped(text) == text.len) {
        ens_buf_add(json->out, text);
    } else {
        add_other(json, text);
    }
    ens_buf_add_char(json->out, '"');
}

void ens_json_key(struct ens_json *json, ens_str name)
{
    separate(json);
    add_quoted(json, name);
    ens_buf_add(json->out, ENS_STR(": "));
    json->named = true;
}

void ens_json_text(struct ens_json *json, ens_str text)
{
    separate(json);
    add_quoted(json, text);
}

void ens_json_int(struct ens_json *json, int64_t value)
{
    separate(json);
    ens_buf_addf(json->out, "%" PRId64, value);
}

void ens_json_bool(struct ens_json *json, bool value)
{
    ens_json_raw(json, value ? ENS_STR("true") : ENS_STR("false"));
}

void ens_json_raw(struct ens_json *json, ens_str value)
{
    separate(json);
    ens_buf_add(json->out, value);
}
