/* SPDX-License-Identifier: Apache-2.0 */
/* The server in this process: limits, ends of calls, shutdown. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <grpc/grpc_security.h>
#include <grpc/support/time.h>

#include "rpc/stream.h"
#include "toy.pb-c.h"

#define MESSAGE_MAX ((size_t)1000)

/* A server on a thread, and the last call of its Hold method. */
struct fixture {
    struct ens_rpc_server *server;
    grpc_channel *channel;
    pthread_t thread;
    unsigned stopping;

    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct ens_rpc_call *held;
    unsigned gone;
    bool finish_when_gone;
};

static void echo(void *ud, struct ens_rpc_call *call, const ProtobufCMessage *request)
{
    (void)ud;
    ens_rpc_call_reply(call, request);
}

/* Replies with as many bytes as the request's text says. */
static void inflate(void *ud, struct ens_rpc_call *call, const ProtobufCMessage *request)
{
    Toy__Payload reply = TOY__PAYLOAD__INIT;
    int64_t size = 0;

    (void)ud;
    ENS_ASSERT(ens_str_to_i64(ens_str_of(((const Toy__Payload *)request)->text), &size));
    reply.data.len = (size_t)size;
    reply.data.data = ens_arena_alloc(ens_rpc_call_arena(call), reply.data.len);
    ens_rpc_call_reply(call, &reply.base);
}

/* Replies with the text of a request that it has freed. */
static void take(void *ud, struct ens_rpc_call *call, const ProtobufCMessage *request)
{
    Toy__Payload reply = TOY__PAYLOAD__INIT;
    struct ens_arena *taken = ens_rpc_call_take_request(call);

    (void)ud;
    ENS_ASSERT(taken != ens_rpc_call_arena(call));
    reply.text = (char *)(uintptr_t)ens_arena_dup(ens_rpc_call_arena(call),
                                                  ens_str_of(((const Toy__Payload *)request)->text))
                     .ptr;
    ens_arena_free(taken); /* overwrites it */
    ens_rpc_call_reply(call, &reply.base);
}

static void on_gone(void *ud)
{
    struct fixture *fixture = ud;

    (void)pthread_mutex_lock(&fixture->lock);
    fixture->gone++;
    struct ens_rpc_call *call = fixture->finish_when_gone ? fixture->held : NULL;
    (void)pthread_cond_signal(&fixture->changed);
    (void)pthread_mutex_unlock(&fixture->lock);
    if (call != NULL) {
        ens_rpc_call_finish(call, ENS_RPC_CANCELLED, NULL);
    }
}

static void hold(void *ud, struct ens_rpc_call *call, const ProtobufCMessage *request)
{
    struct fixture *fixture = ud;

    (void)request;
    ens_rpc_call_on_gone(call, on_gone, fixture);
    (void)pthread_mutex_lock(&fixture->lock);
    fixture->held = call;
    (void)pthread_cond_signal(&fixture->changed);
    (void)pthread_mutex_unlock(&fixture->lock);
}

static const struct ens_rpc_method methods[] = {
    {"/test.Test/Echo", &toy__payload__descriptor, echo},
    {"/test.Test/Inflate", &toy__payload__descriptor, inflate},
    {"/test.Test/Take", &toy__payload__descriptor, take},
    {"/test.Test/Hold", &toy__payload__descriptor, hold},
    {"/test.Test/HoldUnread", NULL, hold},
};

static void *run(void *ud)
{
    ens_rpc_server_run(ud);
    return NULL;
}

static void on_stopping(void *ud)
{
    ((struct fixture *)ud)->stopping++;
}

