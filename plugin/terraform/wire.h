/* SPDX-License-Identifier: Apache-2.0 */
/* Constructors for messages of the protocol and their parts, allocated in the arena. */
#ifndef ENSURE_TERRAFORM_WIRE_H
#define ENSURE_TERRAFORM_WIRE_H

#include <protobuf-c/protobuf-c.h>

#include "terraform/value.h"

struct Tfplugin6__DynamicValue;

/* An initialised message; the caller casts it to its type. */
void *ens_tf_message_new(struct ens_arena *arena, const ProtobufCMessageDescriptor *descriptor);

/* A NUL-terminated copy as valid UTF-8 without control characters. */
char *ens_tf_wire_text(struct ens_arena *arena, ens_str text);

ProtobufCBinaryData ens_tf_wire_bytes(struct ens_arena *arena, ens_str bytes);

struct Tfplugin6__DynamicValue *ens_tf_wire_value(struct ens_arena *arena,
                                                  const struct ens_value *value);

#endif
