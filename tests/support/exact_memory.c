/* SPDX-License-Identifier: Apache-2.0 */
#include "support/exact_memory.h"

#include <stdlib.h>

struct exact_piece {
    struct exact_piece *next;
    void *bytes;
};

static void *or_abort(void *ptr)
{
    if (ptr == NULL) {
        abort();
    }
    return ptr;
}

static void *alloc(void *ctx, size_t size)
{
    struct exact_memory *exact = ctx;
    struct exact_piece *piece = or_abort(malloc(sizeof(*piece)));

    piece->bytes = or_abort(calloc(1, size == 0 ? 1 : size));
    piece->next = exact->pieces;
    exact->pieces = piece;
    return piece->bytes;
}

void exact_memory_init(struct exact_memory *exact)
{
    *exact = (struct exact_memory){.memory = {.ctx = exact, .alloc = alloc}};
}

void exact_memory_done(struct exact_memory *exact)
{
    while (exact->pieces != NULL) {
        struct exact_piece *piece = exact->pieces;
        exact->pieces = piece->next;
        free(piece->bytes);
        free(piece);
    }
}
