/* SPDX-License-Identifier: Apache-2.0 */
#include "core/time_heap.h"

#include "base/alloc.h"

void ens_time_heap_done(struct ens_time_heap *heap)
{
    ens_free(heap->items);
    *heap = (struct ens_time_heap){0};
}

static void put(struct ens_time_heap *heap, size_t place, struct ens_time_node *node)
{
    heap->items[place - 1] = node;
    node->place = place;
}

static void sift_up(struct ens_time_heap *heap, struct ens_time_node *node)
{
    size_t place = node->place;

    while (place > 1 && heap->items[place / 2 - 1]->at_ms > node->at_ms) {
        put(heap, place, heap->items[place / 2 - 1]);
        place /= 2;
    }
    put(heap, place, node);
}

static void sift_down(struct ens_time_heap *heap, struct ens_time_node *node)
{
    size_t place = node->place;

    for (;;) {
        size_t child = place * 2;
        if (child > heap->count) {
            break;
        }
        if (child < heap->count && heap->items[child]->at_ms < heap->items[child - 1]->at_ms) {
            child++;
        }
        if (heap->items[child - 1]->at_ms >= node->at_ms) {
            break;
        }
        put(heap, place, heap->items[child - 1]);
        place = child;
    }
    put(heap, place, node);
}

void ens_time_heap_set(struct ens_time_heap *heap, struct ens_time_node *node, int64_t at_ms)
{
    if (node->place == 0) {
        if (heap->count == heap->capacity) {
            size_t capacity = heap->capacity > 0 ? heap->capacity * 2 : 16;
            heap->items = ens_realloc_array(heap->items, heap->capacity, capacity,
                                            sizeof(struct ens_time_node *));
            heap->capacity = capacity;
        }
        heap->count++;
        put(heap, heap->count, node);
    }
    node->at_ms = at_ms;
    sift_up(heap, node);
    sift_down(heap, node);
}

void ens_time_heap_clear(struct ens_time_heap *heap, struct ens_time_node *node)
{
    if (node->place == 0) {
        return;
    }
    struct ens_time_node *last = heap->items[heap->count - 1];
    heap->count--;
    if (last != node) {
        put(heap, node->place, last);
        sift_up(heap, last);
        sift_down(heap, last);
    }
    node->place = 0;
}

void ens_time_heap_set_all(struct ens_time_heap *heap, int64_t (*at_ms)(struct ens_time_node *node))
{
    for (size_t i = 0; i < heap->count; i++) {
        heap->items[i]->at_ms = at_ms(heap->items[i]);
    }
    for (size_t place = heap->count / 2; place > 0; place--) {
        sift_down(heap, heap->items[place - 1]);
    }
}

struct ens_time_node *ens_time_heap_first(const struct ens_time_heap *heap)
{
    return heap->count > 0 ? heap->items[0] : NULL;
}