static int start_with(void **state, size_t message_max)
{
    static struct fixture fixture;
    const struct ens_rpc_service service = {methods, ENS_COUNT(methods), &fixture};
    const struct ens_rpc_server_options options = {.address = "127.0.0.1:0",
                                                   .stopping = on_stopping,
                                                   .ud = &fixture,
                                                   .message_max = message_max};
    char target[32];
    int port = 0;

    fixture =
        (struct fixture){.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    if (ens_rpc_server_new(&options, &service, 1, &fixture.server, &port, NULL) != ENS_OK) {
        return -1;
    }
    (void)snprintf(target, sizeof(target), "127.0.0.1:%d", port);
    grpc_channel_credentials *credentials = grpc_insecure_credentials_create();
    fixture.channel = grpc_channel_create(target, credentials, NULL);
    grpc_channel_credentials_release(credentials);
    *state = &fixture;
    return pthread_create(&fixture.thread, NULL, run, fixture.server);
}

static int start(void **state)
{
    return start_with(state, MESSAGE_MAX);
}

static int start_unlimited(void **state)
{
    return start_with(state, 0);
}

static int stop(void **state)
{
    struct fixture *fixture = *state;

    ens_rpc_server_stop(fixture->server);
    (void)pthread_join(fixture->thread, NULL);
    ens_rpc_server_free(fixture->server);
    grpc_channel_destroy(fixture->channel);
    return 0;
}

static struct ens_rpc_stream *call(struct fixture *fixture, const char *path, const char *text,
                                   size_t size)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    Toy__Payload payload = TOY__PAYLOAD__INIT;

    payload.text = memcpy(ens_arena_alloc(arena, strlen(text) + 1), text, strlen(text) + 1);
    payload.data = (ProtobufCBinaryData){size, ens_arena_alloc(arena, size)};
    return ens_rpc_stream_open(fixture->channel, path, &payload.base, &toy__payload__descriptor,
                               gpr_inf_future(GPR_CLOCK_MONOTONIC));
}

static ens_rc next(struct ens_rpc_stream *stream, struct ens_diags *diags)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ProtobufCMessage *message = NULL;

    return ens_rpc_stream_next(stream, arena, &message, diags);
}

static ens_rc call_once(struct fixture *fixture, const char *path, const char *text, size_t size,
                        struct ens_diags *diags)
{
    struct ens_rpc_stream *stream = call(fixture, path, text, size);
    ens_rc rc = next(stream, diags);

    ens_rpc_stream_free(stream);
    return rc;
}

static void test_taken_request(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_rpc_stream *stream = call(*state, "/test.Test/Take", "a text", 100);
    ProtobufCMessage *message = NULL;
    ENS_AUTO_DIAGS diags = {0};

    const ens_rc rc = ens_rpc_stream_next(stream, arena, &message, &diags);
    ens_rpc_stream_free(stream);
    assert_int_equal(rc, ENS_OK);
    assert_string_equal(((const Toy__Payload *)message)->text, "a text");
}

static struct ens_rpc_call *await_held(struct fixture *fixture)
{
    (void)pthread_mutex_lock(&fixture->lock);
    while (fixture->held == NULL) {
        (void)pthread_cond_wait(&fixture->changed, &fixture->lock);
    }
    struct ens_rpc_call *held = fixture->held;
    (void)pthread_mutex_unlock(&fixture->lock);
    return held;
}

static unsigned gone_so_far(struct fixture *fixture)
{
    (void)pthread_mutex_lock(&fixture->lock);
    unsigned gone = fixture->gone;
    (void)pthread_mutex_unlock(&fixture->lock);
    return gone;
}

/* Clears the held call, and sets how the next one reacts to the loss of its client. */
static void expect_next(struct fixture *fixture, bool finish_when_gone)
{
    (void)pthread_mutex_lock(&fixture->lock);
    fixture->held = NULL;
    fixture->finish_when_gone = finish_when_gone;
    (void)pthread_mutex_unlock(&fixture->lock);
}

static void await_cancelled(struct fixture *fixture, unsigned gone)
{
    (void)pthread_mutex_lock(&fixture->lock);
    while (fixture->gone < gone) {
        (void)pthread_cond_wait(&fixture->changed, &fixture->lock);
    }
    (void)pthread_mutex_unlock(&fixture->lock);
}

