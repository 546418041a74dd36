/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Group commit: what waits for the same cloud, region, account and kind of call travels together.
 * One caller pays no delay, and a thousand callers share calls. Pure: it decides who goes when; the
 * engine sends.
 *
 * A call goes out when nothing of the group is in flight, when there is a full one, or when the
 * first in line has waited ENS_BATCH_LINGER_MS behind slow calls; never more than ENS_BATCH_CALLS
 * at once, and not while the group is paused. A kind that takes one id a call therefore runs up to
 * ENS_BATCH_CALLS in parallel.
 */
#ifndef ENSURE_CORE_BATCH_H
#define ENSURE_CORE_BATCH_H

#include "core/outcome.h"
#include "core/time_heap.h"

#define ENS_BATCH_CALLS     16u /* of one group in flight, those that wait for a retry included */
#define ENS_BATCH_LINGER_MS 1000
#define ENS_BATCH_SOON_MS   400 /* a poll that is due within this rides along with a read */
#define ENS_BATCH_DENIALS   3u  /* of single ids in a row, after which all are taken for denied */

/* What a call is of the calls before it. */
enum ens_batch_origin {
    ENS_ORIGIN_NEW,   /* its ids came together by themselves */
    ENS_ORIGIN_REST,  /* what is left of a call, without those that alone fared no better */
    ENS_ORIGIN_SPLIT, /* of a call that was split, because one of its ids is refused */
};

/* One target in line; part of the caller's own struct. */
struct ens_batch_item {
    struct ens_time_node due; /* first: set while it waits for its time */
    struct ens_batch_item *prev;
    struct ens_batch_item *next;
    int64_t since_ms; /* in line since */
    uint32_t chunk;   /* not 0: goes with the neighbours of the same chunk and nobody else */
    bool queued;      /* in line, or waiting for its time */
    enum ens_batch_origin origin; /* of the call that it was in before: see ens_batch_split_of */
};

struct ens_batch {
    size_t limit;                 /* ids in one call */
    bool ride;                    /* those due soon ride along */
    unsigned calls;               /* in flight */
    unsigned denials;             /* of single ids, since a call was not denied */
    struct ens_batch_item *first; /* in line; those of chunks stand in front */
    struct ens_batch_item *last;
    size_t count;               /* in line */
    struct ens_time_heap later; /* waiting for their time */
    int64_t paused_until_ms;
    uint32_t last_chunk;
};

void ens_batch_init(struct ens_batch *batch, size_t limit, bool ride);
void ens_batch_done(struct ens_batch *batch); /* items are the caller's */

/* Puts the item in line at at_ms (which may have passed). */
void ens_batch_add(struct ens_batch *batch, struct ens_batch_item *item, int64_t now_ms,
                   int64_t at_ms);
void ens_batch_remove(struct ens_batch *batch, struct ens_batch_item *item); /* fine if not in */

/* Takes those that go out together now: items has room for limit. 0: nobody yet. Otherwise a call
 * is counted as in flight until ens_batch_ended. */
size_t ens_batch_take(struct ens_batch *batch, int64_t now_ms, struct ens_batch_item **items);
void ens_batch_ended(struct ens_batch *batch);

/* The cloud is at its limit: nothing new goes out before. */
void ens_batch_pause(struct ens_batch *batch, int64_t until_ms);

/* When ens_batch_take should be asked again although no call ended; false: no need. */
bool ens_batch_next(const struct ens_batch *batch, int64_t now_ms, int64_t *ret_at_ms);

/* What the refusal of a whole call means for its ids. */
enum ens_split {
    ENS_SPLIT_NONE,    /* it holds for each */
    ENS_SPLIT_FIRST,   /* the first goes ahead alone, to see whether the others are better off */
    ENS_SPLIT_HALVES,  /* it is about one id: go on with halves */
    ENS_SPLIT_SINGLES, /* the same for a real start: one by one, at once */
};
enum ens_split ens_batch_split_of(const struct ens_batch *batch, enum ens_call_kind kind,
                                  enum ens_reason reason, size_t count,
                                  enum ens_batch_origin origin);

/* Puts the ids of an ended call back in front: as one call (ALL, FIRST), as two, or as one for
 * each. */
void ens_batch_split(struct ens_batch *batch, struct ens_batch_item **items, size_t count,
                     enum ens_split split, int64_t now_ms);

#endif
