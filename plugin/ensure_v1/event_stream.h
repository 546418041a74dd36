/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sends the events of a job to a client. If the client reads more slowly than events occur, results
 * are held here, and sent when the call's send queue has room. Progress is dropped instead, because
 * a result follows it. A job that asks for room before it begins further targets holds no more than
 * the results of those that were begun.
 *
 * Threads: events are added on the engine's thread; room is reported on the server's.
 */
#ifndef ENSURE_ENSURE_V1_EVENT_STREAM_H
#define ENSURE_ENSURE_V1_EVENT_STREAM_H

#include <pthread.h>
#include <stdatomic.h>

#include "engine/engine.h"
#include "rpc/server.h"

/* Events are held while the send queue of the call has at least this many bytes. */
#define ENS_EVENTS_WAITING_MAX (ENS_RPC_STREAM_WAITING_MAX / 2)
/* Limit of the bytes that are held for all clients together. Beyond it events are put into the send
 * queue, so that the server's limit of that queue ends the call of a client that does not read. */
#define ENS_EVENTS_HELD_MAX ((size_t)128 * 1024 * 1024)
/* There is room for the results of further targets while no more bytes are queued or held. */
#define ENS_EVENTS_ROOM ((size_t)1024 * 1024)

struct ens_held_event;

struct ens_event_stream {
    struct ens_rpc_call *call;
    bool apply;
    bool join; /* the client reads the member events: events that occur closely are joined */
    ens_str created_at;
    atomic_size_t *held_in_all; /* bytes held by all streams */
    /* There is room again after has_room denied it; on the server's thread. Set it after begin. */
    void (*on_room)(void *ud);
    void *on_room_ud;
    atomic_bool waiting; /* has_room denied it */

    struct ens_arena *scratch; /* of the engine's thread; NULL before the first event */

    pthread_mutex_t mutex; /* guards the members below */
    struct ens_held_event *first;
    struct ens_held_event **last;
    struct ens_arena *arena; /* contains the held events; NULL: none */
    size_t held;             /* bytes */
    bool ended;              /* the summary is sent or held */
    bool finished;           /* the call is finished, or about to be */
};

/* stream is allocated in the call's arena. */
void ens_event_stream_begin(struct ens_event_stream *stream, struct ens_rpc_call *call, bool apply,
                            bool join, ens_str created_at, atomic_size_t *held_in_all);

void ens_event_stream_result(struct ens_event_stream *stream, const struct ens_result *result);
void ens_event_stream_progress(struct ens_event_stream *stream, const struct ens_result *so_far);

/* On the engine's thread. False: on_room is called once there is. */
bool ens_event_stream_has_room(struct ens_event_stream *stream);

/* Adds the summary; finishes the call when all events are sent. */
void ens_event_stream_end(struct ens_event_stream *stream, const struct ens_job_end *end);

#endif
