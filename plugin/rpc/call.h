/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One call on the server, from the moment a place for it is armed until its last reference goes.
 * Only server.c uses this beside what rpc/server.h shows; a call does not know its server.
 *
 * Threads: receiving is started and completed by the server's thread. Sending is started by whoever
 * owns the call and continued by the server's thread, so its state has a lock. A reference is held
 * by each event that is still to come and, until ens_rpc_call_finish, by the owner.
 */
#ifndef ENSURE_RPC_CALL_H
#define ENSURE_RPC_CALL_H

#include <stdatomic.h>

#include <grpc/grpc.h>

#include "rpc/server.h"

enum ens_rpc_event {
    ENS_RPC_EVENT_ACCEPTED, /* a client began the call */
    ENS_RPC_EVENT_RECEIVED, /* its request is there, or never will be */
    ENS_RPC_EVENT_SENT,     /* the transport took what was given to it */
    ENS_RPC_EVENT_CLOSED,   /* the call is over, finished or cancelled */
    ENS_RPC_EVENT_STOPPED,  /* the server's own: nothing is left to serve */
};

/* What comes out of the completion queue. */
struct ens_rpc_tag {
    enum ens_rpc_event event;
    struct ens_rpc_call *call; /* NULL with STOPPED */
};

/* Asks core for the next call; its ACCEPTED comes when there is one. Once a call that was accepted
 * is freed, freed(ud) is called on the thread that gave up the last reference. waiting: the bytes
 * that wait to be written in all calls together. */
void ens_rpc_call_arm(grpc_server *grpc, grpc_completion_queue *queue, atomic_size_t *waiting,
                      void (*freed)(void *ud), void *ud);

/* For a call whose ACCEPTED failed: the server is stopping. */
void ens_rpc_call_drop(struct ens_rpc_call *call);

grpc_slice ens_rpc_call_path(const struct ens_rpc_call *call);

/* After ACCEPTED: receives the request and calls the handler. NULL method: ends the call as
 * UNIMPLEMENTED. */
void ens_rpc_call_begin(struct ens_rpc_call *call, const struct ens_rpc_method *method, void *ud);

/* After ACCEPTED: ends a call beyond ENS_RPC_CALLS_MAX. */
void ens_rpc_call_refuse(struct ens_rpc_call *call);

/* Returns whether there was a request. */
bool ens_rpc_call_received(struct ens_rpc_call *call);
void ens_rpc_call_sent(struct ens_rpc_call *call);
void ens_rpc_call_closed(struct ens_rpc_call *call);

#endif
