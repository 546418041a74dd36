/* SPDX-License-Identifier: Apache-2.0 */
/* Attempts: builds, signs and sends one request. */
#ifndef ENSURE_ENGINE_ATTEMPT_H
#define ENSURE_ENGINE_ATTEMPT_H

#include "base/arena.h"
#include "base/transport.h"
#include "core/outcome.h"
#include "engine/timer.h"

/* Dependencies of attempts; borrowed. */
struct ens_sender {
    const struct ens_transport *transport;
    const struct ens_timers *timers; /* the clock and the nonce's entropy */
    struct ens_arena_stock *arenas;  /* of the engine's calls and jobs too */
};

struct ens_attempt {
    struct ens_arena *arena;       /* of request, signature and reply */
    struct ens_transfer *transfer; /* NULL: none is in flight */
    int64_t begun_ms;
};

/* Where a request goes, how it is signed and how it is sent. */
struct ens_attempt_plan {
    const struct ens_provider *provider;
    const struct ens_identity *identity; /* NULL: it is not signed */
    ens_str base;                        /* scheme://host[:port] */
    ens_str host;                        /* the Host header */
    ens_str region;                      /* for the signature */
    ens_str service;                     /* for the signature; empty: the one of the calls */
    ens_str target;                      /* without identity: path and query, percent-encoded */
    int64_t clock_offset_s;              /* of the server's clock to ours */
    int64_t timeout_ms;                  /* in all, including connecting */
    bool fresh;                          /* over a new connection */
    bool direct;                         /* never through a proxy */
};

/* Gives back the arena of the attempt before, and takes another one, for the request. */
struct ens_memory ens_attempt_begin(struct ens_attempt *attempt, const struct ens_sender *sender);

/* The request of a call, in the memory of the attempt. filter: of a list; else NULL. */
void ens_attempt_build(const struct ens_memory *memory, const struct ens_provider *provider,
                       enum ens_call_kind kind, const struct ens_call_spec *spec,
                       const struct ens_filter *filter, struct ens_http_request *ret);

/* Signs the request with a new date and nonce, and sends it. done gets the result, and must set
 * transfer to NULL. */
void ens_attempt_send(struct ens_attempt *attempt, const struct ens_sender *sender,
                      const struct ens_attempt_plan *plan, const struct ens_http_request *request,
                      ens_transport_done_fn *done, void *ud);
void ens_attempt_cancel(struct ens_attempt *attempt, const struct ens_sender *sender);
void ens_attempt_done(struct ens_attempt *attempt, const struct ens_sender *sender);

#endif
