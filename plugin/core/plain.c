/* SPDX-License-Identifier: Apache-2.0 */
#include "core/plain.h"

#include <string.h>

#include "base/utf8.h"

/* Unicode's categories Cc, Cf, Zl and Zp, except for a few visible signs (such as Arabic number
 * signs), and letters that are rendered as nothing. */
static const struct {
    uint32_t first;
    uint32_t last;
} hidden[] = {
    {0x00, 0x1F},       {0x7F, 0x9F},       {0xAD, 0xAD},       {0x34F, 0x34F},
    {0x61C, 0x61C},     {0x115F, 0x1160},   {0x17B4, 0x17B5},   {0x180B, 0x180F},
    {0x200B, 0x200F},   {0x2028, 0x202E},   {0x2060, 0x206F},   {0x3164, 0x3164},
    {0xFDD0, 0xFDEF},   {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0},   {0xFFF0, 0xFFFB},
    {0x13430, 0x1345F}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF},
};

bool ens_plain_is_shown(uint32_t code_point)
{
    if (code_point >= ' ' && code_point <= '~') {
        return true;
    }
    for (size_t i = 0; i < ENS_COUNT(hidden); i++) {
        if (code_point >= hidden[i].first && code_point <= hidden[i].last) {
            return false;
        }
    }
    return (code_point & 0xFFFE) != 0xFFFE;
}

/* The length of the first character, if it is kept; 0: it is replaced. *ret is the number of bytes
 * to skip: the character's, or 1 if it is no UTF-8. */
static size_t kept(ens_str text, size_t *ret)
{
    uint32_t code_point = 0;
    const size_t len = ens_utf8_next(text, &code_point);

    *ret = len == 0 ? 1 : len;
    return len > 0 && (ens_plain_is_shown(code_point) || code_point == '\t' || code_point == '\n')
               ? len
               : 0;
}

static bool is_plain(ens_str text)
{
    while (text.len > 0) {
        size_t used = 1;
        const bool usual = text.ptr[0] >= ' ' && text.ptr[0] <= '~'; /* nearly all are */
        if (!usual && kept(text, &used) == 0) {
            return false;
        }
        text = (ens_str){text.ptr + used, text.len - used};
    }
    return true;
}

ens_str ens_plain_text(struct ens_arena *arena, ens_str text)
{
    static const ens_str replacement = ENS_STR_INIT("\xEF\xBF\xBD");

    if (is_plain(text)) {
        return text;
    }
    char *out = ens_arena_array(arena, text.len + 1, replacement.len);
    size_t at = 0;
    while (text.len > 0) {
        size_t used = 0;
        const size_t keep = kept(text, &used);
        memcpy(out + at, keep > 0 ? text.ptr : replacement.ptr, keep > 0 ? keep : replacement.len);
        at += keep > 0 ? keep : replacement.len;
        text = (ens_str){text.ptr + used, text.len - used};
    }
    return (ens_str){out, at};
}

ens_str ens_cloud_text(struct ens_arena *arena, ens_str text, size_t max)
{
    text = ens_str_trim(text);
    const bool cut = text.len > max;
    if (cut) {
        text.len = max;
        /* Back to a character boundary. */
        while (text.len > 0 && ((unsigned char)text.ptr[text.len] & 0xc0) == 0x80) {
            text.len--;
        }
    }
    const size_t dots = cut ? 3 : 0;
    char *bytes = ens_arena_alloc(arena, text.len + dots + 1);
    for (size_t i = 0; i < text.len; i++) {
        bytes[i] = text.ptr[i];
        if (bytes[i] == '\n' || bytes[i] == '\t') {
            bytes[i] = ' ';
        }
    }
    memcpy(bytes + text.len, "...", dots);
    return ens_plain_text(arena, (ens_str){bytes, text.len + dots});
}
