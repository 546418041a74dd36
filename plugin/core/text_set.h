/* SPDX-License-Identifier: Apache-2.0 */
/* A set of texts, each of them kept once: for what is the same in many results. Pure. */
#ifndef ENSURE_CORE_TEXT_SET_H
#define ENSURE_CORE_TEXT_SET_H

#include "base/arena.h"

struct ens_text_set {
    struct ens_arena *arena; /* owned by the caller; set it before the first add */
    ens_str *items;          /* by number, each with a NUL behind it */
    size_t count;
    uint32_t *slots; /* open addressing: number of a text + 1; 0: free; internal */
    size_t slot_count;
};

/* The number of the text, which is copied if no equal one is in the set. */
size_t ens_text_set_add(struct ens_text_set *set, ens_str text);

#endif
