/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of a call share: the call itself, and its requests. Used inside engine/ only. */
#ifndef ENSURE_ENGINE_CALL_PRIVATE_H
#define ENSURE_ENGINE_CALL_PRIVATE_H

#include "engine/call.h"
#include "engine/reply.h"

struct ens_call {
    struct ens_calls *calls;
    struct ens_queue *queue;
    struct ens_arena *arena;       /* ids, token and page are copied: the call may outlive a job */
    ens_str *ids;                  /* sorted, without duplicates */
    struct ens_request **requests; /* NULL: has its outcome, or has left the call */
    size_t count;
    size_t live; /* requests that are not NULL */
    size_t sent; /* ids in the current request: all, or 1 while the first is resent alone */
    enum ens_batch_origin origin;
    unsigned number;                 /* of the attempt, from 1 */
    unsigned starts_before;          /* starts of the same targets in earlier calls */
    unsigned pages;                  /* that were already read */
    ens_str page;                    /* token of the page to read; empty: the first */
    const struct ens_filter *filter; /* of a list, the request's; else NULL */
    ens_str client_token;
    struct ens_run run;    /* the job whose request was queued first */
    bool fresh;            /* over a new connection, because an answer was lost */
    struct ens_keys *keys; /* that the last attempt was signed with */
    bool renewing;         /* the cloud says that these have expired: others are needed */
    bool renewed;          /* once was enough */
    struct ens_key_waiter waiter;
    struct ens_attempt attempt;
    const struct ens_outcome
        *failed;            /* outcome of the previous attempt, in the arena; NULL: none */
    struct ens_timer retry; /* set while the call waits for another attempt */
};

/* ---- call_requests.c: the requests of a call ---- */

struct ens_call_spec ens_call_spec_of(const struct ens_call *call);
int64_t ens_call_deadline(const struct ens_call *call); /* the last of its requests */

/* Takes the request out of its call. */
struct ens_call *ens_call_detach(struct ens_request *request);

/* Drops ids whose job has ended, so that a retry cannot start them. Not between pages: a page token
 * belongs to the ids of the first page's request. */
void ens_call_drop_ended(struct ens_call *call);

/* Passes a request its outcome, if it is still in the call. */
void ens_call_deliver(struct ens_call *call, size_t slot, const struct ens_outcome *outcome);
void ens_call_deliver_sent(struct ens_call *call, const struct ens_outcome *outcome);
void ens_call_deliver_all(struct ens_call *call, const struct ens_outcome *outcome);
/* Passes it to those that the last request did not name, as not sent. */
void ens_call_deliver_rest(struct ens_call *call, const struct ens_outcome *outcome);

/* The slot of an id in the current request; false: it is not in it. */
bool ens_call_find(const struct ens_call *call, ens_str id, size_t *ret);

/* ---- call_settle.c: what a reply is for each request ---- */

/* Whether the refusal is about all ids that were sent or about one of them. */
enum ens_split ens_call_split_of(const struct ens_call *call, const struct ens_outcome *outcome);

/* Passes requests their outcomes. True: the call continues with another request. */
bool ens_call_settle(struct ens_call *call, const struct ens_reply_question *question,
                     struct ens_reply *reply);

#endif
