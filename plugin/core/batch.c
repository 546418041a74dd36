/* SPDX-License-Identifier: Apache-2.0 */
#include "core/batch.h"

#include "base/container.h"

void ens_batch_init(struct ens_batch *batch, size_t limit, bool early)
{
    ENS_ASSERT(limit > 0);
    *batch = (struct ens_batch){.limit = limit, .early = early, .paused_until_ms = INT64_MIN};
}

void ens_batch_done(struct ens_batch *batch)
{
    ens_time_heap_done(&batch->later);
}

/* Inserts the item into the queue after prev; NULL: at the front. */
static void insert_after(struct ens_batch *batch, struct ens_batch_item *item,
                         struct ens_batch_item *prev, int64_t since_ms)
{
    item->since_ms = since_ms;
    item->queued = true;
    item->prev = prev;
    item->next = prev != NULL ? prev->next : batch->first;
    *(item->prev != NULL ? &item->prev->next : &batch->first) = item;
    *(item->next != NULL ? &item->next->prev : &batch->last) = item;
    batch->count++;
}

void ens_batch_add(struct ens_batch *batch, struct ens_batch_item *item, int64_t now_ms,
                   int64_t at_ms)
{
    ENS_ASSERT(!item->queued);
    item->chunk = 0;
    item->origin = ENS_ORIGIN_NEW;
    if (at_ms <= now_ms) {
        insert_after(batch, item, batch->last, now_ms);
    } else {
        item->queued = true;
        ens_time_heap_set(&batch->later, &item->due, at_ms);
    }
}

void ens_batch_remove(struct ens_batch *batch, struct ens_batch_item *item)
{
    if (!item->queued) {
        return;
    }
    item->queued = false;
    if (item->due.place != 0) {
        ens_time_heap_clear(&batch->later, &item->due);
        return;
    }
    *(item->prev != NULL ? &item->prev->next : &batch->first) = item->next;
    *(item->next != NULL ? &item->next->prev : &batch->last) = item->prev;
    batch->count--;
}

/* The first scheduled item, if it is due by until_ms; else NULL. */
static struct ens_batch_item *due_by(const struct ens_batch *batch, int64_t until_ms)
{
    struct ens_time_node *first = ens_time_heap_first(&batch->later);

    return first != NULL && first->at_ms <= until_ms
               ? ENS_CONTAINER_OF(first, struct ens_batch_item, due)
               : NULL;
}

static bool may_send(const struct ens_batch *batch, int64_t now_ms)
{
    const struct ens_batch_item *first = batch->first;

    if (first == NULL || batch->calls >= ENS_BATCH_CALLS || now_ms < batch->paused_until_ms) {
        return false;
    }
    return first->chunk != 0 || batch->calls == 0 || batch->count >= batch->limit ||
           now_ms - first->since_ms >= ENS_BATCH_LINGER_MS;
}

size_t ens_batch_take(struct ens_batch *batch, int64_t now_ms, struct ens_batch_item **items)
{
    struct ens_batch_item *item;
    size_t count = 0;

    while ((item = due_by(batch, now_ms)) != NULL) {
        ens_batch_remove(batch, item);
        insert_after(batch, item, batch->last, now_ms);
    }
    if (!may_send(batch, now_ms)) {
        return 0;
    }
    const uint32_t chunk = batch->first->chunk;
    while (count < batch->limit && batch->first != NULL && batch->first->chunk == chunk) {
        item = batch->first;
        ens_batch_remove(batch, item);
        items[count++] = item;
    }
    while (batch->early && chunk == 0 && count < batch->limit &&
           (item = due_by(batch, now_ms + ENS_BATCH_SOON_MS)) != NULL) {
        ens_batch_remove(batch, item);
        items[count++] = item;
    }
    batch->calls++;
    return count;
}

void ens_batch_ended(struct ens_batch *batch)
{
    ENS_ASSERT(batch->calls > 0);
    batch->calls--;
}

void ens_batch_pause(struct ens_batch *batch, int64_t until_ms)
{
    if (until_ms > batch->paused_until_ms) {
        batch->paused_until_ms = until_ms;
    }
}

