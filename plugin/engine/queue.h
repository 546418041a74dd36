/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Queues: requests for the same kind of call to the same route (account, region and endpoint) are
 * batched. A queue that changes is added to the ready list, which dispatch processes.
 */
#ifndef ENSURE_ENGINE_QUEUE_H
#define ENSURE_ENGINE_QUEUE_H

#include "core/batch.h"
#include "core/pace.h"
#include "engine/run.h"
#include "engine/timer.h"

struct ens_call;
struct ens_route;

/* One target that waits for a call. The owner sets the members from id to done, and keeps the
 * struct in place. */
struct ens_request {
    struct ens_batch_item item;
    ens_str id;                      /* of the instance */
    ens_str client_token;            /* of a start; empty: none */
    unsigned starts;                 /* of this target, including this one */
    bool fresh;                      /* over a new connection */
    struct ens_run run;              /* the job */
    const struct ens_filter *filter; /* of a list, which has no id; else NULL */
    ens_str page;                    /* of a list: mark of the page; empty: the first */
    int64_t deadline_ms;
    /* Called with the outcome; the request is then in no queue and no call. */
    void (*done)(struct ens_request *request, const struct ens_outcome *outcome);

    struct ens_call *call; /* that it is part of; NULL: none */
    uint32_t slot;         /* its index in the call */
};

/* Queues to dispatch in this turn of the engine, in order. */
struct ens_ready {
    struct ens_queue *first;
    struct ens_queue **end;
};

struct ens_queue {
    struct ens_batch batch;
    struct ens_route *route;
    enum ens_call_kind kind;
    struct ens_pace *pace; /* of the route */
    struct ens_timers *timers;
    struct ens_ready *ready;
    struct ens_timer timer; /* when to dispatch the queue again */
    struct ens_queue *next; /* in the ready list */
    bool in_ready_list;     /* in the ready list */
};

void ens_ready_init(struct ens_ready *ready);

/* limit: ids in one call. pace is shared by the queues of the route. */
void ens_queue_init(struct ens_queue *queue, struct ens_route *route, enum ens_call_kind kind,
                    size_t limit, struct ens_pace *pace, struct ens_timers *timers,
                    struct ens_ready *ready);
void ens_queue_done(struct ens_queue *queue); /* clears its ready list */

void ens_queue_add(struct ens_queue *queue, struct ens_request *request, int64_t at_ms);
/* No effect if it is not queued. */
void ens_queue_remove(struct ens_queue *queue, struct ens_request *request);

/* Requeues the requests of an ended call at the front (see ens_batch_split). */
void ens_queue_split(struct ens_queue *queue, struct ens_request **requests, size_t count,
                     enum ens_split split);

/* A call of this queue has ended, so another may be sent. */
void ens_queue_ended(struct ens_queue *queue);

/* Takes the requests of the next call; the array has room for the batch's limit. Returns their
 * number; 0: no call may be sent now. */
size_t ens_queue_take(struct ens_queue *queue, struct ens_request **requests);

/* Removes the queue from the front of the ready list, and sets its timer. */
void ens_queue_dispatched(struct ens_queue *queue);

#endif
