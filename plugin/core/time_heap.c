/* SPDX-License-Identifier: Apache-2.0 */
#include "core/time_heap.h"

#include "base/alloc.h"

void ens_time_heap_done(struct ens_time_heap *timers)
{
    ens_free(timers->items);
    *timers = (struct ens_time_heap){0};
}

static void put(struct ens_time_heap *timers, size_t place, struct ens_time_node *timer)
{
    timers->items[place - 1] = timer;
    timer->place = place;
}

static void rise(struct ens_time_heap *timers, struct ens_time_node *timer)
{
    size_t place = timer->place;

    while (place > 1 && timers->items[place / 2 - 1]->at_ms > timer->at_ms) {
        put(timers, place, timers->items[place / 2 - 1]);
        place /= 2;
    }
    put(timers, place, timer);
}

static void sink(struct ens_time_heap *timers, struct ens_time_node *timer)
{
    size_t place = timer->place;

    for (;;) {
        size_t child = place * 2;
        if (child > timers->count) {
            break;
        }
        if (child < timers->count &&
            timers->items[child]->at_ms < timers->items[child - 1]->at_ms) {
            child++;
        }
        if (timers->items[child - 1]->at_ms >= timer->at_ms) {
            break;
        }
        put(timers, place, timers->items[child - 1]);
        place = child;
    }
    put(timers, place, timer);
}

void ens_time_heap_set(struct ens_time_heap *timers, struct ens_time_node *timer, int64_t at_ms)
{
    if (timer->place == 0) {
        if (timers->count == timers->room) {
            size_t room = timers->room > 0 ? timers->room * 2 : 16;
            timers->items = ens_realloc_array(timers->items, timers->room, room,
                                              sizeof(struct ens_time_node *));
            timers->room = room;
        }
        timers->count++;
        put(timers, timers->count, timer);
    }
    timer->at_ms = at_ms;
    rise(timers, timer);
    sink(timers, timer);
}

void ens_time_heap_clear(struct ens_time_heap *timers, struct ens_time_node *timer)
{
    if (timer->place == 0) {
        return;
    }
    struct ens_time_node *last = timers->items[timers->count - 1];
    timers->count--;
    if (last != timer) {
        put(timers, timer->place, last);
        rise(timers, last);
        sink(timers, last);
    }
    timer->place = 0;
}

struct ens_time_node *ens_time_heap_first(const struct ens_time_heap *timers)
{
    return timers->count > 0 ? timers->items[0] : NULL;
}
