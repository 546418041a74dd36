/* SPDX-License-Identifier: Apache-2.0 */
/* The client against a plugin process, over mutual TLS and over a connection that it inherits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "rpc/client.h"
#include "toy.pb-c.h"

static struct ens_rpc_client_options toy_options = {
    .program = TOY_PLUGIN,
    .cookie_key = "TOY_COOKIE",
    .cookie_value = "let me in",
    .app_version = 3,
};

/* On failure there is no process any more. */
static ens_rc start(const struct ens_rpc_client_options *options, struct ens_rpc_client **ret,
                    struct ens_diags *diags)
{
    struct ens_rpc_client *client = NULL;
    ens_rc rc = ens_rpc_client_start(options, &client, diags);

    if (rc == ENS_OK) {
        rc = ens_rpc_client_connect(client, diags);
        if (rc == ENS_OK) {
            *ret = client;
        } else {
            ens_rpc_client_free(client);
        }
    }
    return rc;
}

static int start_toy(void **state)
{
    struct ens_rpc_client *client = NULL;
    ENS_AUTO_DIAGS diags = {0};

    if (start(&toy_options, &client, &diags) != ENS_OK) {
        return -1;
    }
    *state = client;
    return 0;
}

static int end_toy(void **state)
{
    ens_rpc_client_free(*state);
    return 0;
}

static Toy__Payload *echo(struct ens_rpc_client *client, struct ens_arena *arena,
                          const Toy__Payload *payload)
{
    ProtobufCMessage *reply = NULL;

    assert_int_equal(ens_rpc_client_unary(client, "/toy.Toy/Echo", &payload->base,
                                          &toy__payload__descriptor, arena, &reply, NULL),
                     ENS_OK);
    return (Toy__Payload *)reply;
}

static void test_echo(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    Toy__Payload payload = TOY__PAYLOAD__INIT;
    char text[] = "na\xC3\xAFve";

    payload.text = text;
    Toy__Payload *reply = echo(*state, arena, &payload);
    assert_string_equal(reply->text, text);
}

/* gRPC's own limit is 4 MiB. */
static void test_large_messages(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    Toy__Payload payload = TOY__PAYLOAD__INIT;
    const size_t size = (size_t)6 * 1024 * 1024;

    payload.data = (ProtobufCBinaryData){size, ens_arena_alloc(arena, size)};
    memset(payload.data.data, 0xA5, size);
    Toy__Payload *reply = echo(*state, arena, &payload);
    assert_int_equal(reply->data.len, size);
    assert_memory_equal(reply->data.data, payload.data.data, size);
}

static struct ens_rpc_stream *count(struct ens_rpc_client *client, uint32_t count, uint32_t size)
{
    Toy__CountRequest request = TOY__COUNT_REQUEST__INIT;

    request.count = count;
    request.size = size;
    return ens_rpc_client_stream(client, "/toy.Toy/Count", &request.base,
                                 &toy__count_reply__descriptor);
}

static void expect_index(struct ens_rpc_stream *stream, uint32_t index)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ProtobufCMessage *message = NULL;

    assert_int_equal(ens_rpc_stream_next(stream, arena, &message, NULL), ENS_OK);
    assert_non_null(message);
    assert_int_equal(((Toy__CountReply *)message)->index, index);
}

static void expect_end(struct ens_rpc_stream *stream)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ProtobufCMessage *message = NULL;

    /* A second call has the same result. */
    for (int i = 0; i < 2; i++) {
        assert_int_equal(ens_rpc_stream_next(stream, arena, &message, NULL), ENS_OK);
        assert_null(message);
    }
}

static void test_stream(void **state)
{
    static const uint32_t counts[] = {0, 1, 2, 5000};

    for (size_t i = 0; i < ENS_COUNT(counts); i++) {
        struct ens_rpc_stream *stream = count(*state, counts[i], 100);
        for (uint32_t index = 0; index < counts[i]; index++) {
            expect_index(stream, index);
        }
        expect_end(stream);
        ens_rpc_stream_free(stream);
    }
}

/* Messages beyond the flow control windows are queued in the plugin, in order; all of them are less
 * than the 16 MiB that a stream may hold. */
static void test_slow_reader(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    Toy__Payload payload = TOY__PAYLOAD__INIT;
    struct ens_rpc_stream *stream = count(*state, 200, 64 * 1024);

    /* The plugin serves other calls in the meantime. */
    (void)echo(*state, arena, &payload);
    for (uint32_t index = 0; index < 200; index++) {
        expect_index(stream, index);
    }
    expect_end(stream);
    ens_rpc_stream_free(stream);
}

static void test_interleaved_streams(void **state)
{
    struct ens_rpc_stream *streams[50];

    for (size_t i = 0; i < ENS_COUNT(streams); i++) {
        streams[i] = count(*state, 20, 10);
    }
    for (uint32_t index = 0; index < 20; index++) {
        for (size_t i = 0; i < ENS_COUNT(streams); i++) {
            expect_index(streams[i], index);
        }
    }
    for (size_t i = 0; i < ENS_COUNT(streams); i++) {
        expect_end(streams[i]);
        ens_rpc_stream_free(streams[i]);
    }
}

