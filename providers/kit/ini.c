/* SPDX-License-Identifier: Apache-2.0 */
#include "kit/ini.h"

#include <string.h>

#include "kit/text.h"

/* Returns the first line, trimmed, and removes it from *rest. */
static ens_str next_line(ens_str *rest)
{
    const char *end = memchr(rest->ptr, '\n', rest->len);
    size_t len = end == NULL ? rest->len : (size_t)(end - rest->ptr);
    ens_str line = {rest->ptr, len};
    size_t used = end == NULL ? len : len + 1;

    *rest = (ens_str){rest->ptr + used, rest->len - used};
    return kit_trim(line);
}

static bool is_header(ens_str line, ens_str *ret_name)
{
    if (line.len < 2 || line.ptr[0] != '[' || line.ptr[line.len - 1] != ']') {
        return false;
    }
    *ret_name = kit_trim((ens_str){line.ptr + 1, line.len - 2});
    return true;
}

bool kit_ini_has(ens_str text, ens_str section)
{
    ens_str name;

    while (text.len > 0) {
        if (is_header(next_line(&text), &name) && kit_compare(name, section) == 0) {
            return true;
        }
    }
    return false;
}

ens_str kit_ini_value(ens_str text, ens_str section, const char *key)
{
    bool inside = false;
    ens_str name;

    while (text.len > 0) {
        ens_str line = next_line(&text);
        if (is_header(line, &name)) {
            inside = kit_compare(name, section) == 0;
            continue;
        }
        const char *equals = line.len == 0 ? NULL : memchr(line.ptr, '=', line.len);
        if (!inside || equals == NULL || line.ptr[0] == '#' || line.ptr[0] == ';') {
            continue;
        }
        size_t before = (size_t)(equals - line.ptr);
        if (kit_is(kit_trim((ens_str){line.ptr, before}), key)) {
            return kit_trim((ens_str){equals + 1, line.len - before - 1});
        }
    }
    return (ens_str){NULL, 0};
}
