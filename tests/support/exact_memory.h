/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory for provider code under test: each piece is an allocation of its own, of exactly the size
 * asked for, so that a sanitizer sees a step over its end. Freed all at once.
 */
#ifndef ENSURE_TESTS_EXACT_MEMORY_H
#define ENSURE_TESTS_EXACT_MEMORY_H

#include "ensure/provider.h"

struct exact_piece;

struct exact_memory {
    struct ens_memory memory; /* what the code under test gets */
    struct exact_piece *pieces;
};

/* In place: must not move afterwards. */
void exact_memory_init(struct exact_memory *exact);
void exact_memory_done(struct exact_memory *exact);

#endif
