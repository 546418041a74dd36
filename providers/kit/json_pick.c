/* SPDX-License-Identifier: Apache-2.0 */
#include "kit/json_pick.h"

#include <stdbool.h>
#include <string.h>

#include "kit/json.h"
#include "kit/json_repair.h"
#include "kit/json_token.h"
#include "kit/text.h"

struct name {
    ens_str text;
    bool optional; /* not kept if there is nothing in its value */
};

struct walk {
    const char *at;
    const char *end;
    const struct name *names;
    size_t name_count;
    size_t scalars;     /* strings, numbers and words so far, but no names */
    const char *copied; /* what is before it is in out or left out */
    struct kit_text out;
};

/* What was copied at some point. */
struct copy {
    const char *copied;
    size_t len;
};

/* Leaves out the source between the two. */
static void cut(struct walk *walk, const char *from, const char *to)
{
    kit_text_add(&walk->out, (ens_str){walk->copied, (size_t)(from - walk->copied)});
    walk->copied = to;
}

static void skip_blanks(struct walk *walk)
{
    const char *at = walk->at;

    while (at < walk->end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) {
        at++;
    }
    walk->at = at;
}

static bool skip_byte(struct walk *walk, char byte)
{
    const bool found = walk->at < walk->end && *walk->at == byte;

    walk->at += found;
    return found;
}

/* The first such byte between the current position and end; NULL: there is none. */
static const char *find(const struct walk *walk, char byte, const char *end)
{
    return memchr(walk->at, byte, (size_t)(end - walk->at));
}

static bool skip_escape(struct walk *walk)
{
    const ens_str rest = {walk->at, (size_t)(walk->end - walk->at)};
    const bool is_unit = rest.len >= 2 && rest.ptr[1] == 'u';

    if (rest.len < 2 || memchr("\"\\/bfnrtu", rest.ptr[1], 9) == NULL ||
        (is_unit && kit_json_unit(rest) < 0)) {
        return false;
    }
    walk->at += is_unit ? 6 : 2;
    return true;
}

/* All that is not ASCII and all control characters are accepted: they are repaired. */
static bool skip_string(struct walk *walk)
{
    const char *quote = NULL; /* the next one */

    walk->at++;
    do {
        if (quote == NULL || quote < walk->at) {
            quote = find(walk, '"', walk->end);
        }
        const char *escape = quote == NULL ? NULL : find(walk, '\\', quote);
        if (escape == NULL) {
            walk->at = quote == NULL ? walk->end : quote + 1;
            return quote != NULL;
        }
        walk->at = escape;
    } while (skip_escape(walk));
    return false;
}

static bool skip_scalar(struct walk *walk, char first)
{
    const ens_str rest = {walk->at, (size_t)(walk->end - walk->at)};
    const char *word = first == 'n'   ? "null"
                       : first == 't' ? "true"
                       : first == 'f' ? "false"
                                      : NULL;
    bool fits = false;
    size_t len = 0;

    if (word != NULL) {
        len = kit_starts(rest, word) ? strlen(word) : 0;
    } else if (rest.len > 0) {
        len = kit_json_number(rest, &fits);
    }
    walk->at += len;
    return len > 0;
}

/* A name and its colon. False: there is none, or it has an escape or a NUL. */
static bool read_name(struct walk *walk, ens_str *ret)
{
    if (!skip_byte(walk, '"')) {
        return false;
    }
    const char *quote = find(walk, '"', walk->end);
    if (quote == NULL || find(walk, '\\', quote) != NULL || find(walk, '\0', quote) != NULL) {
        return false;
    }
    *ret = (ens_str){walk->at, (size_t)(quote - walk->at)};
    walk->at = quote + 1;
    skip_blanks(walk);
    return skip_byte(walk, ':');
}

/* NULL: it is left out. */
static const struct name *find_name(const struct walk *walk, ens_str name)
{
    for (size_t i = 0; i < walk->name_count; i++) {
        const ens_str *candidate = &walk->names[i].text;
        if (candidate->len == name.len && memcmp(candidate->ptr, name.ptr, name.len) == 0) {
            return &walk->names[i];
        }
    }
    return NULL;
}

