/* SPDX-License-Identifier: Apache-2.0 */
/*
 * protobuf-c messages as gRPC carries them. Unpacking goes into an arena (zeroed memory, one
 * lifetime) and is limited, since a few bytes on the wire can ask for many in memory.
 */
#ifndef ENSURE_RPC_CODEC_H
#define ENSURE_RPC_CODEC_H

#include <grpc/grpc.h>
#include <protobuf-c/protobuf-c.h>

#include "base/arena.h"

/* The caller destroys it with grpc_byte_buffer_destroy. */
grpc_byte_buffer *ens_rpc_pack(const ProtobufCMessage *message);

/* ENS_MALFORMED: the bytes are no such message, or a string in it holds a NUL byte, which C would
 * take for its end. ENS_LIMIT: it would fill more than memory_max bytes. */
ens_rc ens_rpc_unpack(grpc_byte_buffer *bytes, const ProtobufCMessageDescriptor *descriptor,
                      size_t memory_max, struct ens_arena *arena,
                      ProtobufCMessage **ret) ENS_MUST_USE;

#endif
