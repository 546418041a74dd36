/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The events of a job on their way to a client: sent at once while it keeps up, held while it reads
 * slowly, and sent as it takes what waits. Progress is not held: results follow it.
 *
 * Threads: events come on the engine's thread, room on the server's.
 */
#ifndef ENSURE_ENSURE_V1_EVENT_STREAM_H
#define ENSURE_ENSURE_V1_EVENT_STREAM_H

#include <pthread.h>
#include <stdatomic.h>

#include "engine/engine.h"
#include "rpc/server.h"

/* Bytes waiting to be written in one call from which on events are held. */
#define ENS_EVENTS_WAITING_MAX (ENS_RPC_STREAM_WAITING_MAX / 2)
/* Bytes of events that are held for all clients together. What is more is sent, so that the limit
 * of the server ends the call of a client that does not read. */
#define ENS_EVENTS_HELD_MAX ((size_t)128 * 1024 * 1024)

struct ens_held_event;

struct ens_event_stream {
    struct ens_rpc_call *call;
    bool apply;
    ens_str created_at;
    atomic_size_t *held_in_all; /* bytes, of all streams */

    pthread_mutex_t mutex; /* guards what follows */
    struct ens_held_event *first;
    struct ens_held_event **last;
    struct ens_arena *arena; /* of the held ones; NULL: none */
    size_t held;             /* bytes */
    bool ended;              /* the summary is sent or held */
    bool finished;           /* the call was finished */
};

/* Lives in the call's arena. */
void ens_event_stream_begin(struct ens_event_stream *stream, struct ens_rpc_call *call, bool apply,
                            ens_str created_at, atomic_size_t *held_in_all);

void ens_event_stream_result(struct ens_event_stream *stream, const struct ens_result *result);
void ens_event_stream_progress(struct ens_event_stream *stream, const struct ens_result *so_far);

/* The summary, and the end of the call once everything was sent. */
void ens_event_stream_end(struct ens_event_stream *stream, const struct ens_job_end *end);

#endif
