/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/queue.h"

#include "base/alloc.h"
#include "base/container.h"

void ens_ready_init(struct ens_ready *ready)
{
    ready->first = NULL;
    ready->end = &ready->first;
}

static void add_to_ready_list(struct ens_queue *queue)
{
    if (queue->in_ready_list) {
        return;
    }
    queue->in_ready_list = true;
    queue->next = NULL;
    *queue->ready->end = queue;
    queue->ready->end = &queue->next;
}

static void on_timer(struct ens_timer *timer)
{
    add_to_ready_list(ENS_CONTAINER_OF(timer, struct ens_queue, timer));
}

void ens_queue_init(struct ens_queue *queue, struct ens_route *route, enum ens_call_kind kind,
                    size_t limit, struct ens_pace *pace, struct ens_timers *timers,
                    struct ens_ready *ready)
{
    *queue = (struct ens_queue){.route = route,
                                .kind = kind,
                                .pace = pace,
                                .timers = timers,
                                .ready = ready,
                                .timer = {.fire = on_timer}};
    ens_batch_init(&queue->batch, limit, kind == ENS_CALL_READ);
}

void ens_queue_done(struct ens_queue *queue)
{
    ens_timer_clear(queue->timers, &queue->timer);
    ens_batch_done(&queue->batch);
    ens_ready_init(queue->ready);
}

void ens_queue_add(struct ens_queue *queue, struct ens_request *request, int64_t at_ms)
{
    ens_batch_add(&queue->batch, &request->item, ens_timers_now(queue->timers), at_ms);
    add_to_ready_list(queue);
}

void ens_queue_remove(struct ens_queue *queue, struct ens_request *request)
{
    ens_batch_remove(&queue->batch, &request->item);
}

void ens_queue_split(struct ens_queue *queue, struct ens_request **requests, size_t count,
                     enum ens_split split)
{
    struct ens_batch_item **items = ens_alloc_array(count, sizeof(struct ens_batch_item *));

    for (size_t i = 0; i < count; i++) {
        items[i] = &requests[i]->item;
    }
    ens_batch_split(&queue->batch, items, count, split, ens_timers_now(queue->timers));
    ens_free(items);
    add_to_ready_list(queue);
}

void ens_queue_ended(struct ens_queue *queue)
{
    ens_batch_ended(&queue->batch);
    add_to_ready_list(queue);
}

size_t ens_queue_take(struct ens_queue *queue, struct ens_request **requests)
{
    const int64_t now = ens_timers_now(queue->timers);

    if (ens_pace_next(queue->pace, now) > now) {
        return 0;
    }
    struct ens_batch_item **items =
        ens_alloc_array(queue->batch.limit, sizeof(struct ens_batch_item *));
    const size_t count = ens_batch_take(&queue->batch, now, items);

    for (size_t i = 0; i < count; i++) {
        requests[i] = ENS_CONTAINER_OF(items[i], struct ens_request, item);
    }
    ens_free(items);
    return count;
}

/* When to dispatch the queue again; false: when something else happens to it. */
static bool next_time(const struct ens_queue *queue, int64_t *ret_at_ms)
{
    const int64_t now = ens_timers_now(queue->timers);
    const int64_t paced = ens_pace_next(queue->pace, now);

    if (!ens_batch_next(&queue->batch, now, ret_at_ms)) {
        return false;
    }
    if (paced > now && (queue->batch.first != NULL || *ret_at_ms < paced)) {
        *ret_at_ms = paced; /* the batch was not asked */
    }
    return true;
}

void ens_queue_dispatched(struct ens_queue *queue)
{
    int64_t at = 0;

    ENS_ASSERT(queue->ready->first == queue);
    queue->ready->first = queue->next;
    if (queue->next == NULL) {
        queue->ready->end = &queue->ready->first;
    }
    queue->in_ready_list = false;
    if (next_time(queue, &at)) {
        ens_timer_set(queue->timers, &queue->timer, at);
    } else {
        ens_timer_clear(queue->timers, &queue->timer);
    }
}
