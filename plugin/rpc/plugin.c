/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/plugin.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "rpc/bounded.h"
#include "rpc/claim.h"
#include "rpc/connection.h"
#include "rpc/crash.h"
#include "rpc/goplugin.h"
#include "rpc/handshake.h"
#include "rpc/mtls.h"
#include "rpc/reflection.h"
#include "rpc/socket.h"
#include "rpc/watch.h"

#define OWN_SERVICES 2     /* go-plugin's and reflection's */
#define OWN_THREADS  2     /* the watch thread, the server's second thread */
#define START_MAX_MS 15000 /* less than the timeouts of hosts: 20 s, 60 s */
#define END_MAX_MS   1000
#define OVERDUE_SIZE 128

#ifdef __SANITIZE_ADDRESS__
#define ENDS_CORE true /* see ens_plugin_end */
#else
#define ENDS_CORE false
#endif

/* The parent when this process began. */
static pid_t first_parent;

/* The state of one ens_plugin_serve. */
struct serving {
    const struct ens_plugin *plugin;
    const char *client_cert; /* NULL: plaintext; then several hosts may connect in turn */
    int connection;          /* the inherited one, which the server closes; -1: none */
    struct ens_mtls mtls;
    struct ens_socket socket;
    struct ens_goplugin *goplugin;
    struct ens_reflection *reflection; /* NULL: not served */
    struct ens_rpc_server *server;
    struct ens_watch *watch;
};

/* A descriptor that gives nothing: where there is no /dev, the end of a pipe without another end.
 */
static int open_nothing(void)
{
    int ends[2] = {-1, -1};
    int fd = open("/dev/null", O_RDWR);

    if (fd < 0 && pipe(ends) == 0) {
        (void)close(ends[1]);
        fd = ends[0];
    }
    return fd;
}

void ens_plugin_prepare(void)
{
    int fd = -1;

    do {
        fd = open_nothing();
    } while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0) {
        (void)close(fd);
    }
    first_parent = getppid();
    ens_crash_install();
    (void)signal(SIGINT, SIG_IGN);
    (void)signal(SIGPIPE, SIG_IGN);
}

bool ens_plugin_invited(const struct ens_plugin *plugin, const struct ens_environment *environment)
{
    if (plugin->reattach_source != NULL ||
        ens_handshake_host(plugin->hosts, plugin->host_count, environment) != NULL) {
        return true;
    }
    (void)fprintf(stderr,
                  "%s is a plugin: Terraform, OpenTofu or the ensure command start it and talk to "
                  "it.\nStarted by hand without arguments it does nothing.\n",
                  plugin->program);
    return false;
}

int ens_plugin_decline(const struct ens_plugin *plugin, const struct ens_diags *diags)
{
    for (size_t i = 0; i < diags->count; i++) {
        if (diags->items[i].severity == ENS_ERROR) {
            ENS_AUTO_ARENA *arena = ens_arena_new();
            ens_str line = ens_diag_line(arena, &diags->items[i]);
            /* Only logged: the host shows the line that is printed below. */
            ens_log(plugin->log, ENS_LOG_WARN, "plugin", "%s", line.ptr);
            (void)printf("%s: %s\n", plugin->program, line.ptr);
            break;
        }
    }
    (void)fflush(stdout);
    return 1;
}

/* The host called Shutdown. On the server's thread. */
static void on_shutdown(void *ud)
{
    struct serving *serving = ud;

    ens_log(serving->plugin->log, ENS_LOG_DEBUG, "plugin", "the host asked for shutdown");
    ens_rpc_server_stop(serving->server);
}

/* The host closed its open streams, or its connection after that. If a connection is still open,
 * only the streams were closed, and the connection is watched from now on. On the server's thread
 * or the watch's. */
static void on_left(void *ud)
{
    struct serving *serving = ud;

    if (serving->client_cert == NULL) {
        return;
    }
    int connection = ens_watch_find_connection(serving->socket.path);
    if (connection >= 0) {
        ens_watch_connection(serving->watch, connection);
    } else {
        ens_log(serving->plugin->log, ENS_LOG_INFO, "plugin", "the host has disconnected");
        ens_rpc_server_stop(serving->server);
    }
}

/* The watched connection was closed. On the watch's thread. */
static void on_disconnected(void *ud)
{
    struct serving *serving = ud;

    if (serving->connection >= 0) {
        ens_log(serving->plugin->log, ENS_LOG_INFO, "plugin", "the host has disconnected");
        ens_rpc_server_stop(serving->server);
    } else {
        on_left(ud);
    }
}

