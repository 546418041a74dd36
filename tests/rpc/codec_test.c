/* SPDX-License-Identifier: Apache-2.0 */
/* Decoding of untrusted bytes: accepted and refused messages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "rpc/codec.h"
#include "toy.pb-c.h"

#define PLENTY ((size_t)1 << 20)

static ens_rc unpack(ens_str bytes, size_t memory_max, struct ens_arena *arena,
                     ProtobufCMessage **ret)
{
    grpc_slice slice = grpc_slice_from_copied_buffer(bytes.len == 0 ? "" : bytes.ptr, bytes.len);
    grpc_byte_buffer *buffer = grpc_raw_byte_buffer_create(&slice, 1);

    grpc_slice_unref(slice);
    ens_rc rc = ens_rpc_unpack(buffer, &toy__payload__descriptor, memory_max, arena, ret);
    grpc_byte_buffer_destroy(buffer);
    return rc;
}

/* toy.Payload: 1 text (string), 2 data (bytes), 3 children (repeated Payload). */
static void test_rows(void **state)
{
    static const struct {
        ens_str bytes;
        ens_rc rc;
    } rows[] = {
        {ENS_STR_INIT(""), ENS_OK},
        {ENS_STR_INIT("\x0A\x02hi"), ENS_OK},
        {ENS_STR_INIT("\x12\x02\0\xFF"), ENS_OK},     /* bytes may be anything */
        {ENS_STR_INIT("\x1A\x04\x0A\x02hi"), ENS_OK}, /* a child */
        {ENS_STR_INIT("\x20\x05"), ENS_OK},           /* unknown fields of every wire type */
        {ENS_STR_INIT("\x21"
                      "12345678"),
         ENS_OK},
        {ENS_STR_INIT("\x22\x02\0\0"), ENS_OK},
        {ENS_STR_INIT("\x25"
                      "1234"),
         ENS_OK},
        {ENS_STR_INIT("\x0A\x02h\0"), ENS_MALFORMED}, /* a string with a NUL */
        {ENS_STR_INIT("\x1A\x04\x0A\x02\0i"), ENS_MALFORMED},
        {ENS_STR_INIT("\x0A"), ENS_MALFORMED},       /* no length */
        {ENS_STR_INIT("\x0A\x03hi"), ENS_MALFORMED}, /* shorter than its length */
        {ENS_STR_INIT("\x0A\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"), ENS_MALFORMED},
        {ENS_STR_INIT("\x1A\x02\x0A\x05"), ENS_MALFORMED},
        {ENS_STR_INIT("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"), ENS_MALFORMED},
        {ENS_STR_INIT("\x02\x00"), ENS_MALFORMED}, /* field 0 */
        {ENS_STR_INIT("\x23\x24"), ENS_MALFORMED}, /* a group */
        {ENS_STR_INIT("\x26"), ENS_MALFORMED},     /* no wire type */
        {ENS_STR_INIT("\x21"
                      "1234567"),
         ENS_MALFORMED},
        {ENS_STR_INIT("\x08\x01"), ENS_MALFORMED}, /* a varint for a string field */
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        ProtobufCMessage *message = NULL;
        assert_int_equal(unpack(rows[i].bytes, PLENTY, arena, &message), rows[i].rc);
        assert_true((message != NULL) == (rows[i].rc == ENS_OK));
    }
}

static Toy__Payload *nested(struct ens_arena *arena, unsigned depth)
{
    Toy__Payload *payload = ens_arena_alloc(arena, sizeof(*payload));

    toy__payload__init(payload);
    if (depth > 0) {
        payload->n_children = 1;
        payload->children = ens_arena_array(arena, 1, sizeof(*payload->children));
        payload->children[0] = nested(arena, depth - 1);
    }
    return payload;
}

static void test_nesting(void **state)
{
    static const struct {
        unsigned depth;
        ens_rc rc;
    } rows[] = {{0, ENS_OK}, {100, ENS_OK}, {101, ENS_MALFORMED}, {1000, ENS_MALFORMED}};

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        ProtobufCMessage *message = NULL;
        grpc_byte_buffer *bytes = ens_rpc_pack(&nested(arena, rows[i].depth)->base);
        assert_int_equal(ens_rpc_unpack(bytes, &toy__payload__descriptor, PLENTY, arena, &message),
                         rows[i].rc);
        grpc_byte_buffer_destroy(bytes);
    }
}

/* An empty child is two bytes on the wire and far more in memory. */
static void test_memory_limit(void **state)
{
    char bytes[2 * 1000];
    size_t needed = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(bytes); i += 2) {
        memcpy(bytes + i, "\x1A", 2);
    }
    /* Searches the smallest limit that suffices; one byte less fails. */
    for (size_t low = 0, high = PLENTY; low < high;) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        ProtobufCMessage *message = NULL;
        size_t middle = (low + high) / 2;
        ens_rc rc = unpack((ens_str){bytes, sizeof(bytes)}, middle, arena, &message);
        assert_true(rc == ENS_OK || rc == ENS_LIMIT);
        if (rc == ENS_OK) {
            high = middle;
        } else {
            low = middle + 1;
        }
        needed = high;
    }
    assert_true(needed >= 1000 * sizeof(Toy__Payload));
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ProtobufCMessage *message = NULL;
    assert_int_equal(unpack((ens_str){bytes, sizeof(bytes)}, needed - 1, arena, &message),
                     ENS_LIMIT);
    assert_null(message);
    assert_int_equal(unpack((ens_str){bytes, sizeof(bytes)}, needed, arena, &message), ENS_OK);
    assert_int_equal(((Toy__Payload *)message)->n_children, 1000);
}

/* A message may arrive in several slices. */
static void test_slices(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ProtobufCMessage *message = NULL;
    grpc_slice slices[] = {grpc_slice_from_static_string("\x0A"),
                           grpc_slice_from_static_string("\x05he"),
                           grpc_slice_from_static_string("llo")};
    grpc_byte_buffer *bytes = grpc_raw_byte_buffer_create(slices, ENS_COUNT(slices));

    (void)state;
    assert_int_equal(ens_rpc_unpack(bytes, &toy__payload__descriptor, PLENTY, arena, &message),
                     ENS_OK);
    assert_string_equal(((Toy__Payload *)message)->text, "hello");
    grpc_byte_buffer_destroy(bytes);
}

static int begin(void **state)
{
    (void)state;
    grpc_init();
    return 0;
}

static int end(void **state)
{
    (void)state;
    grpc_shutdown_blocking();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_nesting),
        cmocka_unit_test(test_memory_limit),
        cmocka_unit_test(test_slices),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
