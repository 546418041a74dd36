/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory for provider code under test: each allocation is made by malloc with exactly the requested
 * size, so that AddressSanitizer detects accesses beyond its end. All are freed together.
 */
#ifndef ENSURE_TESTS_EXACT_MEMORY_H
#define ENSURE_TESTS_EXACT_MEMORY_H

#include "ensure/provider.h"

struct exact_piece;

struct exact_memory {
    struct ens_memory memory; /* passed to the code under test */
    struct exact_piece *pieces;
};

/* exact must not be moved afterwards, because memory points to it. */
void exact_memory_init(struct exact_memory *exact);
void exact_memory_done(struct exact_memory *exact);

#endif
