#include "server.h"

#include "clock.h"
#include "control.h"
#include "stream.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

enum { WORKERS = 2, MAX_CONNECTIONS = 8192, HEADER_MEMORY = 128 * 1024 };

/* One request on its way; freed when the connection is done with it. */
struct exchange {
    struct emu_request request;
    struct emu_reply reply;
    bool begun, answered, too_large;
};

/* The first that is known of a request, and the only time that its target is whole. */
static void *on_target(void *cls, const char *target, struct MHD_Connection *connection)
{
    (void)cls;
    (void)connection;
    struct exchange *exchange = emu_alloc(sizeof(*exchange));
    emu_request_target(&exchange->request, target);
    return exchange;
}

static void on_completed(void *cls, struct MHD_Connection *connection, void **con_cls,
                         enum MHD_RequestTerminationCode code)
{
    (void)cls;
    (void)connection;
    (void)code;
    struct exchange *exchange = *con_cls;
    if (exchange != NULL) {
        emu_request_done(&exchange->request);
        emu_reply_done(&exchange->reply);
        free(exchange);
        *con_cls = NULL;
    }
}

static void on_connection(void *cls, struct MHD_Connection *connection, void **socket_context,
                          enum MHD_ConnectionNotificationCode code)
{
    (void)connection;
    (void)socket_context;
    const struct emu_listener *listener = cls;
    if (code == MHD_CONNECTION_NOTIFY_STARTED && listener->which != EMU_CONTROL) {
        emu_emulator_count_connection(listener->server->emulator, (enum emu_cloud)listener->which);
    }
}

static enum MHD_Result add_header(void *cls, enum MHD_ValueKind kind, const char *name,
                                  const char *value)
{
    (void)kind;
    emu_request_header(cls, name, value == NULL ? "" : value);
    return MHD_YES;
}

static void add_body(struct exchange *exchange, const char *data, size_t size)
{
    if (exchange->request.body.len + size > EMU_MAX_BODY) {
        exchange->too_large = true;
        return;
    }
    emu_text_add_n(&exchange->request.body, data, size);
}

static void answer(const struct emu_listener *listener, struct exchange *exchange)
{
    exchange->answered = true;
    if (exchange->too_large) {
        exchange->reply.status = MHD_HTTP_CONTENT_TOO_LARGE;
        emu_reply_type(&exchange->reply, "text/plain");
        emu_text_add(&exchange->reply.body, "The body is larger than 1 MiB.\n");
    } else if (listener->which == EMU_CONTROL) {
        emu_control_serve(listener->server->emulator, &exchange->request, &exchange->reply);
    } else {
        exchange->request.cloud = (enum emu_cloud)listener->which;
        emu_emulator_serve(listener->server->emulator, &exchange->request, &exchange->reply);
    }
}

static enum MHD_Result send_reply(struct emu_server *server, struct MHD_Connection *connection,
                                  struct emu_reply *reply)
{
    struct MHD_Response *response = emu_stream_response(&server->delays, connection, reply);
    if (reply->content_type[0] != '\0') {
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, reply->content_type);
    }
    for (size_t i = 0; i < reply->headers.count; i++) {
        MHD_add_response_header(response, reply->headers.items[i].name,
                                reply->headers.items[i].value);
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
    struct exchange *exchange = *con_cls;
    if (!exchange->begun) {
        exchange->begun = true;
        exchange->request.method = emu_copy(method);
        MHD_get_connection_values(connection, MHD_HEADER_KIND, add_header, &exchange->request);
        return MHD_YES;
    }
    if (*size > 0) {
        add_body(exchange, data, *size);
        *size = 0;
        return MHD_YES;
    }
    if (!exchange->answered) {
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

static bool start_listener(struct emu_listener *listener, struct sockaddr_in *address, char *cert,
                           char *key)
{
    struct MHD_OptionItem options[12] = {
        {MHD_OPTION_SOCK_ADDR, 0, address},
        {MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)on_target, NULL},
        {MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)on_completed, NULL},
        {MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)on_connection, listener},
        {MHD_OPTION_CONNECTION_LIMIT, MAX_CONNECTIONS, NULL},
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, HEADER_MEMORY, NULL},
        {MHD_OPTION_LISTENING_ADDRESS_REUSE, 0, NULL},
    };
    size_t count = 7;
    unsigned flags =
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_SUSPEND_RESUME | MHD_USE_SUPPRESS_DATE_NO_CLOCK;
    if (listener->which != EMU_CONTROL) {
        options[count++] = (struct MHD_OptionItem){MHD_OPTION_THREAD_POOL_SIZE, WORKERS, NULL};
    }
    if (listener->which != EMU_CONTROL && cert != NULL) {
        flags |= MHD_USE_TLS;
        options[count++] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_CERT, 0, cert};
        options[count++] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_KEY, 0, key};
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
                      unsigned port, char *cert, char *key, char **ret_error)
{
    *server = (struct emu_server){.emulator = emulator};
    emu_delays_start(&server->delays);
    for (int i = 0; i < EMU_LISTENERS; i++) {
        struct sockaddr_in at = {.sin_family = AF_INET};
        unsigned wanted = port == 0 ? 0 : port + (unsigned)i;
        inet_pton(AF_INET, address, &at.sin_addr);
        at.sin_port = htons((uint16_t)wanted);
        server->listeners[i] = (struct emu_listener){.server = server, .which = i};
        errno = 0;
        if (!start_listener(&server->listeners[i], &at, cert, key)) {
            struct emu_text error = {0};
            emu_text_addf(&error, "can't listen on %s:%u%s: %s", address, wanted,
                          cert == NULL ? "" : " with this certificate and key",
                          errno == 0 ? "refused" : strerror(errno));
            *ret_error = emu_text_take(&error);
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
}
