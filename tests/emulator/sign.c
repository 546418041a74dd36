/* SPDX-License-Identifier: Apache-2.0 */
#include "sign.h"

#include <string.h>

struct ens_buf emu_canonical_buf(void)
{
    return ens_buf_new((size_t)4 * EMU_MAX_BODY);
}

void emu_add_encoded(struct ens_buf *buf, ens_str text, bool keep_slash)
{
    static const char unreserved[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (memchr(unreserved, c, sizeof(unreserved) - 1) != NULL || (keep_slash && c == '/')) {
            ens_buf_add_char(buf, c);
        } else {
            ens_buf_addf(buf, "%%%02X", (unsigned)(unsigned char)c);
        }
    }
}

void emu_add_canonical_path(struct ens_buf *buf, const struct emu_request *request)
{
    ens_str path = request->path;
    if (!emu_percent_decode(request->arena, request->path, false, &path)) {
        path = request->path;
    }
    emu_add_encoded(buf, path, true);
}

void emu_add_canonical_query(struct ens_buf *buf, const struct emu_fields *params)
{
    struct emu_fields sorted = {.arena = params->arena};
    for (size_t i = 0; i < params->count; i++) {
        emu_fields_add(&sorted, params->items[i].name, params->items[i].value);
    }
    emu_fields_sort(&sorted);
    for (size_t i = 0; i < sorted.count; i++) {
        ens_buf_add(buf, ens_str_of(i == 0 ? "" : "&"));
        emu_add_encoded(buf, sorted.items[i].name, false);
        ens_buf_add_char(buf, '=');
        emu_add_encoded(buf, sorted.items[i].value, false);
    }
}

void emu_add_canonical_headers(struct ens_buf *buf, const struct emu_request *request, ens_str list)
{
    while (list.len > 0) {
        ens_str name = ens_str_cut(list, ';', &list);
        ens_str value = emu_fields_find(&request->headers, name);
        ens_buf_addf(buf, "%.*s:%.*s\n", ENS_STR_ARG(name), ENS_STR_ARG(value));
    }
}

bool emu_list_has(ens_str list, ens_str name)
{
    while (list.len > 0) {
        if (ens_str_eq(ens_str_cut(list, ';', &list), name)) {
            return true;
        }
    }
    return false;
}

ens_str emu_between(ens_str text, const char *start, const char *ends)
{
    size_t skip = strlen(start);
    const char *at = text.len == 0 ? NULL : memmem(text.ptr, text.len, start, skip);
    if (at == NULL) {
        return (ens_str){0};
    }
    ens_str found = {at + skip, text.len - (size_t)(at - text.ptr) - skip};
    for (size_t i = 0; i < found.len; i++) {
        if (strchr(ends, found.ptr[i]) != NULL) {
            found.len = i;
        }
    }
    return found;
}
