/* SPDX-License-Identifier: Apache-2.0 */
#include "kit/json_repair.h"

#include <string.h>

#include "kit/json_token.h"
#include "kit/text.h"

#define REPLACEMENT         "\xEF\xBF\xBD"
#define ESCAPED_REPLACEMENT "\\ufffd"

struct scan {
    ens_str rest;
    unsigned flags;
    bool quoted;
    size_t depth;
    size_t deepest;
};

/* The next bytes of the source and their replacement: unchanged, in quotes, or other text. */
struct piece {
    size_t used; /* of the source */
    bool in_quotes;
    size_t len; /* of other; 0: the bytes are unchanged */
    char other[8];
};

ens_str kit_skip_mark(ens_str text)
{
    return kit_starts(text, "\xEF\xBB\xBF") ? (ens_str){text.ptr + 3, text.len - 3} : text;
}

bool kit_is_utf16(ens_str text)
{
    const unsigned char *s = (const unsigned char *)text.ptr;

    if (text.len < 2) {
        return false;
    }
    const unsigned char letter = s[0] == 0 ? s[1] : s[0]; /* UTF-16 of ASCII has a zero byte */

    return (s[0] == 0xFF && s[1] == 0xFE) || (s[0] == 0xFE && s[1] == 0xFF) ||
           ((s[0] == 0 || s[1] == 0) && letter >= '\t' && letter <= '~');
}

/* ---- strings -------------------------------------------------------------------------------- */

static struct piece instead(size_t used, const char *other)
{
    struct piece piece = {.used = used, .len = strlen(other)};

    memcpy(piece.other, other, piece.len);
    return piece;
}

static bool is_high(int unit)
{
    return unit >= 0xD800 && unit <= 0xDBFF;
}

static bool is_low(int unit)
{
    return unit >= 0xDC00 && unit <= 0xDFFF;
}

static struct piece number_piece(ens_str text)
{
    bool fits = false;
    const size_t len = kit_json_number(text, &fits);

    return (struct piece){.used = len > 0 ? len : 1, .in_quotes = len > 0 && !fits};
}

static struct piece escape_piece(ens_str text)
{
    const int unit = kit_json_unit(text);

    if (unit < 0) {
        return (struct piece){.used = text.len < 2 ? text.len : 2};
    }
    if (is_high(unit) && is_low(kit_json_unit((ens_str){text.ptr + 6, text.len - 6}))) {
        return (struct piece){.used = 12};
    }
    if (is_high(unit) || is_low(unit)) {
        return instead(6, ESCAPED_REPLACEMENT);
    }
    return (struct piece){.used = 6};
}

static struct piece control_piece(unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    const char escape[] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15], '\0'};

    return instead(1, escape);
}

/* The length of the UTF-8 sequence (RFC 3629) at the start of text; 0: it is invalid. */
static size_t sequence(ens_str text)
{
    static const struct {
        unsigned char first, last, low, high;
        size_t len;
    } rows[] = {
        {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3}, {0xE1, 0xEC, 0x80, 0xBF, 3},
        {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3}, {0xF0, 0xF0, 0x90, 0xBF, 4},
        {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
    };
    const unsigned char *s = (const unsigned char *)text.ptr;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (s[0] < rows[i].first || s[0] > rows[i].last) {
            continue;
        }
        if (text.len < rows[i].len || s[1] < rows[i].low || s[1] > rows[i].high) {
            return 0;
        }
        for (size_t j = 2; j < rows[i].len; j++) {
            if ((s[j] & 0xC0) != 0x80) {
                return 0;
            }
        }
        return rows[i].len;
    }
    return 0;
}

/* ---- pieces --------------------------------------------------------------------------------- */

/* Why a run of unchanged bytes ends at a byte; as characters, so that the table is a text. */
enum { INSIDE = '1' & 7, OUTSIDE = '2' & 7, CONTROL = '4' & 7 };

static const char stops[257] =
    "44444444444444444444444444444444"
    "  3          2  2222222222      "                                 /* '"', '-' and digits */
    "                           212  "                                 /* '[', '\\' and ']' */
    "                           2 2  "                                 /* '{' and '}' */
    "3333333333333333333333333333333333333333333333333333333333333333" /* not ASCII */
    "3333333333333333333333333333333333333333333333333333333333333333";

