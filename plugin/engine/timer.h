/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Clocks, random numbers for jitter, and timers that call a function. Timers are used by
 * the engine thread only.
 */
#ifndef ENSURE_ENGINE_TIMER_H
#define ENSURE_ENGINE_TIMER_H

#include <stdbool.h>

#include "base/host.h"
#include "core/time_heap.h"

struct ens_timer {
    struct ens_time_node node;
    void (*fire)(struct ens_timer *timer); /* called once it is due; may set it again */
};

struct ens_timers {
    const struct ens_clock *clock;
    const struct ens_entropy *entropy;
    struct ens_time_heap heap;
};

void ens_timers_done(struct ens_timers *timers);

int64_t ens_timers_now(const struct ens_timers *timers); /* monotonic, ms */
int64_t ens_timers_unix_ms(const struct ens_timers *timers);
uint32_t ens_timers_random(const struct ens_timers *timers);

/* Sets the timer, or moves it if it is set. */
void ens_timer_set(struct ens_timers *timers, struct ens_timer *timer, int64_t at_ms);
void ens_timer_clear(struct ens_timers *timers, struct ens_timer *timer); /* no effect if not set */
bool ens_timer_is_set(const struct ens_timer *timer);

void ens_timers_fire(struct ens_timers *timers); /* calls all that are due */

/* When the next one is due; ENS_TIME_NEVER: none is set. */
int64_t ens_timers_next(const struct ens_timers *timers);

#endif
