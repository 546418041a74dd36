/*
 * Points in time to come, the nearest first: a binary heap whose members know their place, so that
 * each can be moved or taken out. Members belong to the caller, who keeps them until they are
 * cleared.
 */
#ifndef ENSURE_CORE_TIMERS_H
#define ENSURE_CORE_TIMERS_H

#include <stddef.h>
#include <stdint.h>

struct ens_timer {
    int64_t at_ms;
    size_t place; /* from 1; 0: not set */
};

struct ens_timers {
    struct ens_timer **items;
    size_t count;
    size_t room;
};

void ens_timers_done(struct ens_timers *timers);

/* Sets it, or moves one that is set. */
void ens_timers_set(struct ens_timers *timers, struct ens_timer *timer, int64_t at_ms);
void ens_timers_clear(struct ens_timers *timers, struct ens_timer *timer); /* fine if not set */

/* The nearest, which stays set; NULL: none. */
struct ens_timer *ens_timers_first(const struct ens_timers *timers);

#endif
