/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sends spans to the receiver of traces: a queue with a limit, batches, retries. Nothing here
 * makes a job fail or wait: what can't be sent is counted and told. Engine thread only.
 */
#ifndef ENSURE_ENGINE_TRACING_H
#define ENSURE_ENGINE_TRACING_H

#include "base/log.h"
#include "base/transport.h"
#include "core/span.h"
#include "engine/receiver.h"
#include "engine/timer.h"

#define ENS_TRACING_QUEUE_MAX  ((size_t)2048)  /* spans that wait or are being sent */
#define ENS_TRACING_BATCH_MAX  ((size_t)512)   /* spans in a request */
#define ENS_TRACING_DELAY_MS   ((int64_t)1000) /* that the first span of a batch waits for others */
#define ENS_TRACING_ATTEMPT_MS ((int64_t)10 * 1000)
#define ENS_TRACING_END_MS     ((int64_t)1000) /* that the engine's end waits for the receiver */

struct ens_tracing_item;

struct ens_tracing {
    struct ens_timers *timers;             /* borrowed */
    const struct ens_transport *transport; /* borrowed */
    const struct ens_log *log;             /* may be NULL; borrowed */
    struct ens_receiver receiver;          /* in an arena of the owner */
    struct ens_trace parent;               /* of every job; not set: each begins a trace */
    int64_t clock_offset_ms;               /* of UTC to the monotonic clock, for all spans */

    struct ens_tracing_item *first; /* the oldest; the first `sending` are in the request */
    struct ens_tracing_item **end;
    size_t count;
    size_t sending;
    struct ens_transfer *transfer; /* NULL: none is in flight */
    struct ens_timer timer;        /* the next request */
    unsigned failures;             /* of requests, since the last success */
    bool asked;                    /* the receiver was asked whether it is there */
    bool accepted;                 /* the request that was answered last was accepted */

    bool ending;                /* the end of the engine waits for the receiver */
    struct ens_timer end_timer; /* ... until then */
    bool late;                  /* ... which has passed */

    size_t lost;              /* spans that were given up */
    size_t told;              /* ... of which a job has warned of so many */
    bool warned;              /* a job has warned */
    struct ens_diags failure; /* why the first request failed: one clause */
};

/* Reads the settings. log and transport may be set later, before the first span. */
void ens_tracing_open(struct ens_tracing *tracing, struct ens_arena *arena,
                      const struct ens_environment *environment, ens_str user_agent,
                      struct ens_diags *warnings);

/* The span of a new job. Not set: there is no trace. */
struct ens_trace ens_tracing_begin(struct ens_tracing *tracing);

/* Whether spans of the trace are sent: if not, they need not be made. */
bool ens_tracing_wants(const struct ens_tracing *tracing, const struct ens_trace *trace);

/* The UTC time of a monotonic one, so that spans are in order whatever happens to the clock. */
int64_t ens_tracing_unix_ms(const struct ens_tracing *tracing, int64_t mono_ms);

/* Queues a span that has ended. The oldest one that waits is given up where there are too many. */
void ens_tracing_add(struct ens_tracing *tracing, const struct ens_span *span);

/* Sends what waits without further delay. */
void ens_tracing_flush(struct ens_tracing *tracing);

/* Once per engine, where spans could not be sent: a sentence for the warnings of a job, in the
 * arena; else empty. */
ens_str ens_tracing_warning(struct ens_tracing *tracing, struct ens_arena *arena);

/* The engine ends: true, once nothing is left to send, or to wait for. Logs what is lost and was
 * not told in a warning. */
bool ens_tracing_end(struct ens_tracing *tracing);
void ens_tracing_done(struct ens_tracing *tracing);

#endif