static Toy__TallyReply *tally(struct ens_rpc_client *client, struct ens_arena *arena)
{
    Toy__Empty request = TOY__EMPTY__INIT;
    ProtobufCMessage *reply = NULL;

    assert_int_equal(ens_rpc_client_unary(client, "/toy.Toy/Tally", &request.base,
                                          &toy__tally_reply__descriptor, arena, &reply, NULL),
                     ENS_OK);
    return (Toy__TallyReply *)reply;
}

static struct ens_rpc_stream *hang(struct ens_rpc_client *client)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    Toy__Empty request = TOY__EMPTY__INIT;
    ProtobufCMessage *message = NULL;
    struct ens_rpc_stream *stream =
        ens_rpc_client_stream(client, "/toy.Toy/Hang", &request.base, &toy__empty__descriptor);

    assert_int_equal(ens_rpc_stream_next(stream, arena, &message, NULL), ENS_OK);
    assert_non_null(message);
    return stream;
}

/* Polls until the plugin has received the cancellation, which is sent on the same connection. */
static void await_cancelled(struct ens_rpc_client *client, unsigned gone)
{
    for (;;) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        const Toy__TallyReply *reply = tally(client, arena);
        if (reply->gone == gone && reply->hanging == 0) {
            return;
        }
    }
}

static void test_cancel(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_DIAGS diags = {0};
    ProtobufCMessage *message = NULL;
    unsigned before = tally(*state, arena)->gone;

    struct ens_rpc_stream *stream = hang(*state);
    assert_int_equal(tally(*state, arena)->hanging, 1);
    ens_rpc_stream_cancel(stream);
    assert_int_equal(ens_rpc_stream_next(stream, arena, &message, &diags), ENS_CANCELLED);
    assert_int_equal(diags.count, 1);
    ens_rpc_stream_free(stream);
    await_cancelled(*state, before + 1);

    /* Freeing a stream cancels its call. */
    ens_rpc_stream_free(hang(*state));
    await_cancelled(*state, before + 2);
}

static void test_statuses(void **state)
{
    static const struct {
        uint32_t status;
        const char *message;
        ens_rc rc;
        const char *summary;
    } rows[] = {
        {ENS_RPC_INVALID_ARGUMENT, "no such cloud", ENS_INVALID, "no such cloud"},
        {ENS_RPC_CANCELLED, "", ENS_CANCELLED, "the call was cancelled"},
        {ENS_RPC_UNIMPLEMENTED, "not here", ENS_UNSUPPORTED, "not here"},
        {ENS_RPC_INTERNAL, "", ENS_IO, "the plugin answered with gRPC status 13"},
        {ENS_RPC_UNAVAILABLE, "x", ENS_IO, "the plugin process can't be reached or has ended"},
    };

    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        ENS_AUTO_DIAGS diags = {0};
        Toy__Refusal refusal = TOY__REFUSAL__INIT;
        ProtobufCMessage *reply = NULL;
        refusal.status = rows[i].status;
        ENS_CLEANUP(ens_free_char) char *message = ens_strdup(rows[i].message);
        refusal.message = message;
        ens_rc rc = ens_rpc_client_unary(*state, "/toy.Toy/Refuse", &refusal.base,
                                         &toy__empty__descriptor, arena, &reply, &diags);
        assert_int_equal(rc, rows[i].rc);
        assert_int_equal(diags.count, 1);
        assert_string_equal(diags.items[0].summary, rows[i].summary);
    }
}

static void test_unknown_method(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_DIAGS diags = {0};
    Toy__Empty request = TOY__EMPTY__INIT;
    ProtobufCMessage *reply = NULL;

    assert_int_equal(ens_rpc_client_unary(*state, "/toy.Toy/Fly", &request.base,
                                          &toy__empty__descriptor, arena, &reply, &diags),
                     ENS_UNSUPPORTED);
    assert_string_equal(diags.items[0].summary, "the plugin has no such method");
}

/* Replies of no message and of two, where one is expected. */
static void test_wrong_number_of_replies(void **state)
{
    for (uint32_t replies = 0; replies <= 2; replies++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        Toy__CountRequest request = TOY__COUNT_REQUEST__INIT;
        ProtobufCMessage *reply = NULL;
        request.count = replies;
        assert_int_equal(ens_rpc_client_unary(*state, "/toy.Toy/Count", &request.base,
                                              &toy__count_reply__descriptor, arena, &reply, NULL),
                         replies == 1 ? ENS_OK : ENS_MALFORMED);
    }
}