static bool skip_value(struct walk *walk, bool keep, size_t depth);

/* The value of a member. *ret_kept: it was kept. An empty one of an optional name is not, unless
 * one of this object was before: of equal names the last one counts. */
static bool skip_member(struct walk *walk, const struct name *name, size_t depth,
                        bool *optional_kept, bool *ret_kept)
{
    const struct copy before = {walk->copied, walk->out.len};
    const size_t scalars = walk->scalars;

    if (!skip_value(walk, name != NULL, depth)) {
        return false;
    }
    *ret_kept = name != NULL;
    if (name != NULL && name->optional) {
        *optional_kept = *optional_kept || walk->scalars > scalars;
        *ret_kept = *optional_kept;
        if (!*optional_kept) {
            walk->copied = before.copied;
            walk->out.len = before.len;
        }
    }
    return true;
}

/* The members of an object after its '{'. Those that are left out before one is kept go with the
 * comma after them, the others with the comma before them. */
static bool skip_members(struct walk *walk, bool keep, size_t depth)
{
    const char *from = walk->at;
    bool optional_kept = false;
    bool any_kept = false;
    bool more = true;

    skip_blanks(walk);
    if (skip_byte(walk, '}')) {
        return true;
    }
    while (more) {
        ens_str name = {NULL, 0};
        skip_blanks(walk);
        if (!read_name(walk, &name)) {
            return false;
        }
        bool kept = false;
        if (!skip_member(walk, keep ? find_name(walk, name) : NULL, depth, &optional_kept, &kept)) {
            return false;
        }
        any_kept = any_kept || kept;
        const char *end = walk->at;
        more = skip_byte(walk, ',');
        const char *next = any_kept ? end : walk->at;
        if (keep && !kept) {
            cut(walk, from, next);
        }
        from = next;
    }
    return skip_byte(walk, '}');
}

static bool skip_elements(struct walk *walk, bool keep, size_t depth)
{
    skip_blanks(walk);
    if (skip_byte(walk, ']')) {
        return true;
    }
    do {
        if (!skip_value(walk, keep, depth)) {
            return false;
        }
    } while (skip_byte(walk, ','));
    return skip_byte(walk, ']');
}

/* Walks over a value and the blanks around it; keep: what is named in it is kept. False: it is not
 * JSON, or too deep. Recursive, to KIT_JSON_DEPTH_MAX. */
static bool skip_value(struct walk *walk, bool keep, size_t depth)
{
    bool valid = false;

    skip_blanks(walk);
    const char first = walk->at < walk->end ? *walk->at : '\0';
    if (first == '"') {
        walk->scalars++;
        valid = skip_string(walk);
    } else if (first == '{' || first == '[') {
        walk->at++;
        valid = depth < KIT_JSON_DEPTH_MAX && (first == '{' ? skip_members(walk, keep, depth + 1)
                                                            : skip_elements(walk, keep, depth + 1));
    } else {
        walk->scalars++;
        valid = skip_scalar(walk, first);
    }
    skip_blanks(walk);
    return valid;
}

/* The names in the order of the text. */
static void split(const struct ens_memory *memory, const char *names, struct walk *walk)
{
    struct name *items = memory->alloc(memory->ctx, (strlen(names) / 2 + 1) * sizeof(*items));

    walk->names = items;
    while (*names != '\0') {
        const size_t len = strcspn(names, " ");
        const bool optional = len > 0 && names[len - 1] == '?';
        items[walk->name_count++] = (struct name){{names, len - optional}, optional};
        names += len + (names[len] == ' ');
    }
}

ens_str kit_json_pick(const struct ens_memory *memory, ens_str text, const char *names)
{
    if (text.len == 0) {
        return text;
    }
    const ens_str source = kit_skip_mark(text);
    struct walk walk = {.at = source.ptr,
                        .end = source.ptr + source.len,
                        .copied = source.ptr,
                        .out = kit_text_new(memory)};

    split(memory, names, &walk);
    if (!skip_value(&walk, true, 0) || walk.at < walk.end) {
        return text;
    }
    cut(&walk, walk.end, walk.end);
    return kit_text_done(&walk.out);
}
