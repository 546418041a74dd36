/* SPDX-License-Identifier: Apache-2.0 */
#include "kit/xml.h"

#include <string.h>

#include "kit/json_repair.h"
#include "kit/text.h"

struct reader {
    ens_str rest;
    ens_str open[KIT_XML_DEPTH_MAX]; /* names of the open elements, outermost first */
    size_t depth;
    size_t roots;
    bool leaf;               /* only text was read since the last start tag */
    struct kit_text content; /* of the innermost element */
    struct kit_xml_error *ret;
};

static void skip(struct reader *reader, size_t count)
{
    reader->rest = (ens_str){reader->rest.ptr + count, reader->rest.len - count};
}

/* Moves the cursor behind the next occurrence of mark; *ret is the text before it. False: there is
 * none. */
static bool cut(struct reader *reader, const char *mark, ens_str *ret)
{
    const size_t len = strlen(mark);
    const char *at = memmem(reader->rest.ptr, reader->rest.len, mark, len);

    if (at == NULL) {
        return false;
    }
    *ret = (ens_str){reader->rest.ptr, (size_t)(at - reader->rest.ptr)};
    skip(reader, ret->len + len);
    return true;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool starts_nocase(ens_str text, const char *word)
{
    const size_t len = strlen(word);

    for (size_t i = 0; i < len; i++) {
        if (i >= text.len || lower(text.ptr[i]) != lower(word[i])) {
            return false;
        }
    }
    return true;
}

static bool is_name(ens_str name, const char *word)
{
    return name.len == strlen(word) && starts_nocase(name, word);
}

/* ---- text ----------------------------------------------------------------------------------- */

static void add_code_point(struct kit_text *out, uint32_t c)
{
    const bool valid = c >= 0x20 && c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF);
    const uint32_t u = valid || c == '\t' || c == '\n' ? c : 0xFFFD;
    const char tail[] = {(char)(0x80 | ((u >> 12) & 63)), (char)(0x80 | ((u >> 6) & 63)),
                         (char)(0x80 | (u & 63))};

    if (u < 0x80) {
        kit_text_add(out, (ens_str){(char[]){(char)u}, 1});
        return;
    }
    const size_t tails = u < 0x800 ? 1 : u < 0x10000 ? 2 : 3;
    const char first = (char)(tails == 1   ? 0xC0 | (u >> 6)
                              : tails == 2 ? 0xE0 | (u >> 12)
                                           : 0xF0 | (u >> 18));
    kit_text_add(out, (ens_str){&first, 1});
    kit_text_add(out, (ens_str){tail + 3 - tails, tails});
}

static bool add_number(struct kit_text *out, ens_str number)
{
    const bool hex = number.len > 0 && number.ptr[0] == 'x';
    uint32_t value = 0;

    if (number.len == (hex ? 1 : 0) || number.len > 8) {
        return false;
    }
    for (size_t i = hex; i < number.len; i++) {
        const char c = lower(number.ptr[i]);
        const bool digit = c >= '0' && c <= '9';
        if (!digit && !(hex && c >= 'a' && c <= 'f')) {
            return false;
        }
        value = value * (hex ? 16 : 10) + (uint32_t)(digit ? c - '0' : c - 'a' + 10);
    }
    add_code_point(out, value);
    return true;
}

static bool add_entity(struct kit_text *out, ens_str name)
{
    static const char *const entities[][2] = {
        {"lt", "<"}, {"gt", ">"}, {"amp", "&"}, {"quot", "\""}, {"apos", "'"}};

    if (name.len > 0 && name.ptr[0] == '#') {
        return add_number(out, (ens_str){name.ptr + 1, name.len - 1});
    }
    for (size_t i = 0; i < sizeof(entities) / sizeof(entities[0]); i++) {
        if (kit_is(name, entities[i][0])) {
            kit_text_add(out, kit_str(entities[i][1]));
            return true;
        }
    }
    return false;
}

static bool read_text(struct reader *reader)
{
    const char *end = memchr(reader->rest.ptr, '<', reader->rest.len);
    ens_str text = {reader->rest.ptr,
                    end == NULL ? reader->rest.len : (size_t)(end - reader->rest.ptr)};

    skip(reader, text.len);
    if (reader->depth == 0) {
        return kit_trim(text).len == 0;
    }
    while (text.len > 0) {
        const char *entity = memchr(text.ptr, '&', text.len);
        const size_t plain = entity == NULL ? text.len : (size_t)(entity - text.ptr);
        kit_text_add(&reader->content, (ens_str){text.ptr, plain});
        text = (ens_str){text.ptr + plain, text.len - plain};
        if (text.len == 0) {
            break;
        }
        const char *stop = memchr(text.ptr, ';', text.len);
        const size_t len = stop == NULL ? 0 : (size_t)(stop - text.ptr);
        if (stop == NULL || !add_entity(&reader->content, (ens_str){text.ptr + 1, len - 1})) {
            return false;
        }
        text = (ens_str){text.ptr + len + 1, text.len - len - 1};
    }
    return true;
}

