/* SPDX-License-Identifier: Apache-2.0 */
/* A server that stops while one of its threads has taken a call from the queue, but not handled it.
 */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
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
static bool taken, released, ended;

grpc_event __real_grpc_completion_queue_next(grpc_completion_queue *queue, gpr_timespec deadline,
                                             void *reserved);
grpc_event __wrap_grpc_completion_queue_next(grpc_completion_queue *queue, gpr_timespec deadline,
                                             void *reserved);

/* Holds the thread that takes the first event, which is that of the call. */
grpc_event __wrap_grpc_completion_queue_next(grpc_completion_queue *queue, gpr_timespec deadline,
                                             void *reserved)
{
    grpc_event event = __real_grpc_completion_queue_next(queue, deadline, reserved);

    (void)pthread_mutex_lock(&lock);
    ended = ended || event.type == GRPC_QUEUE_SHUTDOWN;
    if (event.type == GRPC_OP_COMPLETE && !taken) {
        taken = true;
        (void)pthread_cond_broadcast(&changed);
        while (!released) {
            (void)pthread_cond_wait(&changed, &lock);
        }
    }
    (void)pthread_cond_broadcast(&changed);
    (void)pthread_mutex_unlock(&lock);
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
    released = true;
    (void)pthread_cond_broadcast(&changed);
    (void)pthread_mutex_unlock(&lock);
    return result;
}

static void test_stop_before_the_call_is_handled(void **state)
{
    const struct ens_rpc_server_options options = {.address = "127.0.0.1:0"};
    Toy__Payload payload = TOY__PAYLOAD__INIT;
    struct ens_rpc_server *server = NULL;
    pthread_t thread;
    int port = 0;

    (void)state;
    assert_int_equal(ens_rpc_server_new(&options, NULL, 0, &server, &port, NULL), ENS_OK);
    assert_int_equal(pthread_create(&thread, NULL, run, server), 0);
    grpc_channel *channel = connect_to(port);
    struct ens_rpc_stream *stream =
        ens_rpc_stream_open(channel, "/test.Test/None", &payload.base, &toy__payload__descriptor,
                            gpr_inf_future(GPR_CLOCK_MONOTONIC));
    (void)pthread_mutex_lock(&lock);
    while (!taken) {
        (void)pthread_cond_wait(&changed, &lock);
    }
    (void)pthread_mutex_unlock(&lock);
    ens_rpc_stream_free(stream);
    grpc_channel_destroy(channel);
    ens_rpc_server_stop(server);
    bool too_early = await_end();
    (void)pthread_join(thread, NULL);
    ens_rpc_server_free(server);
    assert_false(too_early);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stop_before_the_call_is_handled),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
