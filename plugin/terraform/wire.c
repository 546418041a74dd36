/* SPDX-License-Identifier: Apache-2.0 */
#include "terraform/wire.h"

#include <string.h>

#include <tfplugin6.pb-c.h>

#include "core/plain.h"
#include "terraform/msgpack.h"

void *ens_tf_message_new(struct ens_arena *arena, const ProtobufCMessageDescriptor *descriptor)
{
    void *message = ens_arena_alloc(arena, descriptor->sizeof_message);

    protobuf_c_message_init(descriptor, message);
    return message;
}

/* Messages of protobuf-c have members of type char *, not const char *, so text has to be copied.
 */
static char *copy(struct ens_arena *arena, ens_str text)
{
    char *bytes = ens_arena_alloc(arena, text.len + 1);

    if (text.len > 0) {
        memcpy(bytes, text.ptr, text.len);
    }
    return bytes;
}

char *ens_tf_wire_text(struct ens_arena *arena, ens_str text)
{
    return copy(arena, ens_plain_text(arena, text));
}

ProtobufCBinaryData ens_tf_wire_bytes(struct ens_arena *arena, ens_str bytes)
{
    return (ProtobufCBinaryData){.len = bytes.len, .data = (uint8_t *)copy(arena, bytes)};
}

Tfplugin6__DynamicValue *ens_tf_wire_value(struct ens_arena *arena, const struct ens_value *value)
{
    Tfplugin6__DynamicValue *wire =
        ens_tf_message_new(arena, &tfplugin6__dynamic_value__descriptor);

    wire->msgpack = ens_tf_wire_bytes(arena, ens_msgpack_write(arena, value));
    return wire;
}
