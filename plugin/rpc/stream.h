/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One call of the client on a channel. Each has its own completion queue, so that a thread waits
 * for its own call only. The other functions are in rpc/client.h.
 */
#ifndef ENSURE_RPC_STREAM_H
#define ENSURE_RPC_STREAM_H

#include <grpc/grpc.h>

#include "rpc/client.h"

/* Packs and sends the request; replies are read with ens_rpc_stream_next. */
struct ens_rpc_stream *ens_rpc_stream_open(grpc_channel *channel, const char *path,
                                           const ProtobufCMessage *request,
                                           const ProtobufCMessageDescriptor *reply,
                                           gpr_timespec deadline);

/* Reads the reply of a unary call: exactly one message and status OK; anything else is an error. */
ens_rc ens_rpc_stream_one(struct ens_rpc_stream *stream, struct ens_arena *arena,
                          ProtobufCMessage **ret, struct ens_diags *diags) ENS_MUST_USE;

#endif