/* A Payload of n bytes of data, 128 <= n < 16384, is n + 3 bytes long. */
static void test_request_limit(void **state)
{
    ENS_AUTO_DIAGS diags = {0};

    assert_int_equal(call_once(*state, "/test.Test/Echo", "", MESSAGE_MAX - 3, NULL), ENS_OK);
    assert_int_equal(call_once(*state, "/test.Test/Echo", "", MESSAGE_MAX - 2, &diags), ENS_IO);
    assert_non_null(strstr(diags.items[0].summary, "larger than max (1001 vs. 1000)"));
    assert_int_equal(call_once(*state, "/test.Test/Echo", "still here", 0, NULL), ENS_OK);
}

static void test_reply_limit(void **state)
{
    ENS_AUTO_DIAGS diags = {0};

    assert_int_equal(call_once(*state, "/test.Test/Inflate", "997", 0, NULL), ENS_OK);
    assert_int_equal(call_once(*state, "/test.Test/Inflate", "998", 0, &diags), ENS_IO);
    assert_non_null(strstr(diags.items[0].summary, "larger than max (1001 vs. 1000)"));
}

/* Another thread sends the replies and ends the call. */
static void test_owner_on_another_thread(void **state)
{
    struct fixture *fixture = *state;
    ENS_AUTO_DIAGS diags = {0};
    Toy__Payload payload = TOY__PAYLOAD__INIT;
    struct ens_rpc_stream *stream = call(fixture, "/test.Test/Hold", "", 0);
    struct ens_rpc_call *held = await_held(fixture);

    ens_rpc_call_send(held, &payload.base);
    ens_rpc_call_send(held, &payload.base);
    ens_rpc_call_finish(held, ENS_RPC_FAILED_PRECONDITION, "not today");
    assert_int_equal(next(stream, &diags), ENS_OK);
    assert_int_equal(next(stream, &diags), ENS_OK);
    assert_int_equal(next(stream, &diags), ENS_IO);
    assert_string_equal(diags.items[0].summary, "not today");
    ens_rpc_stream_free(stream);
    assert_int_equal(gone_so_far(fixture), 0);
}

/* The client has cancelled; the owner does not know it yet and continues to send. */
static void test_sending_after_cancellation(void **state)
{
    struct fixture *fixture = *state;
    Toy__Payload payload = TOY__PAYLOAD__INIT;
    struct ens_rpc_stream *stream = call(fixture, "/test.Test/Hold", "", 0);
    struct ens_rpc_call *held = await_held(fixture);

    ens_rpc_call_send(held, &payload.base);
    ens_rpc_stream_free(stream);
    await_cancelled(fixture, 1);
    for (int i = 0; i < 1000; i++) {
        ens_rpc_call_send(held, &payload.base);
    }
    assert_int_equal(ens_rpc_call_queued(held), 0);
    ens_rpc_call_finish(held, ENS_RPC_OK, NULL);
    assert_int_equal(gone_so_far(fixture), 1);
}

/* on_gone calls back at once if the client has already cancelled. */
static void test_on_gone_after_cancellation(void **state)
{
    struct fixture *fixture = *state;
    struct ens_rpc_stream *stream = call(fixture, "/test.Test/Hold", "", 0);
    struct ens_rpc_call *held = await_held(fixture);

    ens_rpc_stream_free(stream);
    await_cancelled(fixture, 1);
    ens_rpc_call_on_gone(held, on_gone, fixture);
    assert_int_equal(gone_so_far(fixture), 2);
    ens_rpc_call_finish(held, ENS_RPC_OK, NULL);
}

static void test_finish_when_gone(void **state)
{
    struct fixture *fixture = *state;

    expect_next(fixture, true);
    struct ens_rpc_stream *stream = call(fixture, "/test.Test/Hold", "", 0);
    (void)await_held(fixture);
    ens_rpc_stream_free(stream);
    await_cancelled(fixture, 1);
}

