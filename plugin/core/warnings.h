/* SPDX-License-Identifier: Apache-2.0 */
/* The warnings of a document, as they are collected: sentences, in order. */
#ifndef ENSURE_CORE_WARNINGS_H
#define ENSURE_CORE_WARNINGS_H

#include "base/arena.h"
#include "base/str.h"

struct ens_warnings {
    struct ens_arena *arena; /* of items and texts; borrowed; set it before the first add */
    ens_str *items;
    size_t count;
};

/* Adds a copy of the text. */
void ens_warn(struct ens_warnings *warnings, ens_str text);

#endif
