/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One call on the server, from its registration with gRPC core until its last reference is
 * released. Used by server.c only; the functions for handlers are in rpc/server.h. Does not depend
 * on the server.
 *
 * Threads: receiving is started and completed by the server's thread. Sending is started by the
 * owner of the call and continued by the server's thread, so its state is guarded by a lock. Each
 * pending event holds a reference, and the owner holds one until ens_rpc_call_finish.
 */
#ifndef ENSURE_RPC_CALL_H
#define ENSURE_RPC_CALL_H

#include <stdatomic.h>

#include <grpc/grpc.h>

#include "rpc/rest.h"
#include "rpc/server.h"

enum ens_rpc_event {
    ENS_RPC_EVENT_ACCEPTED, /* a client began the call */
    ENS_RPC_EVENT_RECEIVED, /* its request was received, or none will be */
    ENS_RPC_EVENT_SENT,     /* the transport has taken the last batch */
    ENS_RPC_EVENT_CLOSED,   /* the call has ended, finished or cancelled */
    ENS_RPC_EVENT_STOPPED,  /* of the server: gRPC core has stopped */
};

/* The tag of an event in the completion queue. */
struct ens_rpc_tag {
    enum ens_rpc_event event;
    struct ens_rpc_call *call; /* NULL with STOPPED */
};

/* Requests the next call from gRPC core; ACCEPTED is its event. When an accepted call is freed,
 * freed(ud) is called on the thread that released the last reference. waiting: bytes that are
 * queued in all calls. rests: where a call that joins messages begins its rests; the server passes
 * those that are over to ens_rpc_call_rested. */
void ens_rpc_call_arm(grpc_server *grpc, grpc_completion_queue *queue, atomic_size_t *waiting,
                      struct ens_rests *rests, void (*freed)(void *ud), void *ud);

/* Frees a call whose ACCEPTED failed, because the server is stopping. */
void ens_rpc_call_drop(struct ens_rpc_call *call);

grpc_slice ens_rpc_call_path(const struct ens_rpc_call *call);

/* After ACCEPTED: receives the request and calls the handler. NULL method: ends the call as
 * UNIMPLEMENTED. */
void ens_rpc_call_begin(struct ens_rpc_call *call, const struct ens_rpc_method *method, void *ud);

/* After ACCEPTED: ends a call beyond ENS_RPC_CALLS_MAX. */
void ens_rpc_call_refuse(struct ens_rpc_call *call);

/* Handle the events. ens_rpc_call_received returns whether the call had a request. */
bool ens_rpc_call_received(struct ens_rpc_call *call);
void ens_rpc_call_sent(struct ens_rpc_call *call);
void ens_rpc_call_rested(struct ens_rpc_call *call);
void ens_rpc_call_closed(struct ens_rpc_call *call);

#endif
