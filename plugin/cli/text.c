/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/text.h"

#include <string.h>
#include <wchar.h>

#include "core/plain.h"

/* Decodes the character at text, which is valid UTF-8 and not empty. */
static size_t decode(ens_str text, wchar_t *ret)
{
    const unsigned char *s = (const unsigned char *)text.ptr;
    size_t length = s[0] < 0x80 ? 1 : s[0] < 0xE0 ? 2 : s[0] < 0xF0 ? 3 : 4;
    unsigned code = length == 1 ? s[0] : s[0] & (0xFFu >> (length + 1));

    for (size_t i = 1; i < length; i++) {
        code = code << 6 | (s[i] & 0x3Fu);
    }
    *ret = (wchar_t)code;
    return length;
}

ens_str ens_text_clean(struct ens_arena *arena, ens_str text)
{
    ens_str clean = ens_plain_text(arena, text);
    char *out = ens_arena_alloc(arena, clean.len + 1);

    for (size_t i = 0; i < clean.len; i++) {
        out[i] = clean.ptr[i] == '\t' || clean.ptr[i] == '\n' ? ' ' : clean.ptr[i];
    }
    return (ens_str){out, clean.len};
}

static size_t char_width(wchar_t c)
{
    int width = wcwidth(c);

    return width < 0 ? 1 : (size_t)width;
}

ens_str ens_text_fit(ens_str text, size_t columns, size_t *ret_width)
{
    size_t length = 0;
    size_t width = 0;

    while (length < text.len) {
        wchar_t c = 0;
        size_t bytes = decode((ens_str){text.ptr + length, text.len - length}, &c);
        if (char_width(c) > columns - width) {
            break;
        }
        width += char_width(c);
        length += bytes;
    }
    *ret_width = width;
    return (ens_str){text.ptr, length};
}

size_t ens_text_width(ens_str text)
{
    size_t width = 0;

    (void)ens_text_fit(text, SIZE_MAX, &width);
    return width;
}

void ens_text_pad(struct ens_buf *out, ens_str text, size_t columns)
{
    size_t width = ens_text_width(text);

    ens_buf_add(out, text);
    ens_buf_addf(out, "%*s", (int)(columns > width ? columns - width : 0), "");
}

void ens_text_cut(struct ens_buf *out, ens_str text, size_t columns)
{
    size_t width = 0;

    if (ens_text_width(text) <= columns) {
        ens_buf_add(out, text);
    } else if (columns > 0) {
        ens_buf_add(out, ens_text_fit(text, columns - 1, &width));
        ens_buf_add(out, ENS_STR("\xE2\x80\xA6"));
    }
}

struct paragraph {
    struct ens_buf *out;
    size_t indent;
    size_t room; /* columns for text per line */
    size_t used; /* columns used in the current line */
    bool begun;  /* the current line has text, maybe only combining marks, of width 0 */
};

static void end_line(struct paragraph *paragraph)
{
    if (paragraph->begun) {
        ens_buf_add_char(paragraph->out, '\n');
        paragraph->begun = false;
        paragraph->used = 0;
    }
}

/* Appends a piece that fits into the line, after a blank if it is a new word. */
static void put(struct paragraph *paragraph, ens_str piece, size_t width, bool new_word)
{
    if (!paragraph->begun) {
        ens_buf_addf(paragraph->out, "%*s", (int)paragraph->indent, "");
        paragraph->begun = true;
    } else if (new_word) {
        ens_buf_add_char(paragraph->out, ' ');
        paragraph->used++;
    }
    ens_buf_add(paragraph->out, piece);
    paragraph->used += width;
}

static bool has_wide(ens_str word)
{
    for (size_t i = 0; i < word.len;) {
        wchar_t c = 0;
        i += decode((ens_str){word.ptr + i, word.len - i}, &c);
        if (char_width(c) > 1) {
            return true;
        }
    }
    return false;
}

static void put_word(struct paragraph *paragraph, ens_str word)
{
    size_t width = ens_text_width(word);
    bool new_word = true;
    size_t blank = paragraph->begun ? 1 : 0;

    if (width + blank > paragraph->room - paragraph->used && !has_wide(word) &&
        width <= paragraph->room) {
        end_line(paragraph);
    }
    while (word.len > 0) {
        blank = new_word && paragraph->begun ? 1 : 0;
        size_t left = paragraph->room - paragraph->used;
        ens_str piece = {word.ptr, 0};
        if (left > blank) {
            piece = ens_text_fit(word, left - blank, &width);
        }
        if (piece.len > 0) {
            put(paragraph, piece, width, new_word);
            new_word = false;
        }
        word = (ens_str){word.ptr + piece.len, word.len - piece.len};
        if (word.len > 0) {
            end_line(paragraph);
        }
    }
}

void ens_text_wrap(struct ens_buf *out, ens_str text, size_t indent, size_t width)
{
    struct paragraph paragraph = {.out = out, .indent = indent, .room = SIZE_MAX / 2};

    if (width > 0) {
        paragraph.room = width > indent + 20 ? width - indent : 20;
    }
    for (ens_str rest = text; rest.len > 0;) {
        ens_str word = ens_str_cut(rest, ' ', &rest);
        if (word.len > 0) {
            put_word(&paragraph, word);
        }
    }
    end_line(&paragraph);
}
