/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/server.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>

#include <grpc/grpc.h>
#include <grpc/grpc_posix.h>
#include <grpc/grpc_security.h>
#include <grpc/support/alloc.h>
#include <grpc/support/time.h>

#include "base/alloc.h"
#include "rpc/call.h"
#include "rpc/grpc_arg.h"
#include "rpc/grpc_log.h"
#include "rpc/stint.h"

#define ARMED_CALLS 8  /* calls that are requested from core in advance */
#define STINT_MS    10 /* processor time of the first thread after which the second one looks */

struct ens_rpc_server {
    grpc_server *grpc;
    grpc_completion_queue *queue;
    struct ens_rpc_service *services;
    size_t service_count;
    struct ens_rpc_tag stopped;
    atomic_bool stopping;
    bool drained; /* ens_rpc_server_run has returned */
    atomic_size_t waiting;
    struct ens_rests rests;

    pthread_t first;        /* the thread of ens_rpc_server_run */
    atomic_uint returns;    /* how often core has let it go */
    atomic_bool first_left; /* it has ended */
    pthread_mutex_t turn;   /* held while an event is handled */
    bool announced;         /* on_stopping was called */
    unsigned resets;        /* see ENS_RPC_RESETS_MAX */

    pthread_mutex_t lock;
    size_t armed;        /* calls whose ACCEPTED was not handled yet */
    size_t calls;        /* accepted and not yet freed */
    bool awaiting_calls; /* core has stopped, but there are such calls */

    void (*on_stopping)(void *ud);
    void *ud;
    const struct ens_log *log;
};

static grpc_server_credentials *credentials_new(const struct ens_rpc_server_options *options)
{
    if (options->client_cert_pem == NULL) {
        return grpc_insecure_server_credentials_create();
    }
    grpc_ssl_pem_key_cert_pair pair = {options->server_key_pem, options->server_cert_pem};
    grpc_ssl_server_certificate_config *config =
        grpc_ssl_server_certificate_config_create(options->client_cert_pem, &pair, 1);
    return grpc_ssl_server_credentials_create_with_options(
        grpc_ssl_server_credentials_create_options_using_config(
            GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY, config));
}

static grpc_server *grpc_server_with_limits(size_t message_max)
{
    int bytes = (int)(message_max == 0 ? ENS_RPC_MESSAGE_MAX : message_max);
    grpc_arg args[] = {
        ens_grpc_arg_int(GRPC_ARG_MAX_RECEIVE_MESSAGE_LENGTH, bytes),
        ens_grpc_arg_int(GRPC_ARG_MAX_SEND_MESSAGE_LENGTH, bytes),
        /* By default two processes may share a TCP port, and each would get a part of the calls. */
        ens_grpc_arg_int(GRPC_ARG_ALLOW_REUSEPORT, 0),
        /* Clients delay calls beyond this limit; it is above ENS_RPC_CALLS_MAX, so that excess
         * calls get an answer. */
        ens_grpc_arg_int(GRPC_ARG_MAX_CONCURRENT_STREAMS, ENS_RPC_CALLS_MAX + ARMED_CALLS),
    };
    grpc_channel_args list = {ENS_COUNT(args), args};

    return grpc_server_create(&list, NULL);
}

/* One call less is in count, which is armed or calls; on any thread. */
static void count_down(struct ens_rpc_server *server, size_t *count)
{
    (void)pthread_mutex_lock(&server->lock);
    *count -= 1;
    if (server->awaiting_calls && server->armed + server->calls == 0) {
        /* Core has stopped already, so STOPPED is queued again at once, which wakes the server's
         * thread. */
        grpc_server_shutdown_and_notify(server->grpc, server->queue, &server->stopped);
    }
    (void)pthread_mutex_unlock(&server->lock);
}

/* An accepted call was freed; on any thread. */
static void on_call_freed(void *ud)
{
    struct ens_rpc_server *server = ud;

    count_down(server, &server->calls);
}

static void arm_call(struct ens_rpc_server *server)
{
    (void)pthread_mutex_lock(&server->lock);
    server->armed++;
    (void)pthread_mutex_unlock(&server->lock);
    ens_rpc_call_arm(server->grpc, server->queue, &server->waiting, &server->rests, on_call_freed,
                     server);
}

/* Returns the port, 0 if that fails. */
static int listen_on(struct ens_rpc_server *server, const struct ens_rpc_server_options *options)
{
    /* A unix socket is accessible to this user only, regardless of the umask. */
    const mode_t before = umask(077);
    grpc_server_credentials *credentials = credentials_new(options);

    int port = grpc_server_add_http2_port(server->grpc, options->address, credentials);
    grpc_server_credentials_release(credentials);
    (void)umask(before);
    return port;
}

/* Once the server was started. */
static void serve_connection(struct ens_rpc_server *server, int connection)
{
    grpc_server_credentials *credentials = grpc_insecure_server_credentials_create();

    grpc_server_add_channel_from_fd(server->grpc, connection, credentials);
    grpc_server_credentials_release(credentials);
}

