/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/codec.h"

#include <string.h>

#include <grpc/byte_buffer_reader.h>

#define NESTING_MAX 100 /* depth of nested messages, as in other protobuf parsers */

grpc_byte_buffer *ens_rpc_pack(const ProtobufCMessage *message)
{
    grpc_slice slice = grpc_slice_malloc(protobuf_c_message_get_packed_size(message));

    (void)protobuf_c_message_pack(message, GRPC_SLICE_START_PTR(slice));
    grpc_byte_buffer *bytes = grpc_raw_byte_buffer_create(&slice, 1);
    grpc_slice_unref(slice);
    return bytes;
}

/* A protobuf-c allocator on an arena. Its free does nothing: the memory is freed with the arena. */
struct limited_arena {
    struct ens_arena *arena;
    size_t left;
    bool exhausted;
};

static void *limited_alloc(void *data, size_t size)
{
    struct limited_arena *limited_arena = data;

    if (size > limited_arena->left) {
        limited_arena->exhausted = true;
        return NULL;
    }
    limited_arena->left -= size;
    return ens_arena_alloc(limited_arena->arena, size);
}

static void limited_free(void *data, void *ptr)
{
    (void)data;
    (void)ptr;
}

static bool read_varint(ens_str *bytes, uint64_t *ret)
{
    uint64_t value = 0;

    for (unsigned shift = 0; shift < 64; shift += 7) {
        if (bytes->len == 0) {
            return false;
        }
        unsigned char byte = (unsigned char)*bytes->ptr;
        *bytes = (ens_str){bytes->ptr + 1, bytes->len - 1};
        value |= (uint64_t)(byte & 0x7F) << shift;
        if ((byte & 0x80) == 0) {
            *ret = value;
            return true;
        }
    }
    return false;
}

/* Removes the value of one field from the front; *ret_content is set if it is length-delimited. */
static bool read_value(ens_str *bytes, unsigned wire_type, ens_str *ret_content)
{
    uint64_t size = 0;

    switch (wire_type) {
    case PROTOBUF_C_WIRE_TYPE_VARINT:
        return read_varint(bytes, &size);
    case PROTOBUF_C_WIRE_TYPE_64BIT:
        size = 8;
        break;
    case PROTOBUF_C_WIRE_TYPE_32BIT:
        size = 4;
        break;
    case PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED:
        if (!read_varint(bytes, &size)) {
            return false;
        }
        break;
    default:
        return false;
    }
    if (size > bytes->len) {
        return false;
    }
    *ret_content = (ens_str){bytes->ptr, (size_t)size};
    *bytes = (ens_str){bytes->ptr + size, bytes->len - (size_t)size};
    return true;
}

/* Whether all fields are well-formed and no string has a NUL byte, at any depth. */
static bool wire_valid(ens_str bytes, const ProtobufCMessageDescriptor *descriptor, unsigned depth)
{
    while (bytes.len > 0) {
        uint64_t key = 0;
        ens_str content = {NULL, 0};
        if (!read_varint(&bytes, &key) || (key >> 3) == 0 || (key >> 3) > 0x1FFFFFFF ||
            !read_value(&bytes, (unsigned)(key & 7), &content)) {
            return false;
        }
        const ProtobufCFieldDescriptor *field =
            protobuf_c_message_descriptor_get_field(descriptor, (unsigned)(key >> 3));
        if (field == NULL || (key & 7) != PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED) {
            continue;
        }
        if (field->type == PROTOBUF_C_TYPE_STRING && content.len > 0 &&
            memchr(content.ptr, '\0', content.len) != NULL) {
            return false;
        }
        if (field->type == PROTOBUF_C_TYPE_MESSAGE &&
            (depth == 0 || !wire_valid(content, field->descriptor, depth - 1))) {
            return false;
        }
    }
    return true;
}

ens_rc ens_rpc_unpack_text(ens_str text, const ProtobufCMessageDescriptor *descriptor,
                           size_t memory_max, struct ens_arena *arena, ProtobufCMessage **ret)
{
    struct limited_arena limited_arena = {.arena = arena, .left = memory_max};
    ProtobufCAllocator allocator = {limited_alloc, limited_free, &limited_arena};
    ProtobufCMessage *message = NULL;

    if (wire_valid(text, descriptor, NESTING_MAX)) {
        message =
            protobuf_c_message_unpack(descriptor, &allocator, text.len, (const uint8_t *)text.ptr);
    }
    if (message == NULL) {
        return limited_arena.exhausted ? ENS_LIMIT : ENS_MALFORMED;
    }
    *ret = message;
    return ENS_OK;
}

ens_rc ens_rpc_unpack(grpc_byte_buffer *bytes, const ProtobufCMessageDescriptor *descriptor,
                      size_t memory_max, struct ens_arena *arena, ProtobufCMessage **ret)
{
    grpc_byte_buffer_reader reader;

    if (!grpc_byte_buffer_reader_init(&reader, bytes)) {
        return ENS_MALFORMED;
    }
    grpc_slice slice = grpc_byte_buffer_reader_readall(&reader);
    ens_str text = {(const char *)GRPC_SLICE_START_PTR(slice), GRPC_SLICE_LENGTH(slice)};
    ens_rc rc = ens_rpc_unpack_text(text, descriptor, memory_max, arena, ret);
    grpc_slice_unref(slice);
    grpc_byte_buffer_reader_destroy(&reader);
    return rc;
}
