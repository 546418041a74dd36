/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/timer.h"

#include "base/container.h"
#include "base/transport.h"

void ens_timers_done(struct ens_timers *timers)
{
    ens_time_heap_done(&timers->heap);
}

int64_t ens_timers_now(const struct ens_timers *timers)
{
    return timers->clock->mono_ms(timers->clock->ud);
}

int64_t ens_timers_unix_ms(const struct ens_timers *timers)
{
    return timers->clock->unix_ms(timers->clock->ud);
}

uint32_t ens_timers_random(const struct ens_timers *timers)
{
    uint32_t random = 0;

    timers->entropy->fill(timers->entropy->ud, &random, sizeof(random));
    return random;
}

void ens_timer_set(struct ens_timers *timers, struct ens_timer *timer, int64_t at_ms)
{
    ens_time_heap_set(&timers->heap, &timer->node, at_ms);
}

void ens_timer_clear(struct ens_timers *timers, struct ens_timer *timer)
{
    ens_time_heap_clear(&timers->heap, &timer->node);
}

bool ens_timer_is_set(const struct ens_timer *timer)
{
    return timer->node.place != 0;
}

void ens_timers_fire(struct ens_timers *timers)
{
    const int64_t now = ens_timers_now(timers);
    struct ens_time_node *node;

    while ((node = ens_time_heap_first(&timers->heap)) != NULL && node->at_ms <= now) {
        struct ens_timer *timer = ENS_CONTAINER_OF(node, struct ens_timer, node);
        ens_timer_clear(timers, timer);
        timer->fire(timer);
    }
}

int64_t ens_timers_next(const struct ens_timers *timers)
{
    const struct ens_time_node *first = ens_time_heap_first(&timers->heap);

    return first != NULL ? first->at_ms : ENS_TIME_NEVER;
}
