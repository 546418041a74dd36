/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"

#include <string.h>

static const ens_str replacement = ENS_STR_INIT("\xEF\xBF\xBD");

static size_t tail_run(const unsigned char *s, size_t len, size_t want)
{
    for (size_t i = 1; i < want; i++) {
        if (i >= len || (s[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    return want;
}

/* Length of the valid sequence at s, 0 if there is none (RFC 3629: no overlong forms, no
 * surrogates, nothing above U+10FFFF). */
static size_t sequence(const unsigned char *s, size_t len)
{
    unsigned char second = len > 1 ? s[1] : 0;

    if (s[0] < 0x80) {
        return (s[0] >= 0x20 && s[0] != 0x7F) || s[0] == '\t' || s[0] == '\n' ? 1 : 0;
    }
    if (s[0] >= 0xC2 && s[0] <= 0xDF) {
        return tail_run(s, len, 2);
    }
    if (s[0] >= 0xE0 && s[0] <= 0xEF) {
        if ((s[0] == 0xE0 && second < 0xA0) || (s[0] == 0xED && second > 0x9F)) {
            return 0;
        }
        return tail_run(s, len, 3);
    }
    if (s[0] >= 0xF0 && s[0] <= 0xF4) {
        if ((s[0] == 0xF0 && second < 0x90) || (s[0] == 0xF4 && second > 0x8F)) {
            return 0;
        }
        return tail_run(s, len, 4);
    }
    return 0;
}

bool ens_utf8_valid(ens_str text)
{
    const unsigned char *s = (const unsigned char *)text.ptr;

    for (size_t i = 0; i < text.len;) {
        size_t run = sequence(s + i, text.len - i);
        if (run == 0) {
            return false;
        }
        i += run;
    }
    return true;
}

ens_str ens_utf8_skip_mark(ens_str text)
{
    const ens_str mark = {"\xEF\xBB\xBF", 3};

    return ens_str_starts(text, mark) ? (ens_str){text.ptr + mark.len, text.len - mark.len} : text;
}

bool ens_utf8_is_utf16(ens_str text)
{
    const unsigned char *s = (const unsigned char *)text.ptr;

    if (text.len < 2) {
        return false;
    }
    const unsigned char letter = s[0] == 0 ? s[1] : s[0]; /* UTF-16 of ASCII has a zero byte */

    return (s[0] == 0xFF && s[1] == 0xFE) || (s[0] == 0xFE && s[1] == 0xFF) ||
           ((s[0] == 0 || s[1] == 0) && letter >= '\t' && letter <= '~');
}

size_t ens_utf8_next(ens_str text, uint32_t *ret)
{
    const unsigned char *s = (const unsigned char *)text.ptr;
    const size_t len = text.len == 0 ? 0 : sequence(s, text.len);
    uint32_t code_point = 0;

    for (size_t i = 0; i < len; i++) {
        code_point = i > 0     ? code_point << 6 | (s[i] & 0x3Fu)
                     : len > 1 ? s[0] & (0xFFu >> (len + 1))
                               : s[0];
    }
    *ret = code_point;
    return len;
}

ens_str ens_utf8_clean(struct ens_arena *arena, ens_str text)
{
    if (ens_utf8_valid(text)) {
        return text;
    }
    const unsigned char *s = (const unsigned char *)text.ptr;
    char *out = ens_arena_array(arena, text.len + 1, replacement.len);
    size_t at = 0;
    for (size_t i = 0; i < text.len;) {
        size_t run = sequence(s + i, text.len - i);
        memcpy(out + at, run == 0 ? replacement.ptr : text.ptr + i,
               run == 0 ? replacement.len : run);
        at += run == 0 ? replacement.len : run;
        i += run == 0 ? 1 : run;
    }
    return (ens_str){out, at};
}
