#include "text.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *checked(void *memory)
{
    if (memory == NULL) {
        abort();
    }
    return memory;
}

void *emu_alloc(size_t size)
{
    return checked(calloc(1, size == 0 ? 1 : size));
}

void *emu_grow(void *array, size_t count, size_t size)
{
    /* The capacity is implied: 4, 8, 16 ... elements; it is full when count is one of these. */
    if (count == 0) {
        return checked(reallocarray(array, 4, size));
    }
    if (count >= 4 && (count & (count - 1)) == 0) {
        return checked(reallocarray(array, count * 2, size));
    }
    return array;
}

char *emu_copy(const char *text)
{
    return emu_copy_n(text, strlen(text));
}

char *emu_copy_n(const char *text, size_t len)
{
    char *copy = emu_alloc(len + 1);
    memcpy(copy, text, len);
    return copy;
}

static void text_reserve(struct emu_text *text, size_t more)
{
    if (text->cap - text->len > more) {
        return;
    }
    size_t cap = text->cap == 0 ? 64 : text->cap;
    while (cap - text->len <= more) {
        cap *= 2;
    }
    text->data = checked(realloc(text->data, cap));
    text->cap = cap;
}

void emu_text_add_n(struct emu_text *text, const char *piece, size_t len)
{
    text_reserve(text, len);
    memcpy(text->data + text->len, piece, len);
    text->len += len;
    text->data[text->len] = '\0';
}

void emu_text_add(struct emu_text *text, const char *piece)
{
    emu_text_add_n(text, piece, strlen(piece));
}

void emu_text_addv(struct emu_text *text, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    if (len < 0) {
        abort();
    }
    text_reserve(text, (size_t)len);
    vsnprintf(text->data + text->len, (size_t)len + 1, format, again);
    va_end(again);
    text->len += (size_t)len;
}

void emu_text_addf(struct emu_text *text, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    emu_text_addv(text, format, args);
    va_end(args);
}

static bool is_unreserved(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.' || c == '~';
}

void emu_text_add_encoded(struct emu_text *text, const char *piece, bool keep_slash)
{
    for (const char *c = piece; *c != '\0'; c++) {
        if (is_unreserved(*c) || (keep_slash && *c == '/')) {
            emu_text_add_n(text, c, 1);
        } else {
            emu_text_addf(text, "%%%02X", (unsigned)(unsigned char)*c);
        }
    }
}

const char *emu_text_str(const struct emu_text *text)
{
    return text->data == NULL ? "" : text->data;
}

char *emu_text_take(struct emu_text *text)
{
    text_reserve(text, 0);
    text->data[text->len] = '\0';
    char *data = text->data;
    *text = (struct emu_text){0};
    return data;
}

void emu_text_done(struct emu_text *text)
{
    free(text->data);
    *text = (struct emu_text){0};
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

char *emu_percent_decode(const char *piece, size_t len, bool plus)
{
    char *out = emu_alloc(len + 1);
    size_t used = 0;
    for (size_t i = 0; i < len; i++) {
        if (piece[i] != '%') {
            out[used++] = piece[i];
            if (plus && piece[i] == '+') {
                out[used - 1] = ' ';
            }
            continue;
        }
        int high = len - i > 2 ? hex_value(piece[i + 1]) : -1;
        int low = len - i > 2 ? hex_value(piece[i + 2]) : -1;
        if (high < 0 || low < 0 || (high == 0 && low == 0)) {
            free(out);
            return NULL;
        }
        out[used++] = (char)(high * 16 + low);
        i += 2;
    }
    return out;
}

bool emu_number_read(const char *text, long min, long max, long *ret_number)
{
    bool digits = text[0] >= '0' && text[0] <= '9';
    bool negative = text[0] == '-' && text[1] >= '0' && text[1] <= '9';
    if (!digits && !negative) {
        return false;
    }
    char *end = NULL;
    errno = 0;
    long number = strtol(text, &end, 10);
    if (errno != 0 || *end != '\0' || number < min || number > max) {
        return false;
    }
    *ret_number = number;
    return true;
}

bool emu_starts_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}
