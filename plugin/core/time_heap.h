/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Points in time to come, the nearest first: a binary heap whose members know their place, so that
 * each can be moved or taken out. Members belong to the caller, who keeps them until they are
 * cleared.
 */
#ifndef ENSURE_CORE_TIME_HEAP_H
#define ENSURE_CORE_TIME_HEAP_H

#include <stddef.h>
#include <stdint.h>

struct ens_time_node {
    int64_t at_ms;
    size_t place; /* from 1; 0: not set */
};

struct ens_time_heap {
    struct ens_time_node **items;
    size_t count;
    size_t room;
};

void ens_time_heap_done(struct ens_time_heap *timers);

/* Sets it, or moves one that is set. */
void ens_time_heap_set(struct ens_time_heap *timers, struct ens_time_node *timer, int64_t at_ms);
void ens_time_heap_clear(struct ens_time_heap *timers,
                         struct ens_time_node *timer); /* fine if not set */

/* The nearest, which stays set; NULL: none. */
struct ens_time_node *ens_time_heap_first(const struct ens_time_heap *timers);

#endif
