/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls: one batch of requests on its way to a cloud, with its attempts, retries, splits and pages,
 * until each request has its outcome.
 */
#ifndef ENSURE_ENGINE_CALL_H
#define ENSURE_ENGINE_CALL_H

#include "engine/attempt.h"
#include "engine/record.h"

#define ENS_CALLS_MAX 128u /* in flight, over all queues */
#define ENS_PAGES_MAX 50u  /* of one read */

/* What the calls of an engine share. The parts are borrowed. */
struct ens_calls {
    struct ens_timers *timers;
    struct ens_sender sender;
    struct ens_recorder recorder;
    unsigned in_flight; /* those that wait for a retry included */
};

/* Makes a call of what a queue handed out and sends it. */
void ens_call_begin(struct ens_calls *calls, struct ens_queue *queue, struct ens_request **requests,
                    size_t count);

/* Takes the request out of its call, without an outcome. The last one gives the call up, for the
 * reason: cancelled or timed_out. */
void ens_call_leave(struct ens_request *request, enum ens_reason reason);

/* What the request is waiting for in its call, copied into the arena. */
void ens_call_pending(const struct ens_request *request, struct ens_arena *arena,
                      struct ens_pending *ret);

/* It is in a call that was sent and is not answered. */
bool ens_call_in_flight(const struct ens_request *request);

#endif