/* The length of what stops a run, if it stays unchanged; 0: it has to be looked at. */
static size_t step_over(struct scan *scan, ens_str rest)
{
    const char c = rest.ptr[0];

    if (c == '"') {
        scan->quoted = !scan->quoted;
        return 1;
    }
    if ((unsigned char)c >= 0x80) {
        return sequence(rest);
    }
    if (scan->quoted) {
        return c == '\\' && rest.len >= 2 && rest.ptr[1] != 'u' ? 2 : 0;
    }
    if (c == '{' || c == '[') {
        scan->depth++;
        scan->deepest = scan->depth > scan->deepest ? scan->depth : scan->deepest;
        return 1;
    }
    if (c == '}' || c == ']') {
        scan->depth -= scan->depth > 0;
        return 1;
    }
    bool fits = false;
    const size_t number = kit_json_number(rest, &fits);
    return fits ? number : 0;
}

/* The length of the longest run of unchanged bytes. */
static size_t run(struct scan *scan)
{
    const int inside = INSIDE | ((scan->flags & KIT_REPAIR_CONTROLS) != 0 ? CONTROL : 0);
    const ens_str rest = scan->rest;
    size_t at = 0;
    size_t over = 1;

    while (at < rest.len && over > 0) {
        const int stop = scan->quoted ? inside : OUTSIDE;
        while (at < rest.len && (stops[(unsigned char)rest.ptr[at]] & stop) == 0) {
            at++;
        }
        if (at < rest.len) {
            over = step_over(scan, (ens_str){rest.ptr + at, rest.len - at});
            at += over;
        }
    }
    return at;
}

/* Requires that rest is not empty. */
static struct piece next_piece(struct scan *scan)
{
    const ens_str rest = scan->rest;
    const unsigned char c = (unsigned char)rest.ptr[0];
    const size_t unchanged = run(scan);

    if (unchanged > 0) {
        return (struct piece){.used = unchanged};
    }
    if (c >= 0x80) {
        return instead(1, REPLACEMENT);
    }
    if (!scan->quoted) {
        return number_piece(rest);
    }
    return c == '\\' ? escape_piece(rest) : control_piece(c);
}

static void skip(struct scan *scan, const struct piece *piece)
{
    scan->rest = (ens_str){scan->rest.ptr + piece->used, scan->rest.len - piece->used};
}

static void add_piece(struct kit_text *out, ens_str source, const struct piece *piece)
{
    const ens_str quote = piece->in_quotes ? KIT_STR("\"") : KIT_STR("");

    kit_text_add(out, quote);
    kit_text_add(out, piece->len > 0 ? (ens_str){piece->other, piece->len}
                                     : (ens_str){source.ptr, piece->used});
    kit_text_add(out, quote);
}

ens_str kit_json_repair(const struct ens_memory *memory, ens_str text, unsigned flags,
                        size_t *ret_depth)
{
    text = kit_skip_mark(text);
    struct scan scan = {.rest = text, .flags = flags};
    struct kit_text out = kit_text_new(memory);
    bool changed = false;

    while (scan.rest.len > 0) {
        const ens_str source = scan.rest;
        const struct piece piece = next_piece(&scan);
        if (!changed && (piece.len > 0 || piece.in_quotes)) {
            changed = true;
            kit_text_add(&out, (ens_str){text.ptr, text.len - source.len});
        }
        if (changed) {
            add_piece(&out, source, &piece);
        }
        skip(&scan, &piece);
    }
    *ret_depth = scan.deepest;
    return changed ? kit_text_done(&out) : text;
}

size_t kit_json_repair_source(ens_str text, unsigned flags, size_t count)
{
    struct scan scan = {.rest = kit_skip_mark(text), .flags = flags};
    size_t made = 0;

    while (scan.rest.len > 0 && made < count) {
        struct piece piece = next_piece(&scan);
        const size_t grown = (piece.len > 0 ? piece.len : piece.used) + (piece.in_quotes ? 2 : 0);
        if (grown == piece.used && made + grown > count) {
            piece.used = count - made; /* unchanged bytes map one to one */
        }
        made += grown;
        skip(&scan, &piece);
    }
    return text.len - scan.rest.len;
}
