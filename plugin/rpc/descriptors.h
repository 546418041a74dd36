/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds files in a google.protobuf.FileDescriptorSet by the names in them. Pure.
 */
#ifndef ENSURE_RPC_DESCRIPTORS_H
#define ENSURE_RPC_DESCRIPTORS_H

#include <protobuf-c/protobuf-c.h>

#include "base/arena.h"

struct ens_descriptors;

/* Reads a set, as protoc --descriptor_set_out writes it; it is borrowed, and the result is in the
 * arena. The set is part of this program: one that is malformed aborts. */
const struct ens_descriptors *ens_descriptors_read(struct ens_arena *arena, ens_str set);

/* The FileDescriptorProto with that file name, or the one that defines a symbol: a message, field,
 * oneof, enum, enum value, service or method by its full name, "package.Message.field". Empty:
 * there is none. */
ProtobufCBinaryData ens_descriptors_by_file_name(const struct ens_descriptors *descriptors,
                                                 ens_str name);
ProtobufCBinaryData ens_descriptors_by_symbol(const struct ens_descriptors *descriptors,
                                              ens_str symbol);

/* Whether the symbol is a message. */
bool ens_descriptors_has_message(const struct ens_descriptors *descriptors, ens_str symbol);

#endif
