/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/room.h"

static bool is_below(const struct ens_rpc_room *room)
{
    return ens_rpc_call_queued(room->call) < ENS_RPC_ROOM_MAX;
}

static void on_room(void *ud)
{
    struct ens_rpc_room *room = ud;

    if (atomic_load(&room->awaited) && is_below(room) && atomic_exchange(&room->awaited, false)) {
        room->resume(room->ud);
    }
}

void ens_rpc_room_begin(struct ens_rpc_room *room, struct ens_rpc_call *call,
                        void (*resume)(void *ud), void *ud)
{
    room->call = call;
    room->resume = resume;
    room->ud = ud;
    atomic_init(&room->awaited, false);
    ens_rpc_call_on_room(call, on_room, room);
}

/* The flag is set before the queue is looked at, so that room which arises in between is noticed by
 * one of the threads. */
bool ens_rpc_room_there(struct ens_rpc_room *room)
{
    atomic_store(&room->awaited, true);
    if (is_below(room)) {
        atomic_store(&room->awaited, false);
        return true;
    }
    return false;
}
