/* SPDX-License-Identifier: Apache-2.0 */
/* The decoder of gRPC messages: the first byte selects the type, the rest is the message. */
#include "fuzz.h"

#include "ensure/v1/ensure.pb-c.h"
#include "rpc/codec.h"
#include "tfplugin6.pb-c.h"

#define MEMORY_MAX ((size_t)1 << 20)

static const ProtobufCMessageDescriptor *const descriptors[] = {
    &ensure__v1__configure_request__descriptor,
    &ensure__v1__plan_request__descriptor,
    &ensure__v1__apply_request__descriptor,
    &ensure__v1__plan_event__descriptor,
    &ensure__v1__apply_event__descriptor,
    &ensure__v1__get_capabilities_response__descriptor,
    &tfplugin6__plan_resource_change__request__descriptor,
    &tfplugin6__apply_resource_change__request__descriptor,
    &tfplugin6__upgrade_resource_state__request__descriptor,
    &tfplugin6__import_resource_state__request__descriptor,
    &tfplugin6__get_provider_schema__response__descriptor, /* recursive */
    &ensure__v1__diagnose_request__descriptor,
    &ensure__v1__diagnose_response__descriptor,
};

static ens_rc unpack(const ProtobufCMessageDescriptor *descriptor, grpc_byte_buffer *bytes,
                     size_t memory_max, struct ens_arena *arena, ProtobufCMessage **ret)
{
    ens_rc rc = ens_rpc_unpack(bytes, descriptor, memory_max, arena, ret);

    grpc_byte_buffer_destroy(bytes);
    return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const ProtobufCMessageDescriptor *descriptor =
        descriptors[size == 0 ? 0 : data[0] % ENS_COUNT(descriptors)];
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ProtobufCMessage *message = NULL;
    ProtobufCMessage *again = NULL;

    grpc_init();
    grpc_slice slice =
        grpc_slice_from_copied_buffer((const char *)data + (size > 0), size - (size > 0));
    grpc_byte_buffer *bytes = grpc_raw_byte_buffer_create(&slice, 1);
    grpc_slice_unref(slice);
    ens_rc rc = unpack(descriptor, bytes, MEMORY_MAX, arena, &message);
    FUZZ_REQUIRE((rc == ENS_OK) == (message != NULL));
    if (rc == ENS_OK) {
        /* A decoded message can be encoded. */
        FUZZ_REQUIRE(unpack(descriptor, ens_rpc_pack(message), 2 * MEMORY_MAX, arena, &again) ==
                     ENS_OK);
        FUZZ_REQUIRE(protobuf_c_message_get_packed_size(again) ==
                     protobuf_c_message_get_packed_size(message));
    } else {
        FUZZ_REQUIRE(rc == ENS_MALFORMED || rc == ENS_LIMIT);
    }
    grpc_shutdown();
    return 0;
}
