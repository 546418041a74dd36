/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Batching by group commit: items that wait for the same cloud, region, account and kind of call
 * are sent in one call. A single item is sent without delay, and while calls are in flight further
 * items accumulate into larger batches. Pure: it decides which items are sent when; the engine
 * sends.
 *
 * A call is sent when no call of the group is in flight, when the queue fills a whole call, or when
 * the first queued item has waited ENS_BATCH_LINGER_MS behind slow calls; never more than
 * ENS_BATCH_CALLS at once, and not while the group is paused. A kind of call that takes one id
 * therefore has up to ENS_BATCH_CALLS in flight in parallel.
 */
#ifndef ENSURE_CORE_BATCH_H
#define ENSURE_CORE_BATCH_H

#include "core/outcome.h"
#include "core/time_heap.h"

#define ENS_BATCH_CALLS     16u /* in flight in one group, including those that wait for a retry */
#define ENS_BATCH_LINGER_MS 1000
#define ENS_BATCH_SOON_MS   400 /* polls due within this time are added to a read */
#define ENS_BATCH_DENIALS   3u  /* of single ids in a row, before the rest counts as denied */

/* How the batch of a call was formed. */
enum ens_batch_origin {
    ENS_ORIGIN_NEW,   /* from items of the queue */
    ENS_ORIGIN_REST,  /* the rest of a call whose first id, sent alone, had the same outcome */
    ENS_ORIGIN_SPLIT, /* part of a call that was split, because one of its ids is refused */
};

/* One queued target; embedded in the caller's struct. */
struct ens_batch_item {
    struct ens_time_node due; /* set while the item is scheduled for later */
    struct ens_batch_item *prev;
    struct ens_batch_item *next;
    int64_t since_ms; /* when it was queued */
    uint32_t chunk;   /* not 0: is sent only with the adjacent items of the same chunk */
    bool queued;      /* in the queue, or scheduled for later */
    enum ens_batch_origin origin; /* of its next call: see ens_batch_split_of */
};

struct ens_batch {
    size_t limit;     /* ids in one call */
    bool early;       /* a call with room also takes items that are due within ENS_BATCH_SOON_MS */
    unsigned calls;   /* in flight, including those that wait for a retry */
    unsigned denials; /* of single ids in a row, since the last call that was not denied */
    struct ens_batch_item *first; /* the queue; items of chunks are in front */
    struct ens_batch_item *last;
    size_t count;               /* in the queue */
    struct ens_time_heap later; /* items that are scheduled for later */
    int64_t paused_until_ms;
    uint32_t last_chunk;
};

void ens_batch_init(struct ens_batch *batch, size_t limit, bool early);
void ens_batch_done(struct ens_batch *batch); /* frees the batch, not the items */

/* Queues the item at at_ms; at once if that time has passed. */
void ens_batch_add(struct ens_batch *batch, struct ens_batch_item *item, int64_t now_ms,
                   int64_t at_ms);
void ens_batch_remove(struct ens_batch *batch,
                      struct ens_batch_item *item); /* no effect if it is not queued */

/* Takes the items of the next call out of the queue; the array has room for limit. Returns their
 * number; 0: no call may be sent now. Otherwise a call counts as in flight until
 * ens_batch_ended. */
size_t ens_batch_take(struct ens_batch *batch, int64_t now_ms, struct ens_batch_item **items);
void ens_batch_ended(struct ens_batch *batch);

/* The cloud throttles: no new call is sent before until_ms. */
void ens_batch_pause(struct ens_batch *batch, int64_t until_ms);

/* When ens_batch_take is to be called again even if no call ends before; false: not needed. */
bool ens_batch_next(const struct ens_batch *batch, int64_t now_ms, int64_t *ret_at_ms);

/* What the refusal of a whole call means for its ids. */
enum ens_split {
    ENS_SPLIT_NONE,    /* it applies to each id */
    ENS_SPLIT_FIRST,   /* resend the first id alone: its outcome shows whether the refusal is about
                          one id or all */
    ENS_SPLIT_HALVES,  /* it is about one id: bisect */
    ENS_SPLIT_SINGLES, /* the same for a real start: one call for each id, in parallel */
};
enum ens_split ens_batch_split_of(const struct ens_batch *batch, enum ens_call_kind kind,
                                  enum ens_reason reason, size_t count,
                                  enum ens_batch_origin origin);

/* Puts the items of an ended call back at the front of the queue: as one call (NONE, FIRST), as two
 * (HALVES), or as one for each (SINGLES). */
void ens_batch_split(struct ens_batch *batch, struct ens_batch_item **items, size_t count,
                     enum ens_split split, int64_t now_ms);

#endif