/* The plugin crashes during a call: all calls end, and the client can be closed. */
static void test_crash(void **state)
{
    struct ens_rpc_client *client = NULL;
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_DIAGS diags = {0};
    Toy__Empty request = TOY__EMPTY__INIT;
    ProtobufCMessage *reply = NULL;

    (void)state;
    assert_int_equal(start(&toy_options, &client, &diags), ENS_OK);
    struct ens_rpc_stream *stream = hang(client);
    assert_int_equal(ens_rpc_client_unary(client, "/toy.Toy/Crash", &request.base,
                                          &toy__empty__descriptor, arena, &reply, &diags),
                     ENS_IO);
    assert_string_equal(diags.items[0].summary, "the plugin process can't be reached or has ended");
    assert_int_equal(ens_rpc_stream_next(stream, arena, &reply, NULL), ENS_IO);
    ens_rpc_stream_free(stream);
    ens_rpc_client_free(client);
}

/* It ends on its own once it was dismissed, and is killed if it was never connected. */
static void test_ends(void **state)
{
    (void)state;
    for (int connected = 0; connected < 2; connected++) {
        struct ens_rpc_client *client = NULL;
        assert_int_equal(ens_rpc_client_start(&toy_options, &client, NULL), ENS_OK);
        if (connected == 1) {
            assert_int_equal(ens_rpc_client_connect(client, NULL), ENS_OK);
            ens_rpc_client_dismiss(client);
        }
        ens_rpc_client_free(client);
        assert_int_equal(waitpid(-1, NULL, WNOHANG), 0); /* the one of the group is left */
    }
}

/* Programs that are no plugin, and the diagnostics about them. */
static void test_no_handshake(void **state)
{
    static const struct {
        const char *program;
        int app_version;
        ens_rc rc;
        const char *summary;
    } rows[] = {
        {"/no/such/program", 3, ENS_IO, "/no/such/program can't be started: No such file"},
        {"/bin/true", 3, ENS_IO, "/bin/true: ended before its handshake"},
        {"/bin/pwd", 3, ENS_MALFORMED, "/bin/pwd: printed \"/"},
        {TOY_PLUGIN, 4, ENS_UNSUPPORTED, TOY_PLUGIN ": speaks protocol version 3, not 4"},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_DIAGS diags = {0};
        struct ens_rpc_client *client = NULL;
        struct ens_rpc_client_options options = toy_options;
        options.program = rows[i].program;
        options.app_version = rows[i].app_version;
        assert_int_equal(start(&options, &client, &diags), rows[i].rc);
        assert_null(client);
        assert_int_equal(diags.count, 1);
        assert_true(
            ens_str_starts(ens_str_of(diags.items[0].summary), ens_str_of(rows[i].summary)));
    }
}

/* Programs that are reached in another way than the host asked for. */
static void test_other_way(void **state)
{
    static const struct {
        const char *program;
        bool inherits;
        const char *summary;
    } rows[] = {
        {PLUGIN_BY_SOCKET, true,
         PLUGIN_BY_SOCKET ": does not take the connection that it inherits"},
        {PLUGIN_BY_SOCKET, false, PLUGIN_BY_SOCKET ": does not offer mutual TLS"},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_DIAGS diags = {0};
        struct ens_rpc_client *client = NULL;
        struct ens_rpc_client_options options = toy_options;
        options.program = rows[i].program;
        options.inherits = rows[i].inherits;
        assert_int_equal(start(&options, &client, &diags), ENS_MALFORMED);
        assert_string_equal(diags.items[0].summary, rows[i].summary);
    }
}

/* A program that prints no handshake is killed at the timeout. */
static void test_handshake_timeout(void **state)
{
    ENS_AUTO_DIAGS diags = {0};
    struct ens_rpc_client *client = NULL;
    struct ens_rpc_client_options options = toy_options;

    (void)state;
    options.program = SILENT_PLUGIN;
    options.start_timeout_ms = 50;
    assert_int_equal(start(&options, &client, &diags), ENS_DEADLINE);
    assert_string_equal(diags.items[0].summary,
                        SILENT_PLUGIN ": printed no handshake within 50 ms");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_echo),
        cmocka_unit_test(test_large_messages),
        cmocka_unit_test(test_stream),
        cmocka_unit_test(test_slow_reader),
        cmocka_unit_test(test_interleaved_streams),
        cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_statuses),
        cmocka_unit_test(test_unknown_method),
        cmocka_unit_test(test_wrong_number_of_replies),
        cmocka_unit_test(test_crash),
        cmocka_unit_test(test_ends),
        cmocka_unit_test(test_no_handshake),
        cmocka_unit_test(test_other_way),
        cmocka_unit_test(test_handshake_timeout),
    };

    int failed = cmocka_run_group_tests_name("mutual TLS", tests, start_toy, end_toy);
    toy_options.inherits = true;
    failed += cmocka_run_group_tests_name("inherited connection", tests, start_toy, end_toy);
    ens_rpc_client_end(failed);
    return failed;
}
