/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Converts between protobuf-c messages and gRPC byte buffers. Messages are unpacked into an arena
 * with a limit on memory, since a few bytes on the wire can expand to many in memory.
 */
#ifndef ENSURE_RPC_CODEC_H
#define ENSURE_RPC_CODEC_H

#include <grpc/grpc.h>
#include <protobuf-c/protobuf-c.h>

#include "base/arena.h"

/* The caller frees it with grpc_byte_buffer_destroy. */
grpc_byte_buffer *ens_rpc_pack(const ProtobufCMessage *message);

/* ENS_MALFORMED: not a valid message of this type, or a string in it has a NUL byte, which would
 * truncate it in C. ENS_LIMIT: it needs more than memory_max bytes. */
ens_rc ens_rpc_unpack(grpc_byte_buffer *bytes, const ProtobufCMessageDescriptor *descriptor,
                      size_t memory_max, struct ens_arena *arena,
                      ProtobufCMessage **ret) ENS_MUST_USE;

/* The same for the packed bytes of a message. */
ens_rc ens_rpc_unpack_text(ens_str text, const ProtobufCMessageDescriptor *descriptor,
                           size_t memory_max, struct ens_arena *arena,
                           ProtobufCMessage **ret) ENS_MUST_USE;

#endif
