/* SPDX-License-Identifier: Apache-2.0 */
/* One sending of a call: build, sign, send. */
#ifndef ENSURE_ENGINE_ATTEMPT_H
#define ENSURE_ENGINE_ATTEMPT_H

#include "base/transport.h"
#include "engine/route.h"

/* What attempts are sent with; borrowed. */
struct ens_sender {
    const struct ens_transport *transport;
    const struct ens_timers *timers; /* the clock and the nonce's entropy */
};

struct ens_attempt {
    struct ens_arena *arena;       /* of request, signature and reply */
    struct ens_transfer *transfer; /* NULL: nothing is on its way */
    int64_t begun_ms;
};

/* A call as providers see it, but for ids, token and page. */
struct ens_call_spec ens_attempt_spec(enum ens_call_kind kind, ens_str region);

/* Sends with a date and a nonce of its own; what an attempt before left in the arena is gone.
 * timeout_ms is for everything, connecting included; fresh: over a connection of its own. done gets
 * the result, after which the caller sets transfer to NULL. */
void ens_attempt_send(struct ens_attempt *attempt, const struct ens_sender *sender,
                      const struct ens_route *route, enum ens_call_kind kind,
                      const struct ens_call_spec *spec, int64_t timeout_ms, bool fresh,
                      ens_transport_done_fn *done, void *ud);
void ens_attempt_cancel(struct ens_attempt *attempt, const struct ens_sender *sender);
void ens_attempt_done(struct ens_attempt *attempt);

#endif
