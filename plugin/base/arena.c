/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

#define BLOCK_SIZE  ((size_t)8192)
#define KEEP_MAX    ((size_t)128 * 1024) /* the most that ens_arena_reset keeps */
#define PRINTF_SIZE 256 /* stack buffer of ens_arena_printf; longer text is formatted twice */

#ifdef __SANITIZE_ADDRESS__
#define STOCK_MAX 0 /* a use after the return is found */
#else
#define STOCK_MAX ENS_ARENA_STOCK_MAX
#endif

struct block {
    struct block *next;
    size_t size;
    size_t used;
    alignas(max_align_t) unsigned char bytes[];
};

struct ens_arena {
    struct block *blocks; /* the first is the one being filled */
    size_t next_size;     /* of the next block, at least; 0: of the usual size */
};

struct ens_arena *ens_arena_new(void)
{
    return ens_alloc(sizeof(struct ens_arena));
}

static void free_blocks(struct ens_arena *arena)
{
    for (struct block *block = arena->blocks; block != NULL;) {
        struct block *next = block->next;
        explicit_bzero(block->bytes, block->used);
        ens_free(block);
        block = next;
    }
    arena->blocks = NULL;
}

void ens_arena_free(struct ens_arena *arena)
{
    if (arena != NULL) {
        free_blocks(arena);
        ens_free(arena);
    }
}

void ens_arena_freep(struct ens_arena **arena)
{
    ens_arena_free(*arena);
    *arena = NULL;
}

/* What did not fit into one block gets one that is large enough the next time. */
void ens_arena_reset(struct ens_arena *arena)
{
    struct block *only = arena->blocks;
    size_t used = 0;

    if (only == NULL) {
        return;
    }
    if (only->next == NULL && only->size <= KEEP_MAX) {
        explicit_bzero(only->bytes, only->used);
        only->used = 0;
        return;
    }
    for (const struct block *block = only; block != NULL; block = block->next) {
        used += block->size;
    }
    free_blocks(arena);
    arena->next_size = used < KEEP_MAX ? used : KEEP_MAX;
}

static struct block *block_new(size_t size)
{
    ENS_ASSERT(size < SIZE_MAX - sizeof(struct block));
    struct block *block = ens_alloc(sizeof(*block) + size);
    block->size = size;
    return block;
}

void *ens_arena_alloc(struct ens_arena *arena, size_t size)
{
    const size_t mask = alignof(max_align_t) - 1;
    struct block *block = arena->blocks;

    ENS_ASSERT(size <= SIZE_MAX - mask);
    size = (size + mask) & ~mask;
    if (block == NULL || block->size - block->used < size) {
        if (size > BLOCK_SIZE / 4 && block != NULL) {
            /* A large allocation gets a block of its own behind the first, so that the room left in
             * the first is still used. */
            struct block *own = block_new(size);
            own->used = size;
            own->next = block->next;
            block->next = own;
            return own->bytes;
        }
        const size_t usual = arena->next_size > BLOCK_SIZE ? arena->next_size : BLOCK_SIZE;
        block = block_new(size > usual ? size : usual);
        arena->next_size = 0;
        block->next = arena->blocks;
        arena->blocks = block;
    }
    void *ptr = block->bytes + block->used;
    block->used += size;
    return ptr;
}

void *ens_arena_array(struct ens_arena *arena, size_t count, size_t size)
{
    size_t bytes = 0;

    ENS_ASSERT(!__builtin_mul_overflow(count, size, &bytes));
    return ens_arena_alloc(arena, bytes);
}

void *ens_arena_grow(struct ens_arena *arena, void *items, size_t count, size_t size)
{
    /* The capacity is count rounded up to a power of two, so no caller has to store it. */
    if ((count & (count - 1)) != 0) {
        return items;
    }
    void *larger = ens_arena_array(arena, count == 0 ? 1 : 2 * count, size);
    if (count > 0) {
        memcpy(larger, items, count * size);
    }
    return larger;
}

ens_str ens_arena_dup(struct ens_arena *arena, ens_str text)
{
    char *copy = ens_arena_alloc(arena, text.len + 1);

    if (text.len > 0) {
        memcpy(copy, text.ptr, text.len);
    }
    return (ens_str){copy, text.len};
}

ens_str ens_arena_printf(struct ens_arena *arena, const char *format, ...)
{
    char line[PRINTF_SIZE];
    va_list args;
    va_list again;

    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    ENS_ASSERT(length >= 0);
    char *text = ens_arena_alloc(arena, (size_t)length + 1);
    if ((size_t)length < sizeof(line)) {
        memcpy(text, line, (size_t)length + 1);
    } else {
        (void)vsnprintf(text, (size_t)length + 1, format, again);
    }
    va_end(again);
    explicit_bzero(line, sizeof(line)); /* it may hold a secret; the arena wipes its own copy */
    return (ens_str){text, (size_t)length};
}

struct ens_arena *ens_arena_take(struct ens_arena_stock *stock)
{
    return stock->count > 0 ? stock->arenas[--stock->count] : ens_arena_new();
}

void ens_arena_give(struct ens_arena_stock *stock, struct ens_arena *arena)
{
    if (arena == NULL || stock->count == STOCK_MAX) {
        ens_arena_free(arena);
        return;
    }
    ens_arena_reset(arena);
    stock->arenas[stock->count++] = arena;
}

void ens_arena_stock_done(struct ens_arena_stock *stock)
{
    while (stock->count > 0) {
        ens_arena_free(stock->arenas[--stock->count]);
    }
}

static void *memory_alloc(void *ctx, size_t size)
{
    return ens_arena_alloc(ctx, size);
}

struct ens_memory ens_arena_memory(struct ens_arena *arena)
{
    return (struct ens_memory){.ctx = arena, .alloc = memory_alloc};
}