ens_rc ens_rpc_server_new(const struct ens_rpc_server_options *options,
                          const struct ens_rpc_service *services, size_t service_count,
                          struct ens_rpc_server **ret, int *ret_port, struct ens_diags *diags)
{
    ens_grpc_log_begin(options->log);
    grpc_init();
    struct ens_rpc_server *server = ens_alloc(sizeof(*server));
    (void)pthread_mutex_init(&server->lock, NULL);
    (void)pthread_mutex_init(&server->turn, NULL);
    ens_rests_init(&server->rests);
    server->stopped = (struct ens_rpc_tag){ENS_RPC_EVENT_STOPPED, NULL};
    server->log = options->log;
    server->services = ens_alloc_array(service_count, sizeof(*services));
    while (server->service_count < service_count) {
        server->services[server->service_count] = services[server->service_count];
        server->service_count++;
    }
    server->grpc = grpc_server_with_limits(options->message_max);
    server->queue = grpc_completion_queue_create_for_next(NULL);
    grpc_server_register_completion_queue(server->grpc, server->queue, NULL);

    int port = options->address == NULL ? 0 : listen_on(server, options);
    grpc_server_start(server->grpc);
    if (options->address == NULL) {
        serve_connection(server, options->connection);
    } else if (port == 0) {
        ens_rpc_server_free(server);
        return ens_fail(diags, ENS_IO, NULL, "the gRPC server can't listen on %s",
                        options->address);
    }
    for (int i = 0; i < ARMED_CALLS; i++) {
        arm_call(server);
    }
    server->on_stopping = options->stopping;
    server->ud = options->ud;
    *ret = server;
    *ret_port = options->address == NULL || strncmp(options->address, "unix:", 5) == 0 ? 0 : port;
    return ENS_OK;
}

static const struct ens_rpc_method *find_method(const struct ens_rpc_server *server,
                                                grpc_slice path, void **ret_ud)
{
    for (size_t i = 0; i < server->service_count; i++) {
        const struct ens_rpc_service *service = &server->services[i];
        for (size_t j = 0; j < service->method_count; j++) {
            if (grpc_slice_str_cmp(path, service->methods[j].path) == 0) {
                *ret_ud = service->ud;
                return &service->methods[j];
            }
        }
    }
    return NULL;
}

/* Counts calls for ENS_RPC_RESETS_MAX. regular: it had a request, and was not refused as excess. */
static void count_reset(struct ens_rpc_server *server, bool regular)
{
    if (regular) {
        server->resets -= server->resets > 0 ? 1 : 0;
        return;
    }
    server->resets++;
    if (server->resets > ENS_RPC_RESETS_MAX && !atomic_load(&server->stopping)) {
        ens_log(server->log, ENS_LOG_WARN, "rpc",
                "a client has reset %u calls before their requests: the server stops",
                server->resets);
        ens_rpc_server_stop(server);
    }
}

static void accept_call(struct ens_rpc_server *server, struct ens_rpc_call *call)
{
    void *ud = NULL;

    (void)pthread_mutex_lock(&server->lock);
    server->armed--;
    bool too_many = ++server->calls > ENS_RPC_CALLS_MAX;
    (void)pthread_mutex_unlock(&server->lock);
    arm_call(server);
    const struct ens_rpc_method *method = find_method(server, ens_rpc_call_path(call), &ud);
    if (method == NULL) {
        char *path = grpc_slice_to_c_string(ens_rpc_call_path(call));
        ens_log(server->log, ENS_LOG_TRACE, "rpc", "a client called %s, which is not served", path);
        gpr_free(path);
    }
    if (too_many && grpc_slice_str_cmp(ens_rpc_call_path(call), ENS_RPC_SHUTDOWN) != 0) {
        ens_rpc_call_refuse(call);
        count_reset(server, false);
    } else {
        ens_rpc_call_begin(call, method, ud);
    }
}

/* Core has stopped once the clients' calls have ended. The owner of a call may still start a batch,
 * and so does an ACCEPTED that the other thread took from the queue before: the queue is shut down
 * only after the last call was freed. */
static void on_stopped(struct ens_rpc_server *server)
{
    (void)pthread_mutex_lock(&server->lock);
    server->awaiting_calls = server->armed + server->calls > 0;
    if (!server->awaiting_calls) {
        grpc_completion_queue_shutdown(server->queue);
    }
    (void)pthread_mutex_unlock(&server->lock);
}

static void dispatch(struct ens_rpc_server *server, const struct ens_rpc_tag *tag, bool ok)
{
    switch (tag->event) {
    case ENS_RPC_EVENT_ACCEPTED:
        if (ok) {
            accept_call(server, tag->call);
        } else {
            ens_rpc_call_drop(tag->call);
            count_down(server, &server->armed);
        }
        return;
    case ENS_RPC_EVENT_RECEIVED:
        count_reset(server, ens_rpc_call_received(tag->call));
        return;
    case ENS_RPC_EVENT_SENT:
        ens_rpc_call_sent(tag->call);
        return;
    case ENS_RPC_EVENT_CLOSED:
        ens_rpc_call_closed(tag->call);
        return;
    case ENS_RPC_EVENT_STOPPED:
        on_stopped(server);
        return;
    }
    ENS_ASSERT(false);
}