/* On the watch's thread. */
static void on_end(void *ud)
{
    const struct serving *serving = ud;

    ens_rpc_server_stop(serving->server);
}

static void on_overdue(void *ud)
{
    const struct serving *serving = ud;

    ens_log(serving->plugin->log, ENS_LOG_WARN, "plugin",
            "shutdown took too long and was cut short");
    ens_socket_remove(&serving->socket);
    _exit(1);
}

/* On the watch's thread. With a certificate there is only one host: if it has not connected by now,
 * it ended before it could be watched. */
static void on_settled(void *ud)
{
    const struct serving *serving = ud;
    int connection =
        serving->client_cert == NULL ? -1 : ens_watch_find_connection(serving->socket.path);

    if (connection >= 0) {
        (void)close(connection);
    } else if (serving->client_cert != NULL) {
        ens_log(serving->plugin->log, ENS_LOG_INFO, "plugin", "no host has connected");
        ens_rpc_server_stop(serving->server);
    }
}

/* On the server's thread. */
static void on_stopping(void *ud)
{
    struct serving *serving = ud;

    if (serving->watch != NULL) {
        ens_watch_shutdown(serving->watch);
    }
    ens_goplugin_stop(serving->goplugin);
    if (serving->plugin->stopping != NULL) {
        serving->plugin->stopping(serving->plugin->ud);
    }
}

static ens_rc start_server(struct serving *serving, struct ens_diags *diags)
{
    const struct ens_plugin *plugin = serving->plugin;
    struct ens_rpc_server_options options = {
        .address = serving->socket.address,
        .connection = serving->connection,
        .client_cert_pem = serving->client_cert,
        .server_cert_pem = serving->mtls.certificate_pem,
        .server_key_pem = serving->mtls.key_pem,
        .stopping = on_stopping,
        .ud = serving,
        .log = plugin->log,
    };
    int port = 0;

    size_t count = 0;
    struct ens_rpc_service *services =
        ens_alloc_array(plugin->service_count + OWN_SERVICES, sizeof(*services));
    while (count < plugin->service_count) {
        services[count] = plugin->services[count];
        count++;
    }
    services[count++] = ens_goplugin_service(serving->goplugin);
    if (plugin->descriptors.len > 0) {
        serving->reflection = ens_reflection_new(plugin->descriptors, services, count);
        services[count++] = ens_reflection_service(serving->reflection);
    }
    ens_rc rc = ens_rpc_server_new(&options, services, count, &serving->server, &port, diags);
    ens_free(services);
    return rc;
}

static ens_rc write_handshake(const struct serving *serving,
                              const struct ens_environment *environment, struct ens_buf *line)
{
    const struct ens_plugin *plugin = serving->plugin;
    const struct ens_plugin_host *host =
        ens_handshake_host(plugin->hosts, plugin->host_count, environment);
    const char *multiplex = environment->get(environment->ud, ENS_ENV_MULTIPLEX);
    const struct ens_handshake handshake = {
        .app_version = host->app_version,
        .inherited = serving->connection >= 0,
        .socket =
            serving->connection >= 0 ? ENS_STR(ENS_CONNECTION) : ens_str_of(serving->socket.path),
        .certificate = ens_str_of(serving->mtls.certificate_base64),
    };

    return ens_handshake_write(line, &handshake, multiplex != NULL && multiplex[0] != '\0');
}

/* Prints the line, then redirects stdout to stderr, so that nothing can follow it. */
static ens_rc announce(const struct serving *serving, const struct ens_environment *environment,
                       struct ens_diags *diags)
{
    const struct ens_plugin *plugin = serving->plugin;
    ENS_AUTO_BUF line = ens_buf_new(ENS_HANDSHAKE_MAX);
    ens_rc rc = ENS_OK;

    if (plugin->reattach_source != NULL) {
        rc = ens_reattach_write(&line, plugin->reattach_source, plugin->reattach_version, getpid(),
                                ens_str_of(serving->socket.path), diags);
    } else {
        rc = write_handshake(serving, environment, &line);
    }
    ENS_ASSERT(rc != ENS_LIMIT);
    if (rc != ENS_OK) {
        return rc;
    }
    if (fputs(ens_buf_text(&line), stdout) < 0 || fflush(stdout) != 0 ||
        dup2(STDERR_FILENO, STDOUT_FILENO) < 0) {
        return ens_fail(diags, ENS_IO, NULL, "%s: %s",
                        plugin->reattach_source != NULL ? "standard output can't be written"
                                                        : "the host does not read the handshake",
                        strerror(errno));
    }
    return ENS_OK;
}

