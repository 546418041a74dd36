/* SPDX-License-Identifier: Apache-2.0 */
#include "delay.h"

#include "clock.h"
#include "list.h"

#include "base/rc.h"

#include <time.h>

struct emu_delay {
    int64_t due_ms;
    struct MHD_Connection *connection;
};

/* Reads the clock that the condition variable is configured to use. */
static int64_t now_ms(void)
{
    return emu_system_clock.mono_ms(NULL);
}

static void swap(struct emu_delay *a, struct emu_delay *b)
{
    struct emu_delay kept = *a;
    *a = *b;
    *b = kept;
}

static void heap_push(struct emu_delays *delays, struct emu_delay delay)
{
    delays->heap = emu_grow(delays->heap, delays->count, sizeof(*delays->heap));
    size_t at = delays->count++;
    delays->heap[at] = delay;
    while (at > 0 && delays->heap[at].due_ms < delays->heap[(at - 1) / 2].due_ms) {
        swap(&delays->heap[at], &delays->heap[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
}

static struct emu_delay heap_pop(struct emu_delays *delays)
{
    struct emu_delay *heap = delays->heap;
    struct emu_delay first = heap[0];
    heap[0] = heap[--delays->count];
    for (size_t at = 0;;) {
        size_t least = at;
        for (size_t child = 2 * at + 1; child <= 2 * at + 2; child++) {
            if (child < delays->count && heap[child].due_ms < heap[least].due_ms) {
                least = child;
            }
        }
        if (least == at) {
            return first;
        }
        swap(&heap[at], &heap[least]);
        at = least;
    }
}

static void wait_until(struct emu_delays *delays, int64_t due_ms)
{
    struct timespec until = {.tv_sec = (time_t)(due_ms / 1000),
                             .tv_nsec = (long)(due_ms % 1000) * 1000000};
    pthread_cond_timedwait(&delays->changed, &delays->lock, &until);
}

static void *run(void *data)
{
    struct emu_delays *delays = data;
    pthread_mutex_lock(&delays->lock);
    while (!delays->stopping || delays->count > 0) {
        if (delays->count == 0) {
            pthread_cond_wait(&delays->changed, &delays->lock);
        } else if (!delays->stopping && delays->heap[0].due_ms > now_ms()) {
            wait_until(delays, delays->heap[0].due_ms);
        } else {
            MHD_resume_connection(heap_pop(delays).connection);
        }
    }
    pthread_mutex_unlock(&delays->lock);
    return NULL;
}

void emu_delays_start(struct emu_delays *delays)
{
    *delays = (struct emu_delays){0};
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&delays->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&delays->lock, NULL);
    int failed = pthread_create(&delays->thread, NULL, run, delays);
    ENS_ASSERT(failed == 0);
}

bool emu_delays_suspend(struct emu_delays *delays, struct MHD_Connection *connection, int64_t ms)
{
    pthread_mutex_lock(&delays->lock);
    bool running = !delays->stopping;
    if (running) {
        MHD_suspend_connection(connection);
        heap_push(delays, (struct emu_delay){now_ms() + ms, connection});
        pthread_cond_signal(&delays->changed);
    }
    pthread_mutex_unlock(&delays->lock);
    return running;
}

void emu_delays_stop(struct emu_delays *delays)
{
    pthread_mutex_lock(&delays->lock);
    delays->stopping = true;
    pthread_cond_signal(&delays->changed);
    pthread_mutex_unlock(&delays->lock);
    pthread_join(delays->thread, NULL);
}

void emu_delays_done(struct emu_delays *delays)
{
    pthread_cond_destroy(&delays->changed);
    pthread_mutex_destroy(&delays->lock);
    ens_free(delays->heap);
}