/* ---- tags ----------------------------------------------------------------------------------- */

static size_t name_length(ens_str text)
{
    static const char others[] = "_:.-0123456789";
    size_t len = 0;

    while (len < text.len && ((lower(text.ptr[len]) >= 'a' && lower(text.ptr[len]) <= 'z') ||
                              memchr(others, text.ptr[len], sizeof(others) - 1) != NULL)) {
        len++;
    }
    return len;
}

static void take(struct reader *reader, ens_str name)
{
    struct kit_xml_error *ret = reader->ret;
    ens_str *member = is_name(name, "Code")        ? &ret->code
                      : is_name(name, "Message")   ? &ret->message
                      : is_name(name, "RequestId") ? &ret->request_id
                                                   : NULL;

    if (reader->leaf && member != NULL && member->len == 0) {
        *member = kit_copy(reader->content.memory, kit_trim(kit_text_done(&reader->content)));
    }
}

static bool close_element(struct reader *reader, ens_str name)
{
    if (reader->depth == 0 || kit_compare(reader->open[reader->depth - 1], name) != 0) {
        return false;
    }
    take(reader, name);
    reader->depth--;
    reader->leaf = false;
    return true;
}

/* Skips the rest of a start tag after its name: attributes, whose values may contain '>' and '/'.
 */
static bool skip_attributes(struct reader *reader, bool *ret_empty)
{
    char quote = '\0';

    *ret_empty = false;
    for (size_t i = 0; i < reader->rest.len; i++) {
        const char c = reader->rest.ptr[i];
        if (c == '<') {
            return false;
        }
        if (quote != '\0') {
            quote = c == quote ? '\0' : quote;
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '>') {
            *ret_empty = i > 0 && reader->rest.ptr[i - 1] == '/';
            skip(reader, i + 1);
            return true;
        }
    }
    return false;
}

static bool read_start_tag(struct reader *reader)
{
    const ens_str name = {reader->rest.ptr, name_length(reader->rest)};
    bool empty = false;

    skip(reader, name.len);
    if (name.len == 0 || !skip_attributes(reader, &empty) || reader->depth == KIT_XML_DEPTH_MAX) {
        return false;
    }
    reader->roots += reader->depth == 0;
    reader->open[reader->depth++] = name;
    reader->leaf = true;
    reader->content.len = 0;
    return !empty || close_element(reader, name);
}

static bool read_end_tag(struct reader *reader)
{
    const ens_str name = {reader->rest.ptr, name_length(reader->rest)};
    ens_str blanks = {0};

    skip(reader, name.len);
    return cut(reader, ">", &blanks) && kit_trim(blanks).len == 0 && close_element(reader, name);
}

/* Requires that rest begins with '<'. */
static bool read_markup(struct reader *reader)
{
    ens_str inside = {0};

    if (kit_starts(reader->rest, "<?")) {
        return cut(reader, "?>", &inside);
    }
    if (kit_starts(reader->rest, "<!--")) {
        return cut(reader, "-->", &inside);
    }
    if (kit_starts(reader->rest, "<![CDATA[") && reader->depth > 0) {
        skip(reader, strlen("<![CDATA["));
        if (!cut(reader, "]]>", &inside)) {
            return false;
        }
        kit_text_add(&reader->content, inside);
        return true;
    }
    const bool end = kit_starts(reader->rest, "</");
    skip(reader, end ? 2 : 1);
    return end ? read_end_tag(reader) : read_start_tag(reader);
}

bool kit_is_html(ens_str text)
{
    text = kit_trim(kit_skip_mark(text));
    return starts_nocase(text, "<!doctype html") || starts_nocase(text, "<html");
}

bool kit_xml_read_error(const struct ens_memory *memory, ens_str text, struct kit_xml_error *ret)
{
    struct kit_xml_error found = {0};
    struct reader reader = {
        .rest = kit_trim(kit_skip_mark(text)), .content = kit_text_new(memory), .ret = &found};

    while (reader.rest.len > 0) {
        if (!(reader.rest.ptr[0] == '<' ? read_markup(&reader) : read_text(&reader))) {
            return false;
        }
    }
    if (reader.depth > 0 || reader.roots != 1 || is_name(reader.open[0], "html") ||
        found.code.len == 0) {
        return false;
    }
    *ret = found;
    return true;
}
