/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One call from the client's side, on a channel. Each has a completion queue of its own, so that a
 * thread waits for its own call only. The rest of its functions are in rpc/client.h.
 */
#ifndef ENSURE_RPC_STREAM_H
#define ENSURE_RPC_STREAM_H

#include <grpc/grpc.h>

#include "rpc/client.h"

/* The request is packed and sent; replies are read with ens_rpc_stream_next. */
struct ens_rpc_stream *ens_rpc_stream_open(grpc_channel *channel, const char *path,
                                           const ProtobufCMessage *request,
                                           const ProtobufCMessageDescriptor *reply,
                                           gpr_timespec deadline);

/* Exactly one message and the ordinary end, as of a unary call; anything else is an error. */
ens_rc ens_rpc_stream_one(struct ens_rpc_stream *stream, struct ens_arena *arena,
                          ProtobufCMessage **ret, struct ens_diags *diags) ENS_MUST_USE;

#endif