/* A method without a request begins before the client has sent a message. */
static void test_unread(void **state)
{
    struct fixture *fixture = *state;
    struct ens_rpc_stream *stream = call(fixture, "/test.Test/HoldUnread", "", 0);

    ens_rpc_call_finish(await_held(fixture), ENS_RPC_OK, NULL);
    assert_int_equal(next(stream, NULL), ENS_OK);
    ens_rpc_stream_free(stream);
}

/* Messages that the client does not read yet are queued, and none is lost. */
static void test_queue(void **state)
{
    struct fixture *fixture = *state;
    ENS_AUTO_ARENA *arena = ens_arena_new();
    Toy__Payload payload = TOY__PAYLOAD__INIT;
    struct ens_rpc_stream *stream = call(fixture, "/test.Test/Hold", "", 0);
    struct ens_rpc_call *held = await_held(fixture);
    const size_t count = 17 * 1000; /* a little less than ENS_RPC_STREAM_WAITING_MAX */

    payload.data = (ProtobufCBinaryData){900, ens_arena_alloc(arena, 900)};
    for (size_t i = 0; i < count; i++) {
        ens_rpc_call_send(held, &payload.base);
    }
    /* The flow control windows take a part of the messages. */
    assert_true(ens_rpc_call_queued(held) > count * 900 / 2);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(next(stream, NULL), ENS_OK);
    }
    assert_int_equal(ens_rpc_call_queued(held), 0);
    ens_rpc_call_finish(held, ENS_RPC_OK, NULL);
    assert_int_equal(next(stream, NULL), ENS_OK);
    ens_rpc_stream_free(stream);
}

/* A message with so many children of the size of this text. */
static void send_children(struct ens_rpc_call *call, size_t count, const char *text)
{
    Toy__Payload child = TOY__PAYLOAD__INIT;
    Toy__Payload *children[] = {&child};
    Toy__Payload payload = TOY__PAYLOAD__INIT;

    child.text = (char *)(uintptr_t)text;
    payload.n_children = ENS_COUNT(children);
    payload.children = children;
    for (size_t i = 0; i < count; i++) {
        ens_rpc_call_send(call, &payload.base);
    }
}

/* The number of children of the next message; 0: the stream has ended. */
static size_t next_children(struct ens_rpc_stream *stream)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ProtobufCMessage *message = NULL;

    assert_int_equal(ens_rpc_stream_next(stream, arena, &message, NULL), ENS_OK);
    return message == NULL ? 0 : ((const Toy__Payload *)message)->n_children;
}

static struct ens_rpc_call *hold_joined(struct fixture *fixture, struct ens_rpc_stream **ret)
{
    *ret = call(fixture, "/test.Test/Hold", "", 0);
    struct ens_rpc_call *held = await_held(fixture);
    ens_rpc_call_join(held);
    return held;
}

/* Messages that follow one another are joined, up to the end of the call. */
static void test_join(void **state)
{
    struct ens_rpc_stream *stream = NULL;
    struct ens_rpc_call *held = hold_joined(*state, &stream);
    size_t messages = 0;
    size_t children = 0;

    send_children(held, 100, "child");
    ens_rpc_call_finish(held, ENS_RPC_OK, NULL);
    for (size_t count = next_children(stream); count > 0; count = next_children(stream)) {
        children += count;
        messages++;
    }
    assert_int_equal(children, 100);
    assert_in_range(messages, 1, 50); /* about two: the first goes alone */
    ens_rpc_stream_free(stream);
}

/* What was gathered is sent after a rest, although nothing follows. */
static void test_join_after_rest(void **state)
{
    struct ens_rpc_stream *stream = NULL;
    struct ens_rpc_call *held = hold_joined(*state, &stream);

    for (int round = 0; round < 3; round++) {
        size_t children = 0;
        send_children(held, 3, "child");
        while (children < 3) {
            children += next_children(stream);
        }
        assert_int_equal(children, 3);
    }
    send_children(held, 2, "child");
    ens_rpc_stream_free(stream); /* the client leaves during a rest */
    await_cancelled(*state, 1);
    ens_rpc_call_finish(held, ENS_RPC_OK, NULL);
}

