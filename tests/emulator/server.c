/* SPDX-License-Identifier: Apache-2.0 */
#include "server.h"

#include "control.h"
#include "number.h"
#include "stream.h"

#include "base/alloc.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

enum { WORKERS = 2, MAX_CONNECTIONS = 8192, HEADER_MEMORY = 128 * 1024 };

const struct emu_listener_kind emu_listener_kinds[EMU_LISTENERS] = {
    {"volcengine", "ENSURE_VOLCENGINE_ENDPOINT", "", false, EMU_API, EMU_VOLCENGINE, true},
    {"alibaba", "ENSURE_ALIBABA_ENDPOINT", "", false, EMU_API, EMU_ALIBABA, true},
    {"baidu", "ENSURE_BAIDU_ENDPOINT", "", false, EMU_API, EMU_BAIDU, true},
    {"control", "ENSURE_EMULATOR_CONTROL", "", true, EMU_API, EMU_VOLCENGINE, false},
    {"volcengine_sts", "ENSURE_VOLCENGINE_STS_ENDPOINT", "", false, EMU_STS, EMU_VOLCENGINE, true},
    {"alibaba_sts", "ENSURE_ALIBABA_STS_ENDPOINT", "", false, EMU_STS, EMU_ALIBABA, true},
    {"baidu_sts", "ENSURE_BAIDU_STS_ENDPOINT", "", false, EMU_STS, EMU_BAIDU, true},
    {"volcengine_metadata", "ENSURE_VOLCENGINE_METADATA", "", false, EMU_METADATA, EMU_VOLCENGINE,
     false},
    {"alibaba_metadata", "ENSURE_ALIBABA_METADATA", "", false, EMU_METADATA, EMU_ALIBABA, false},
    {"baidu_metadata", "ENSURE_BAIDU_METADATA", "", false, EMU_METADATA, EMU_BAIDU, false},
    {"credentials_uri", "ENSURE_EMULATOR_CREDENTIALS_URI", "/credentials", false, EMU_KEYS_URI,
     EMU_ALIBABA, false},
    {"github", "ENSURE_EMULATOR_GITHUB", "/token?api-version=2.0", false, EMU_GITHUB_OIDC,
     EMU_VOLCENGINE, true},
};

/* The state of one request; freed by the callback of its completion. */
struct transfer {
    struct emu_exchange exchange;
    bool begun, answered;
};

/* Called with the request target, the only callback that gets it before it is split at '?'. */
static void *on_target(void *cls, const char *target, struct MHD_Connection *connection)
{
    (void)cls;
    (void)connection;
    struct transfer *transfer = ens_alloc(sizeof(*transfer));
    emu_exchange_init(&transfer->exchange, target);
    return transfer;
}

static void on_completed(void *cls, struct MHD_Connection *connection, void **con_cls,
                         enum MHD_RequestTerminationCode code)
{
    (void)cls;
    (void)connection;
    (void)code;
    struct transfer *transfer = *con_cls;
    if (transfer != NULL) {
        emu_exchange_done(&transfer->exchange);
        ens_free(transfer);
        *con_cls = NULL;
    }
}

static void on_connection(void *cls, struct MHD_Connection *connection, void **socket_context,
                          enum MHD_ConnectionNotificationCode code)
{
    (void)connection;
    (void)socket_context;
    const struct emu_listener *listener = cls;
    const struct emu_listener_kind *kind = listener->kind;
    if (code == MHD_CONNECTION_NOTIFY_STARTED && !kind->control) {
        pthread_mutex_lock(&listener->server->lock);
        listener->server->emulator->ledger.connections[kind->service][kind->cloud]++;
        pthread_mutex_unlock(&listener->server->lock);
    }
}

static enum MHD_Result add_header(void *cls, enum MHD_ValueKind kind, const char *name,
                                  const char *value)
{
    (void)kind;
    emu_request_header(cls, name, value == NULL ? "" : value);
    return MHD_YES;
}

static void serve_control(struct emu_server *server, struct emu_exchange *exchange)
{
    pthread_mutex_lock(&server->lock);
    emu_control_serve(server->emulator, &exchange->request, &exchange->reply);
    pthread_mutex_unlock(&server->lock);
}

static void serve_cloud(struct emu_server *server, struct emu_exchange *exchange)
{
    pthread_mutex_lock(&server->lock);
    emu_emulator_receive(server->emulator, exchange);
    pthread_mutex_unlock(&server->lock);
    emu_emulator_check(server->emulator, exchange);
    pthread_mutex_lock(&server->lock);
    emu_emulator_answer(server->emulator, exchange);
    pthread_mutex_unlock(&server->lock);
}

static void answer(const struct emu_listener *listener, struct emu_exchange *exchange)
{
    if (ens_buf_failed(&exchange->request.body)) {
        emu_reply_page(&exchange->reply, MHD_HTTP_CONTENT_TOO_LARGE, "text/plain",
                       "The body is larger than 1 MiB.\n");
    } else if (listener->kind->control) {
        serve_control(listener->server, exchange);
    } else {
        exchange->request.service = listener->kind->service;
        exchange->request.cloud = listener->kind->cloud;
        serve_cloud(listener->server, exchange);
    }
}

