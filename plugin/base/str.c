/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"

#include <string.h>

ens_str ens_str_of(const char *text)
{
    return text == NULL ? (ens_str){NULL, 0} : (ens_str){text, strlen(text)};
}

int ens_str_cmp(ens_str a, ens_str b)
{
    size_t shared = a.len < b.len ? a.len : b.len;
    int order = a.ptr == NULL || b.ptr == NULL ? 0 : memcmp(a.ptr, b.ptr, shared);

    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

bool ens_str_eq(ens_str a, ens_str b)
{
    return a.len == b.len && ens_str_cmp(a, b) == 0;
}

bool ens_str_is(ens_str s, const char *text)
{
    return ens_str_eq(s, ens_str_of(text));
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool ens_str_eq_nocase(ens_str a, ens_str b)
{
    if (a.len != b.len) {
        return false;
    }
    for (size_t i = 0; i < a.len; i++) {
        if (lower(a.ptr[i]) != lower(b.ptr[i])) {
            return false;
        }
    }
    return true;
}

bool ens_str_starts(ens_str s, ens_str prefix)
{
    return s.len >= prefix.len && ens_str_eq((ens_str){s.ptr, prefix.len}, prefix);
}

bool ens_str_ends(ens_str s, ens_str suffix)
{
    return s.len >= suffix.len &&
           ens_str_eq((ens_str){s.ptr + (s.len - suffix.len), suffix.len}, suffix);
}

ens_str ens_str_cut(ens_str s, char separator, ens_str *rest)
{
    const char *at = s.len == 0 ? NULL : memchr(s.ptr, separator, s.len);

    if (at == NULL) {
        *rest = (ens_str){NULL, 0};
        return s;
    }
    size_t before = (size_t)(at - s.ptr);
    *rest = (ens_str){at + 1, s.len - before - 1};
    return (ens_str){s.ptr, before};
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

ens_str ens_str_trim(ens_str s)
{
    while (s.len > 0 && is_blank(s.ptr[0])) {
        s = (ens_str){s.ptr + 1, s.len - 1};
    }
    while (s.len > 0 && is_blank(s.ptr[s.len - 1])) {
        s.len--;
    }
    return s;
}

bool ens_str_all_in(ens_str s, const char *set)
{
    size_t count = strlen(set);

    for (size_t i = 0; i < s.len; i++) {
        if (memchr(set, s.ptr[i], count) == NULL) {
            return false;
        }
    }
    return true;
}

static bool is_same(char a, char b, bool nocase)
{
    return nocase ? lower(a) == lower(b) : a == b;
}

static bool fits(ens_str s, ens_str pattern, bool nocase)
{
    size_t at = 0;
    size_t star = SIZE_MAX; /* index after the last '*' seen in pattern */
    size_t resume = 0;      /* end in s of what that '*' matches; moved on to backtrack */
    size_t p = 0;

    while (at < s.len) {
        if (p < pattern.len && pattern.ptr[p] == '*') {
            star = ++p;
            resume = at;
        } else if (p < pattern.len && is_same(pattern.ptr[p], s.ptr[at], nocase)) {
            p++;
            at++;
        } else if (star != SIZE_MAX) {
            p = star;
            at = ++resume;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.ptr[p] == '*') {
        p++;
    }
    return p == pattern.len;
}

bool ens_str_glob(ens_str s, ens_str pattern)
{
    return fits(s, pattern, false);
}

bool ens_str_matches(ens_str s, ens_str pattern)
{
    return fits(s, pattern, true);
}

const char *ens_plural(size_t count)
{
    return count == 1 ? "" : "s";
}

bool ens_str_to_i64(ens_str s, int64_t *ret)
{
    int64_t value = 0;

    if (s.len == 0 || s.len > 18 || !ens_str_all_in(s, "0123456789")) {
        return false;
    }
    for (size_t i = 0; i < s.len; i++) {
        value = value * 10 + (s.ptr[i] - '0');
    }
    *ret = value;
    return true;
}
