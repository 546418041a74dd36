/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values of Terraform's type system, as a tree. A set is represented as a list and an object as a
 * map; conform.h checks a value against its type in the schema.
 *
 * Trees are allocated in the arena of the call and passed by value. A zeroed value is null.
 */
#ifndef ENSURE_TERRAFORM_VALUE_H
#define ENSURE_TERRAFORM_VALUE_H

#include "base/arena.h"

#define ENS_VALUE_BYTES_MAX ((size_t)16 * 1024 * 1024) /* of one encoded value */
#define ENS_VALUE_DEPTH_MAX 16                         /* nesting of lists and maps */

enum ens_value_kind {
    ENS_VALUE_NULL = 0,
    ENS_VALUE_UNKNOWN, /* known only after another resource is applied */
    ENS_VALUE_BOOL,
    ENS_VALUE_INTEGER,
    ENS_VALUE_FLOAT,  /* never NaN or infinite */
    ENS_VALUE_STRING, /* UTF-8; also a number that fits in neither type, in decimal */
    ENS_VALUE_LIST,
    ENS_VALUE_MAP,
};

struct ens_value {
    enum ens_value_kind kind;
    union {
        bool boolean;
        int64_t integer;
        double number;
        ens_str text;
        struct {
            struct ens_value *items;
            size_t count;
        } list;
        struct {
            struct ens_value_pair *pairs;
            size_t count;
        } map;
    };
};

struct ens_value_pair {
    ens_str key;
    struct ens_value value;
};

#define ENS_NULL    ((struct ens_value){.kind = ENS_VALUE_NULL})
#define ENS_UNKNOWN ((struct ens_value){.kind = ENS_VALUE_UNKNOWN})

struct ens_value ens_value_bool(bool boolean);
struct ens_value ens_value_integer(int64_t integer);

/* Borrows text; if it is not valid UTF-8, it is repaired in a copy in the arena. */
struct ens_value ens_value_string(struct ens_arena *arena, ens_str text);

/* A list or map of count items that are null; the caller sets them. */
struct ens_value ens_value_list(struct ens_arena *arena, size_t count);
struct ens_value ens_value_map(struct ens_arena *arena, size_t count);

/* The value at a key of a map; NULL if there is no such key or the value is not a map. */
struct ens_value *ens_value_at(const struct ens_value *map, const char *key);
struct ens_value *ens_value_at_str(const struct ens_value *map, ens_str key);

/* Replaces the value at a key, which must exist. */
void ens_value_set(struct ens_value *map, const char *key, struct ens_value value);

/* The text of a known string; empty for everything else. */
ens_str ens_value_text(const struct ens_value *value);

bool ens_value_is_null(const struct ens_value *value);

/* Whether the tree contains no unknown value. */
bool ens_value_known(const struct ens_value *value);

/* Deep comparison; the order of lists counts, that of maps does not. Unknown equals unknown. */
bool ens_value_eq(const struct ens_value *a, const struct ens_value *b);

/* Deep copy of the maps and lists; texts are shared. */
struct ens_value ens_value_copy(struct ens_arena *arena, const struct ens_value *value);

#endif