static enum MHD_Result send_reply(struct emu_server *server, struct MHD_Connection *connection,
                                  struct emu_reply *reply)
{
    struct MHD_Response *response = emu_stream_response(&server->delays, connection, reply);
    if (reply->content_type.len > 0) {
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, reply->content_type.ptr);
    }
    for (size_t i = 0; i < reply->headers.count; i++) {
        MHD_add_response_header(response, reply->headers.items[i].name.ptr,
                                reply->headers.items[i].value.ptr);
    }
    enum MHD_Result queued = MHD_queue_response(connection, (unsigned)reply->status, response);
    MHD_destroy_response(response);
    return queued;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *size, void **con_cls)
{
    (void)url;
    (void)version;
    const struct emu_listener *listener = cls;
    struct transfer *transfer = *con_cls;
    struct emu_exchange *exchange = &transfer->exchange;
    if (!transfer->begun) {
        transfer->begun = true;
        emu_request_method(&exchange->request, method);
        MHD_get_connection_values(connection, MHD_HEADER_KIND, add_header, &exchange->request);
        return MHD_YES;
    }
    if (*size > 0) {
        ens_buf_add(&exchange->request.body, (ens_str){data, *size});
        *size = 0;
        return MHD_YES;
    }
    if (!transfer->answered) {
        transfer->answered = true;
        answer(listener, exchange);
        bool hangs = exchange->reply.wire == EMU_WIRE_HANG;
        int64_t wait = hangs ? EMU_DAY_MS : exchange->reply.delay_ms;
        if (wait > 0 && emu_delays_suspend(&listener->server->delays, connection, wait)) {
            return MHD_YES;
        }
    }
    if (exchange->reply.wire == EMU_WIRE_CUT || exchange->reply.wire == EMU_WIRE_HANG) {
        return MHD_NO;
    }
    return send_reply(listener->server, connection, &exchange->reply);
}

static bool start_listener(struct emu_listener *listener, struct sockaddr_in *address,
                           const char *cert, const char *key)
{
    struct MHD_OptionItem options[12] = {
        {MHD_OPTION_SOCK_ADDR, 0, address},
        {MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)on_target, NULL},
        {MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)on_completed, NULL},
        {MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)on_connection, listener},
        {MHD_OPTION_CONNECTION_LIMIT, MAX_CONNECTIONS, NULL},
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, HEADER_MEMORY, NULL},
    };
    size_t count = 6;
    unsigned flags =
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_SUSPEND_RESUME | MHD_USE_SUPPRESS_DATE_NO_CLOCK;
    if (!listener->kind->control && listener->kind->service == EMU_API) {
        options[count++] = (struct MHD_OptionItem){MHD_OPTION_THREAD_POOL_SIZE, WORKERS, NULL};
    }
    if (listener->kind->tls && cert != NULL) {
        flags |= MHD_USE_TLS;
        options[count++] =
            (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)cert};
        options[count++] =
            (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)key};
    }
    options[count] = (struct MHD_OptionItem){MHD_OPTION_END, 0, NULL};
    listener->daemon = MHD_start_daemon(flags, 0, NULL, NULL, on_request, listener,
                                        MHD_OPTION_ARRAY, options, MHD_OPTION_END);
    if (listener->daemon == NULL) {
        return false;
    }
    listener->port = MHD_get_daemon_info(listener->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
    return true;
}

bool emu_server_start(struct emu_server *server, struct emu_emulator *emulator, const char *address,
                      unsigned port, const char *cert, const char *key, struct ens_diags *diags)
{
    *server = (struct emu_server){.emulator = emulator};
    pthread_mutex_init(&server->lock, NULL);
    emu_delays_start(&server->delays);
    for (int i = 0; i < EMU_LISTENERS; i++) {
        struct sockaddr_in at = {.sin_family = AF_INET};
        unsigned wanted = port == 0 ? 0 : port + (unsigned)i;
        inet_pton(AF_INET, address, &at.sin_addr);
        at.sin_port = htons((uint16_t)wanted);
        server->listeners[i] =
            (struct emu_listener){.server = server, .kind = &emu_listener_kinds[i]};
        errno = 0;
        if (!start_listener(&server->listeners[i], &at, cert, key)) {
            const char *why = errno == 0 ? "refused" : strerror(errno);
            ens_diags_add(diags, ENS_ERROR, NULL, NULL, "can't listen on %s:%u%s: %s", address,
                          wanted, cert == NULL ? "" : " with this certificate and key", why);
            emu_server_stop(server);
            return false;
        }
    }
    return true;
}

void emu_server_stop(struct emu_server *server)
{
    emu_delays_stop(&server->delays);
    for (int i = 0; i < EMU_LISTENERS; i++) {
        if (server->listeners[i].daemon != NULL) {
            MHD_stop_daemon(server->listeners[i].daemon);
        }
    }
    emu_delays_done(&server->delays);
    pthread_mutex_destroy(&server->lock);
}
