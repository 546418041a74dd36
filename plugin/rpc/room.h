/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a producer asks before it makes more messages for a call: whether there is room in the send
 * queue. One that has to pause is resumed when the client has read.
 *
 * Threads: the producer asks on one thread; resume is called on the server's thread.
 */
#ifndef ENSURE_RPC_ROOM_H
#define ENSURE_RPC_ROOM_H

#include <stdatomic.h>

#include "rpc/server.h"

#define ENS_RPC_ROOM_MAX ((size_t)256 * 1024) /* bytes in the queue with which there is no room */

struct ens_rpc_room {
    struct ens_rpc_call *call;
    atomic_bool awaited;
    void (*resume)(void *ud);
    void *ud;
};

/* Must be called before the producer begins; room must live as long as the call. resume is called
 * once at most for each time that there was no room, and not after ens_rpc_call_finish. */
void ens_rpc_room_begin(struct ens_rpc_room *room, struct ens_rpc_call *call,
                        void (*resume)(void *ud), void *ud);

/* False: the producer must pause, and is resumed. */
bool ens_rpc_room_there(struct ens_rpc_room *room);

#endif