/* Joined messages have at most ENS_RPC_JOIN_MAX bytes; a larger one goes alone. */
static void test_join_limit(void **state)
{
    static char text[ENS_RPC_JOIN_MAX / 2 - 7]; /* two of these, each with 7 bytes around it */
    static char large[ENS_RPC_JOIN_MAX];
    struct ens_rpc_stream *stream = NULL;
    struct ens_rpc_call *held = hold_joined(*state, &stream);
    size_t children = 0;

    memset(text, 'x', sizeof(text) - 1);
    memset(large, 'x', sizeof(large) - 1);
    send_children(held, 9, text);
    send_children(held, 1, large);
    send_children(held, 4, text);
    ens_rpc_call_finish(held, ENS_RPC_OK, NULL);
    for (size_t count = next_children(stream); count > 0; count = next_children(stream)) {
        assert_in_range(count, 1, 2);
        children += count;
    }
    assert_int_equal(children, 14);
    ens_rpc_stream_free(stream);
}

/* The call of a client that does not read ends when its queue exceeds the limit; others continue.
 */
static void test_stream_waiting_limit(void **state)
{
    struct fixture *fixture = *state;
    ENS_AUTO_ARENA *arena = ens_arena_new();
    Toy__Payload payload = TOY__PAYLOAD__INIT;
    struct ens_rpc_stream *stream = call(fixture, "/test.Test/Hold", "", 0);
    struct ens_rpc_call *held = await_held(fixture);
    size_t most = 0;

    payload.data = (ProtobufCBinaryData){900, ens_arena_alloc(arena, 900)};
    for (int i = 0; i < 200 * 1000; i++) {
        ens_rpc_call_send(held, &payload.base);
        size_t queued = ens_rpc_call_queued(held);
        most = queued > most ? queued : most;
    }
    assert_in_range(most, ENS_RPC_STREAM_WAITING_MAX - 1000, ENS_RPC_STREAM_WAITING_MAX);
    assert_int_equal(ens_rpc_call_queued(held), 0);
    await_cancelled(fixture, 1);
    ens_rpc_call_finish(held, ENS_RPC_OK, NULL);
    ens_rpc_stream_free(stream);
    assert_int_equal(call_once(fixture, "/test.Test/Echo", "still here", 0, NULL), ENS_OK);
}

/* The limit for the queues of all calls together, each of which is below its own limit. */
static void test_waiting_limit(void **state)
{
    struct fixture *fixture = *state;
    ENS_AUTO_ARENA *arena = ens_arena_new();
    Toy__Payload payload = TOY__PAYLOAD__INIT;
    struct ens_rpc_stream *streams[12];
    struct ens_rpc_call *held[ENS_COUNT(streams)];
    size_t all = 0;
    unsigned ended = 0;

    payload.data = (ProtobufCBinaryData){900, ens_arena_alloc(arena, 900)};
    for (size_t i = 0; i < ENS_COUNT(streams); i++) {
        expect_next(fixture, false);
        streams[i] = call(fixture, "/test.Test/Hold", "", 0);
        held[i] = await_held(fixture);
    }
    for (size_t i = 0; i < ENS_COUNT(streams); i++) {
        size_t queued = 0;
        /* More than its limit and the windows of the transport: what waits for nothing was ended.
         */
        for (int n = 0; n < 40 * 1000 && queued < ENS_RPC_STREAM_WAITING_MAX - 2000; n++) {
            ens_rpc_call_send(held[i], &payload.base);
            queued = ens_rpc_call_queued(held[i]);
        }
    }
    /* Counted at one time, since the transport goes on taking messages. */
    for (size_t i = 0; i < ENS_COUNT(streams); i++) {
        const size_t queued = ens_rpc_call_queued(held[i]);
        all += queued;
        ended += queued == 0 ? 1 : 0;
    }
    for (size_t i = 0; i < ENS_COUNT(streams); i++) {
        ens_rpc_call_finish(held[i], ENS_RPC_OK, NULL);
    }
    for (size_t i = 0; i < ENS_COUNT(streams); i++) {
        ens_rpc_stream_free(streams[i]); /* unread: one after the other they share a window */
    }
    assert_true(ended > 0);
    assert_in_range(all, ENS_RPC_WAITING_MAX / 2, ENS_RPC_WAITING_MAX);
}

