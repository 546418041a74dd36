/* SPDX-License-Identifier: Apache-2.0 */
#include "text.h"

#include <string.h>

ens_str toy_concat(const struct ens_memory *memory, const ens_str *parts)
{
    size_t len = 0;

    for (const ens_str *part = parts; part->ptr != NULL; part++) {
        len += part->len;
    }
    char *text = memory->alloc(memory->ctx, len);
    char *end = text;
    for (const ens_str *part = parts; part->ptr != NULL; part++) {
        memcpy(end, part->ptr, part->len);
        end += part->len;
    }
    return (ens_str){text, len};
}

ens_str toy_join(const struct ens_memory *memory, const ens_str *items, size_t count)
{
    ens_str *parts = memory->alloc(memory->ctx, (2 * count + 1) * sizeof(*parts));
    size_t used = 0;

    for (size_t i = 0; i < count; i++) {
        if (i > 0) {
            parts[used++] = TOY_STR(",");
        }
        parts[used++] = items[i];
    }
    return toy_concat(memory, parts); /* memory is zeroed, so the list is terminated */
}

ens_str toy_encode(const struct ens_memory *memory, ens_str text)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~,";
    static const char hex[] = "0123456789ABCDEF";
    char *out = memory->alloc(memory->ctx, 3 * text.len);
    size_t len = 0;

    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (memchr(plain, c, sizeof(plain) - 1) != NULL) {
            out[len++] = (char)c;
        } else {
            out[len++] = '%';
            out[len++] = hex[c >> 4];
            out[len++] = hex[c & 15];
        }
    }
    return (ens_str){out, len};
}

ens_str toy_cut(ens_str text, char separator, ens_str *rest)
{
    const char *at = text.len > 0 ? memchr(text.ptr, separator, text.len) : NULL;

    if (at == NULL) {
        *rest = (ens_str){NULL, 0};
        return text;
    }
    size_t len = (size_t)(at - text.ptr);
    *rest = (ens_str){at + 1, text.len - len - 1};
    return (ens_str){text.ptr, len};
}
