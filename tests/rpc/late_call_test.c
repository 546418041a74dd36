/* SPDX-License-Identifier: Apache-2.0 */
/* A server whose first thread has taken a call from the queue, but not handled it, and is kept busy
 * by core: the second thread handles what comes, also the end. */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include <cmocka.h>
#include <grpc/grpc_security.h>
#include <grpc/support/time.h>

#include "rpc/stream.h"
#include "toy.pb-c.h"

#define PATIENCE_MS 500 /* in which a server that does not wait for the call ends */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool taken, ended;
static atomic_bool released;

grpc_event __real_grpc_completion_queue_next(grpc_completion_queue *queue, gpr_timespec deadline,
                                             void *reserved);
grpc_event __wrap_grpc_completion_queue_next(grpc_completion_queue *queue, gpr_timespec deadline,
                                             void *reserved);

/* Keeps the thread busy that takes the first event, which is that of the call. */
grpc_event __wrap_grpc_completion_queue_next(grpc_completion_queue *queue, gpr_timespec deadline,
                                             void *reserved)
{
    grpc_event event = __real_grpc_completion_queue_next(queue, deadline, reserved);

    (void)pthread_mutex_lock(&lock);
    ended = ended || event.type == GRPC_QUEUE_SHUTDOWN;
    const bool held = event.type == GRPC_OP_COMPLETE && !taken;
    taken = taken || held;
    (void)pthread_cond_broadcast(&changed);
    (void)pthread_mutex_unlock(&lock);
    while (held && !atomic_load(&released)) {
    }
    return event;
}

static void *run(void *ud)
{
    ens_rpc_server_run(ud);
    return NULL;
}

static grpc_channel *connect_to(int port)
{
    char target[32];
    grpc_channel_credentials *credentials = grpc_insecure_credentials_create();

    (void)snprintf(target, sizeof(target), "127.0.0.1:%d", port);
    grpc_channel *channel = grpc_channel_create(target, credentials, NULL);
    grpc_channel_credentials_release(credentials);
    return channel;
}

/* Waits for the end of the queue; returns whether it came. Releases the held thread. */
static bool await_end(void)
{
    struct timespec until;
    int error = 0;

    (void)clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += PATIENCE_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    (void)pthread_mutex_lock(&lock);
    while (!ended && error != ETIMEDOUT) {
        error = pthread_cond_timedwait(&changed, &lock, &until);
    }
    bool result = ended;
    (void)pthread_mutex_unlock(&lock);
    atomic_store(&released, true);
    return result;
}

static void echo(void *ud, struct ens_rpc_call *call, const ProtobufCMessage *request)
{
    (void)ud;
    ens_rpc_call_reply(call, request);
}

struct fixture {
    struct ens_rpc_server *server;
    grpc_channel *channel;
    pthread_t thread;
};

static struct ens_rpc_stream *call(struct fixture *fixture)
{
    Toy__Payload payload = TOY__PAYLOAD__INIT;

    return ens_rpc_stream_open(fixture->channel, "/test.Test/Echo", &payload.base,
                               &toy__payload__descriptor, gpr_inf_future(GPR_CLOCK_MONOTONIC));
}

/* With a call of which the server's first thread has taken the event. */
static struct ens_rpc_stream *start(struct fixture *fixture)
{
    static const struct ens_rpc_method methods[] = {
        {"/test.Test/Echo", &toy__payload__descriptor, echo}};
    const struct ens_rpc_service service = {methods, ENS_COUNT(methods), NULL};
    const struct ens_rpc_server_options options = {.address = "127.0.0.1:0"};
    int port = 0;

    taken = false;
    ended = false;
    atomic_store(&released, false);
    assert_int_equal(ens_rpc_server_new(&options, &service, 1, &fixture->server, &port, NULL),
                     ENS_OK);
    assert_int_equal(pthread_create(&fixture->thread, NULL, run, fixture->server), 0);
    fixture->channel = connect_to(port);
    struct ens_rpc_stream *stream = call(fixture);
    (void)pthread_mutex_lock(&lock);
    while (!taken) {
        (void)pthread_cond_wait(&changed, &lock);
    }
    (void)pthread_mutex_unlock(&lock);
    return stream;
}

static void test_stop_before_the_call_is_handled(void **state)
{
    struct fixture fixture;
    struct ens_rpc_stream *stream = start(&fixture);

    (void)state;
    ens_rpc_stream_free(stream);
    grpc_channel_destroy(fixture.channel);
    ens_rpc_server_stop(fixture.server);
    bool too_early = await_end();
    (void)pthread_join(fixture.thread, NULL);
    ens_rpc_server_free(fixture.server);
    assert_false(too_early);
}

static ens_rc reply_of(struct ens_rpc_stream *stream)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ProtobufCMessage *message = NULL;
    ens_rc rc = ens_rpc_stream_one(stream, arena, &message, NULL);

    ens_rpc_stream_free(stream);
    return rc;
}

static void test_a_further_call_is_answered(void **state)
{
    struct fixture fixture;
    struct ens_rpc_stream *first = start(&fixture);

    (void)state;
    ens_rc further = reply_of(call(&fixture));
    atomic_store(&released, true);
    ens_rc late = reply_of(first);
    grpc_channel_destroy(fixture.channel);
    ens_rpc_server_stop(fixture.server);
    (void)pthread_join(fixture.thread, NULL);
    ens_rpc_server_free(fixture.server);
    assert_int_equal(further, ENS_OK);
    assert_int_equal(late, ENS_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stop_before_the_call_is_handled),
        cmocka_unit_test(test_a_further_call_is_answered),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