bool ens_batch_next(const struct ens_batch *batch, int64_t now_ms, int64_t *ret_at_ms)
{
    const struct ens_time_node *later = ens_time_heap_first(&batch->later);
    bool found = later != NULL;
    int64_t at = found ? later->at_ms : 0;

    if (batch->first != NULL && batch->calls < ENS_BATCH_CALLS) {
        int64_t send_at = now_ms < batch->paused_until_ms
                              ? batch->paused_until_ms
                              : batch->first->since_ms + ENS_BATCH_LINGER_MS;
        at = found && at < send_at ? at : send_at;
        found = true;
    }
    if (found) {
        *ret_at_ms = at;
    }
    return found;
}

/* A missing permission usually applies to all ids, sometimes to one. A call of n ids that are all
 * denied must not become 2n calls, so only the first ENS_BATCH_DENIALS ids are tried alone. */
static enum ens_split split_denial(const struct ens_batch *batch, enum ens_batch_origin origin)
{
    return origin == ENS_ORIGIN_REST && batch->denials >= ENS_BATCH_DENIALS ? ENS_SPLIT_NONE
                                                                            : ENS_SPLIT_FIRST;
}

enum ens_split ens_batch_split_of(const struct ens_batch *batch, enum ens_call_kind kind,
                                  enum ens_reason reason, size_t count,
                                  enum ens_batch_origin origin)
{
    if (count < 2) {
        return ENS_SPLIT_NONE;
    }
    switch (reason) {
    case ENS_REASON_PERMISSION_DENIED:
        if (kind == ENS_CALL_PROBE) {
            return ENS_SPLIT_NONE; /* a probe checks nothing but this permission */
        }
        if (origin != ENS_ORIGIN_SPLIT) {
            return split_denial(batch, origin);
        }
        break;
    case ENS_REASON_INTERNAL:
    case ENS_REASON_MALFORMED_RESPONSE:
        if (kind == ENS_CALL_START || origin == ENS_ORIGIN_REST) {
            return ENS_SPLIT_NONE; /* a start may have taken effect: each id is read first */
        }
        if (origin == ENS_ORIGIN_NEW) {
            return ENS_SPLIT_FIRST; /* either the cloud fails, or it fails on one of the ids */
        }
        break;
    case ENS_REASON_NOT_FOUND:
    case ENS_REASON_INVALID_ARGUMENT:
    case ENS_REASON_WRONG_STATE:
    case ENS_REASON_LOCKED:
    case ENS_REASON_EXPIRED:
    case ENS_REASON_INSUFFICIENT_BALANCE:
    case ENS_REASON_NO_CAPACITY:
    case ENS_REASON_SPOT_PRICE:
    case ENS_REASON_KEY_DISABLED:
    case ENS_REASON_TOKEN_MISMATCH:
    case ENS_REASON_IN_PROGRESS:
        break;
    case ENS_REASON_OK:
    case ENS_REASON_ALREADY_RUNNING:
    case ENS_REASON_UNAUTHENTICATED:
    case ENS_REASON_CLOCK_SKEW:
    case ENS_REASON_THROTTLED:
    case ENS_REASON_FELL_BACK:
    case ENS_REASON_TIMED_OUT:
    case ENS_REASON_AMBIGUOUS:
    case ENS_REASON_DRY_RUN_NOT_HONOURED:
    case ENS_REASON_UNAVAILABLE:
    case ENS_REASON_CANCELLED:
    case ENS_REASON_POLICY:
        return ENS_SPLIT_NONE;
    }
    return kind == ENS_CALL_START ? ENS_SPLIT_SINGLES : ENS_SPLIT_HALVES;
}

void ens_batch_split(struct ens_batch *batch, struct ens_batch_item **items, size_t count,
                     enum ens_split split, int64_t now_ms)
{
    const bool whole = split == ENS_SPLIT_NONE || split == ENS_SPLIT_FIRST;
    const size_t size = whole ? count : split == ENS_SPLIT_HALVES ? (count + 1) / 2 : 1;
    struct ens_batch_item *prev = NULL;

    for (size_t i = 0; i < count; i++) {
        if (i % size == 0) {
            /* 0 means no chunk. A number is reused after 2^32 splits, long after its chunk. */
            batch->last_chunk = batch->last_chunk == UINT32_MAX ? 1 : batch->last_chunk + 1;
        }
        insert_after(batch, items[i], prev, now_ms);
        items[i]->chunk = batch->last_chunk;
        items[i]->origin = whole ? ENS_ORIGIN_REST : ENS_ORIGIN_SPLIT;
        prev = items[i];
    }
}
