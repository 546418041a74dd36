/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arena allocator: everything that belongs to one operation is allocated here and freed with the
 * arena. Allocations are zeroed. Not thread-safe.
 */
#ifndef ENSURE_BASE_ARENA_H
#define ENSURE_BASE_ARENA_H

#include "base/rc.h"
#include "base/str.h"

struct ens_arena;

struct ens_arena *ens_arena_new(void);
/* Overwrites the memory before it is freed, because replies and keys are copied into arenas. */
void ens_arena_free(struct ens_arena *arena);
/* Makes the arena empty for other use, with its memory overwritten; up to 128 KiB of it are kept.
 */
void ens_arena_reset(struct ens_arena *arena);
void ens_arena_freep(struct ens_arena **arena);
#define ENS_AUTO_ARENA ENS_CLEANUP(ens_arena_freep) struct ens_arena

void *ens_arena_alloc(struct ens_arena *arena, size_t size);
void *ens_arena_array(struct ens_arena *arena, size_t count, size_t size);

/* Makes room for one more item in a list of count items; returns the list, or a larger copy if it
 * was full. The list must start as NULL and be grown by this function only. */
void *ens_arena_grow(struct ens_arena *arena, void *items, size_t count, size_t size) ENS_MUST_USE;

/* Copies end with a NUL that is not counted, so .ptr is also a C string. */
ens_str ens_arena_dup(struct ens_arena *arena, ens_str text);
ens_str ens_arena_printf(struct ens_arena *arena, const char *format, ...) ENS_PRINTF(2, 3);

/* Empty arenas that are kept for other use. */
#define ENS_ARENA_STOCK_MAX 32
struct ens_arena_stock {
    struct ens_arena *arenas[ENS_ARENA_STOCK_MAX];
    size_t count;
};
/* One of the stock, or a new one. It is returned with ens_arena_give, or freed. */
struct ens_arena *ens_arena_take(struct ens_arena_stock *stock) ENS_MUST_USE;
void ens_arena_give(struct ens_arena_stock *stock, struct ens_arena *arena); /* NULL: no effect */
void ens_arena_stock_done(struct ens_arena_stock *stock);

/* The arena as the allocator that is passed to a provider. */
struct ens_memory ens_arena_memory(struct ens_arena *arena);

#endif
