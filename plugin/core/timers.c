#include "core/timers.h"

#include "base/alloc.h"

void ens_timers_done(struct ens_timers *timers)
{
    ens_free(timers->items);
    *timers = (struct ens_timers){0};
}

static void put(struct ens_timers *timers, size_t place, struct ens_timer *timer)
{
    timers->items[place - 1] = timer;
    timer->place = place;
}

static void rise(struct ens_timers *timers, struct ens_timer *timer)
{
    size_t place = timer->place;

    while (place > 1 && timers->items[place / 2 - 1]->at_ms > timer->at_ms) {
        put(timers, place, timers->items[place / 2 - 1]);
        place /= 2;
    }
    put(timers, place, timer);
}

static void sink(struct ens_timers *timers, struct ens_timer *timer)
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

void ens_timers_set(struct ens_timers *timers, struct ens_timer *timer, int64_t at_ms)
{
    if (timer->place == 0) {
        if (timers->count == timers->room) {
            size_t room = timers->room > 0 ? timers->room * 2 : 16;
            timers->items =
                ens_realloc_array(timers->items, timers->room, room, sizeof(struct ens_timer *));
            timers->room = room;
        }
        timers->count++;
        put(timers, timers->count, timer);
    }
    timer->at_ms = at_ms;
    rise(timers, timer);
    sink(timers, timer);
}

void ens_timers_clear(struct ens_timers *timers, struct ens_timer *timer)
{
    if (timer->place == 0) {
        return;
    }
    struct ens_timer *last = timers->items[timers->count - 1];
    timers->count--;
    if (last != timer) {
        put(timers, timer->place, last);
        rise(timers, last);
        sink(timers, last);
    }
    timer->place = 0;
}

struct ens_timer *ens_timers_first(const struct ens_timers *timers)
{
    return timers->count > 0 ? timers->items[0] : NULL;
}
