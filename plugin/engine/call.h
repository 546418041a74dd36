/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls: the sending of one batch of requests, with attempts, retries, splits and pages, until each
 * request has its outcome.
 */
#ifndef ENSURE_ENGINE_CALL_H
#define ENSURE_ENGINE_CALL_H

#include "engine/attempt.h"
#include "engine/record.h"

#define ENS_CALLS_MAX 128u /* in flight, over all queues */
#define ENS_PAGES_MAX 50u  /* of one read */

/* Shared by the calls of an engine. Pointers are borrowed. */
struct ens_calls {
    struct ens_timers *timers;
    struct ens_sender sender;
    struct ens_recorder recorder;
    unsigned in_flight; /* including calls that wait for a retry */
};

/* Makes a call of requests that were taken from the queue, and sends it. */
void ens_call_begin(struct ens_calls *calls, struct ens_queue *queue, struct ens_request **requests,
                    size_t count);

/* Removes the request from its call, without an outcome. The call is aborted when its last request
 * leaves; reason (cancelled or timed_out) is recorded then. */
void ens_call_leave(struct ens_request *request, enum ens_reason reason);

/* Describes what the request's call is waiting for; copied into the arena. */
void ens_call_pending(const struct ens_request *request, struct ens_arena *arena,
                      struct ens_pending *ret);

/* Whether the request is in a call that was sent and is unanswered. */
bool ens_call_in_flight(const struct ens_request *request);

#endif
