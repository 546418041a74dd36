/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory with one lifetime: everything that belongs to one operation is allocated here and dies
 * with it. Allocations are zeroed. Not for use by two threads at once.
 */
#ifndef ENSURE_BASE_ARENA_H
#define ENSURE_BASE_ARENA_H

#include "base/rc.h"
#include "base/str.h"

struct ens_arena;

struct ens_arena *ens_arena_new(void);
void ens_arena_free(
    struct ens_arena *arena); /* wipes what it held: replies and keys pass through */
void ens_arena_freep(struct ens_arena **arena);
#define ENS_AUTO_ARENA ENS_CLEANUP(ens_arena_freep) struct ens_arena

void *ens_arena_alloc(struct ens_arena *arena, size_t size);
void *ens_arena_array(struct ens_arena *arena, size_t count, size_t size);

/* Room for one more in a list of count items that only this function grows, from NULL on: the list
 * itself, or a copy where it was full. */
void *ens_arena_grow(struct ens_arena *arena, void *items, size_t count, size_t size) ENS_MUST_USE;

/* Copies end with a NUL that is not counted, so .ptr is also a C string. */
ens_str ens_arena_dup(struct ens_arena *arena, ens_str text);
ens_str ens_arena_printf(struct ens_arena *arena, const char *format, ...) ENS_PRINTF(2, 3);

/* The arena as a provider sees it. */
struct ens_memory ens_arena_memory(struct ens_arena *arena);

#endif