/* Takes the connection that a host of the same program gives, or makes a socket for the host to
 * connect to, and with a certificate of the host one of its own. */
static ens_rc prepare(struct serving *serving, const struct ens_environment *environment,
                      struct ens_diags *diags)
{
    const bool by_hand = serving->plugin->reattach_source != NULL;
    const char *certificate =
        by_hand ? NULL : environment->get(environment->ud, ENS_ENV_CLIENT_CERT);
    ens_rc rc = ENS_OK;

    if (certificate != NULL && certificate[0] != '\0') {
        serving->client_cert = certificate;
        rc = ens_certificate_check(certificate, ENS_ENV_CLIENT_CERT, diags);
        if (rc == ENS_OK) {
            rc = ens_mtls_new(&serving->mtls, diags);
        }
    } else if (!by_hand) {
        serving->connection = ens_connection_inherited(environment);
    }
    if (rc == ENS_OK && serving->connection < 0) {
        rc = ens_socket_new(environment, &serving->socket, diags);
        if (rc == ENS_OK) {
            ens_crash_removes(serving->socket.path, serving->socket.directory);
        }
    }
    return rc;
}

/* Watches an inherited connection from the start: its other end may be closed already. */
static ens_rc start_watch(struct serving *serving, struct ens_diags *diags)
{
    const struct ens_watch_events events = {.end = on_end,
                                            .disconnected = on_disconnected,
                                            .overdue = on_overdue,
                                            .settled = on_settled,
                                            .ud = serving};
    const bool by_hand = serving->plugin->reattach_source != NULL;
    const int connection = serving->connection;

    ens_rc rc = ens_watch_start(&events, by_hand ? ENS_WATCH_NO_PARENT : first_parent,
                                serving->plugin->log, &serving->watch, diags);
    if (rc == ENS_OK && connection >= 0) {
        ens_watch_connection(serving->watch, fcntl(connection, F_DUPFD_CLOEXEC, 0));
    }
    return rc;
}

static ens_rc begin(struct serving *serving, const struct ens_environment *environment,
                    struct ens_diags *diags)
{
    const struct ens_goplugin_events events = {on_shutdown, on_left, serving};
    struct ens_claim *claim = NULL;

    ens_rc rc = prepare(serving, environment, diags);
    if (rc == ENS_OK) {
        rc = ens_claim_new(ENS_CLAIM_PLUGIN_DESCRIPTORS, OWN_THREADS, &claim, diags);
    }
    if (rc == ENS_OK) {
        ens_claim_free(claim);
        serving->goplugin = ens_goplugin_new(&events);
        rc = start_server(serving, diags);
    }
    if (rc == ENS_OK) {
        rc = start_watch(serving, diags);
    }
    if (rc == ENS_OK && serving->connection < 0) {
        rc = ens_socket_share(&serving->socket, diags);
    }
    return rc == ENS_OK ? announce(serving, environment, diags) : rc;
}

int ens_plugin_serve(const struct ens_plugin *plugin, const struct ens_environment *environment)
{
    ENS_AUTO_DIAGS diags = {0};
    struct serving serving = {.plugin = plugin, .connection = -1, .socket = {.lock = -1}};
    char overdue[OVERDUE_SIZE];

    (void)snprintf(overdue, sizeof(overdue), "%s: gRPC could not be started within %d s\n",
                   plugin->program, START_MAX_MS / 1000);
    if (!ens_plugin_invited(plugin, environment)) {
        return 1;
    }
    int code = 0;
    ens_bounded_begin(START_MAX_MS, 1, STDOUT_FILENO, overdue);
    ens_rc rc = begin(&serving, environment, &diags);
    ens_bounded_end();
    if (rc == ENS_OK) {
        ens_rpc_server_run(serving.server);
    } else {
        ens_crash_remove(); /* before the host can kill this process */
        code = ens_plugin_decline(plugin, &diags);
    }
    ens_bounded_begin(END_MAX_MS, code, STDERR_FILENO, NULL);
    /* The watch may call ens_rpc_server_stop until it is freed. */
    ens_watch_free(serving.watch);
    serving.watch = NULL;
    if (ENDS_CORE) {
        ens_rpc_server_free(serving.server);
    }
    ens_bounded_end();
    ens_goplugin_free(serving.goplugin);
    ens_reflection_free(serving.reflection);
    ens_crash_removes(NULL, NULL);
    ens_socket_done(&serving.socket);
    ens_mtls_done(&serving.mtls);
    return code;
}

void ens_plugin_end(int code)
{
    (void)fflush(NULL);
    if (ENDS_CORE) {
        exit(code);
    }
    _exit(code);
}
