/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A priority queue by time: a binary heap whose nodes store their index, so that each can be moved
 * or removed. Nodes are owned by the caller, who keeps them in place while they are set.
 */
#ifndef ENSURE_CORE_TIME_HEAP_H
#define ENSURE_CORE_TIME_HEAP_H

#include <stddef.h>
#include <stdint.h>

struct ens_time_node {
    int64_t at_ms;
    size_t place; /* in the heap, from 1; 0: not set */
};

struct ens_time_heap {
    struct ens_time_node **items;
    size_t count;
    size_t capacity;
};

void ens_time_heap_done(struct ens_time_heap *heap);

/* Sets the node, or moves it if it is set. */
void ens_time_heap_set(struct ens_time_heap *heap, struct ens_time_node *node, int64_t at_ms);
void ens_time_heap_clear(struct ens_time_heap *heap,
                         struct ens_time_node *node); /* no effect if not set */

/* Moves every node to the time that the function tells. */
void ens_time_heap_set_all(struct ens_time_heap *heap,
                           int64_t (*at_ms)(struct ens_time_node *node));

/* The earliest, which stays set; NULL: none. */
struct ens_time_node *ens_time_heap_first(const struct ens_time_heap *heap);

#endif