/* At the beginning of the end. *grace: when the remaining calls are cancelled. */
static void announce(struct ens_rpc_server *server, gpr_timespec *grace)
{
    server->announced = true;
    *grace = gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                          gpr_time_from_millis(ENS_RPC_GRACE_MS, GPR_TIMESPAN));
    if (server->on_stopping != NULL) {
        server->on_stopping(server->ud);
    }
}

/* Handles rests that are over; returns when the next one will be, or limit if that is before. */
static gpr_timespec handle_rests(struct ens_rpc_server *server, gpr_timespec limit)
{
    struct ens_rpc_call *call = NULL;

    while ((call = ens_rest_next(&server->rests, &limit)) != NULL) {
        ens_rpc_call_rested(call);
    }
    return limit;
}

/* Handles events until the queue is shut down or, to relieve the first thread, until there are
 * none. The thread that calls on_stopping is also the one that cancels the remaining calls after
 * the grace period. A rest begins with an event, so the thread that has handled it knows when it is
 * over, and stays until then. */
static void serve(struct ens_rpc_server *server, bool relieves)
{
    const gpr_timespec never = gpr_inf_future(GPR_CLOCK_MONOTONIC);
    gpr_timespec grace = never;

    for (;;) {
        gpr_timespec until = handle_rests(server, grace);
        const bool only_looks = relieves && gpr_time_cmp(until, never) == 0;
        grpc_event event = grpc_completion_queue_next(
            server->queue, only_looks ? gpr_inf_past(GPR_CLOCK_MONOTONIC) : until, NULL);
        if (!relieves) {
            (void)atomic_fetch_add_explicit(&server->returns, 1, memory_order_relaxed);
        }
        if (event.type == GRPC_QUEUE_SHUTDOWN || (only_looks && event.type == GRPC_QUEUE_TIMEOUT)) {
            return;
        }
        (void)pthread_mutex_lock(&server->turn);
        if (!server->announced && atomic_load(&server->stopping)) {
            announce(server, &grace);
        }
        if (event.type == GRPC_OP_COMPLETE) {
            dispatch(server, event.tag, event.success != 0);
        } else if (gpr_time_cmp(grace, gpr_now(GPR_CLOCK_MONOTONIC)) <= 0) {
            ens_log(server->log, ENS_LOG_DEBUG, "rpc",
                    "calls did not end by themselves: cancelled");
            grpc_server_cancel_all_calls(server->grpc);
            grace = never;
        }
        (void)pthread_mutex_unlock(&server->turn);
    }
}

/* The second thread: looks after each step of the first one in which core has not let it go. If
 * steps can't be measured, it waits as the first one does. */
static void *relieve(void *ud)
{
    struct ens_rpc_server *server = ud;
    struct ens_stint stint;
    unsigned seen = 0;
    int error = ens_stint_begin(&stint, server->first, STINT_MS);

    if (error != 0) {
        ens_log(server->log, ENS_LOG_DEBUG, "rpc", "two threads wait for events: %s",
                strerror(error));
        serve(server, false);
        return NULL;
    }
    for (;;) {
        ens_stint_sleep();
        if (atomic_load(&server->first_left)) {
            break;
        }
        const unsigned returns = atomic_load_explicit(&server->returns, memory_order_relaxed);
        if (returns == seen) {
            serve(server, true);
        }
        seen = returns;
    }
    ens_stint_end(&stint);
    return NULL;
}

void ens_rpc_server_run(struct ens_rpc_server *server)
{
    sigset_t before;
    pthread_t second;

    server->first = pthread_self();
    ens_stint_block(&before);
    int error = pthread_create(&second, NULL, relieve, server);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error != 0) { /* a single thread suffices, except with a flooding client */
        ens_log(server->log, ENS_LOG_WARN, "rpc", "served by one thread alone: %s",
                strerror(error));
    }
    serve(server, false);
    if (error == 0) {
        atomic_store(&server->first_left, true);
        ens_stint_wake(second);
        (void)pthread_join(second, NULL);
    }
    server->drained = true;
}

void ens_rpc_server_stop(struct ens_rpc_server *server)
{
    /* The requested calls fail at once, which wakes the server's thread. */
    if (!atomic_exchange(&server->stopping, true)) {
        grpc_server_shutdown_and_notify(server->grpc, server->queue, &server->stopped);
    }
}

void ens_rpc_server_free(struct ens_rpc_server *server)
{
    if (server == NULL) {
        return;
    }
    if (!server->drained) {
        ens_rpc_server_stop(server);
        ens_rpc_server_run(server);
    }
    grpc_server_destroy(server->grpc);
    grpc_completion_queue_destroy(server->queue);
    grpc_shutdown_blocking();
    ens_grpc_log_end(server->log);
    (void)pthread_mutex_destroy(&server->lock);
    (void)pthread_mutex_destroy(&server->turn);
    ens_rests_done(&server->rests);
    ens_free(server->services);
    ens_free(server);
}
