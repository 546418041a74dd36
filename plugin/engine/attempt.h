/* SPDX-License-Identifier: Apache-2.0 */
/* One attempt of a call: build, sign and send a request. */
#ifndef ENSURE_ENGINE_ATTEMPT_H
#define ENSURE_ENGINE_ATTEMPT_H

#include "base/transport.h"
#include "engine/route.h"

/* Dependencies of attempts; borrowed. */
struct ens_sender {
    const struct ens_transport *transport;
    const struct ens_timers *timers; /* the clock and the nonce's entropy */
};

struct ens_attempt {
    struct ens_arena *arena;       /* of request, signature and reply */
    struct ens_transfer *transfer; /* NULL: none is in flight */
    int64_t begun_ms;
};

/* The provider's description of a call; ids, token and page are set by the caller. */
struct ens_call_spec ens_attempt_spec(enum ens_call_kind kind, ens_str region);

/* Sends a request with a new date and nonce. Frees the arena of the previous attempt. timeout_ms is
 * the total timeout, including connecting; fresh: over a new connection. done gets the result, and
 * must set transfer to NULL. */
void ens_attempt_send(struct ens_attempt *attempt, const struct ens_sender *sender,
                      const struct ens_route *route, enum ens_call_kind kind,
                      const struct ens_call_spec *spec, int64_t timeout_ms, bool fresh,
                      ens_transport_done_fn *done, void *ud);
void ens_attempt_cancel(struct ens_attempt *attempt, const struct ens_sender *sender);
void ens_attempt_done(struct ens_attempt *attempt);

#endif