/* Shutdown notifies each call once, waits for calls that end in time, and cancels the others. */
static void test_stop_with_open_calls(void **state)
{
    struct fixture *fixture = *state;
    Toy__Payload payload = TOY__PAYLOAD__INIT;
    struct ens_rpc_stream *ending = call(fixture, "/test.Test/Hold", "", 0);
    struct ens_rpc_call *held = await_held(fixture);

    expect_next(fixture, true);
    struct ens_rpc_stream *staying = call(fixture, "/test.Test/Hold", "", 0);
    (void)await_held(fixture);
    ens_rpc_server_stop(fixture->server);
    ens_rpc_server_stop(fixture->server);
    ens_rpc_call_reply(held, &payload.base);
    assert_int_equal(next(ending, NULL), ENS_OK);
    assert_int_equal(next(staying, NULL), ENS_IO);
    ens_rpc_stream_free(ending);
    ens_rpc_stream_free(staying);
    assert_int_equal(stop(state), 0);
    assert_int_equal(gone_so_far(fixture), 1);
    assert_int_equal(fixture->stopping, 1);
}

static void test_free_without_run(void **state)
{
    const struct ens_rpc_service service = {methods, ENS_COUNT(methods), NULL};
    const struct ens_rpc_server_options options = {.address = "127.0.0.1:0"};
    struct ens_rpc_server *server = NULL;
    int port = 0;

    (void)state;
    assert_int_equal(ens_rpc_server_new(&options, &service, 1, &server, &port, NULL), ENS_OK);
    assert_true(port > 0);
    ens_rpc_server_free(server);
    ens_rpc_server_free(NULL);
}

static void test_bad_addresses(void **state)
{
    static const char *const addresses[] = {"unix:/no/such/directory/socket", "nonsense address",
                                            "192.0.2.1:1"};

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(addresses); i++) {
        ENS_AUTO_DIAGS diags = {0};
        const struct ens_rpc_server_options options = {.address = addresses[i]};
        struct ens_rpc_server *server = NULL;
        int port = 0;
        assert_int_equal(ens_rpc_server_new(&options, NULL, 0, &server, &port, &diags), ENS_IO);
        assert_null(server);
        assert_int_equal(diags.count, 1);
        assert_non_null(strstr(diags.items[0].summary, addresses[i]));
    }
}

int main(void)
{
#define WITH_SERVER(test) cmocka_unit_test_setup_teardown(test, start, stop)
    const struct CMUnitTest tests[] = {
        WITH_SERVER(test_request_limit),
        WITH_SERVER(test_reply_limit),
        WITH_SERVER(test_owner_on_another_thread),
        WITH_SERVER(test_sending_after_cancellation),
        WITH_SERVER(test_on_gone_after_cancellation),
        WITH_SERVER(test_finish_when_gone),
        WITH_SERVER(test_unread),
        WITH_SERVER(test_queue),
        WITH_SERVER(test_stream_waiting_limit),
        WITH_SERVER(test_waiting_limit),
        WITH_SERVER(test_join),
        WITH_SERVER(test_join_after_rest),
        WITH_SERVER(test_taken_request),
        cmocka_unit_test_setup_teardown(test_join_limit, start_unlimited, stop),
        cmocka_unit_test_setup(test_stop_with_open_calls, start),
        cmocka_unit_test(test_free_without_run),
        cmocka_unit_test(test_bad_addresses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
