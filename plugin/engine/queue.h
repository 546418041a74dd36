/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Queues: requests that wait for the same kind of call to the same route (account, region and
 * endpoint) are batched. A queue that changed is put on a ready list, which dispatch works off.
 */
#ifndef ENSURE_ENGINE_QUEUE_H
#define ENSURE_ENGINE_QUEUE_H

#include "core/batch.h"
#include "engine/timer.h"

struct ens_call;
struct ens_route;

/* One target that wants a call. The owner sets id to done and keeps the struct in place. */
struct ens_request {
    struct ens_batch_item item;
    ens_str id;           /* of the instance */
    ens_str client_token; /* of a start; empty: none */
    unsigned starts;      /* of this target so far, this one included */
    bool fresh;           /* over a connection of its own */
    ens_str run_id;       /* of the job, for the audit log */
    int64_t deadline_ms;
    /* What came of the call for this request, which is in no queue and no call any more. */
    void (*done)(struct ens_request *request, const struct ens_outcome *outcome);

    struct ens_call *call; /* it is in; NULL: none */
    uint32_t slot;         /* in the call */
};

/* Queues to be looked at in this turn of the engine, in order. */
struct ens_ready {
    struct ens_queue *first;
    struct ens_queue **end;
};

struct ens_queue {
    struct ens_batch batch;
    struct ens_route *route;
    enum ens_call_kind kind;
    struct ens_timers *timers;
    struct ens_ready *ready;
    struct ens_timer timer; /* when the batch should be looked at again */
    struct ens_queue *next; /* in the ready list */
    bool marked;            /* in the ready list */
};

void ens_ready_init(struct ens_ready *ready);

/* limit: ids in one call. */
void ens_queue_init(struct ens_queue *queue, struct ens_route *route, enum ens_call_kind kind,
                    size_t limit, struct ens_timers *timers, struct ens_ready *ready);
void ens_queue_done(struct ens_queue *queue); /* its ready list forgets all its queues */

void ens_queue_add(struct ens_queue *queue, struct ens_request *request, int64_t at_ms);
void ens_queue_remove(struct ens_queue *queue, struct ens_request *request); /* fine if not in */

/* Puts requests of an ended call back in front (see ens_batch_split). */
void ens_queue_split(struct ens_queue *queue, struct ens_request **requests, size_t count,
                     enum ens_split split);

/* A call of this queue is over: another may go. */
void ens_queue_ended(struct ens_queue *queue);

/* Takes what goes out together now into requests, which has room for the batch's limit; 0: nothing.
 */
size_t ens_queue_take(struct ens_queue *queue, struct ens_request **requests);

/* The queue was looked at: leaves the front of the ready list and sets its timer. */
void ens_queue_looked_at(struct ens_queue *queue);

#endif
