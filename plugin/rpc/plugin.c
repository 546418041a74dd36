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
#include "rpc/crash.h"
#include "rpc/goplugin.h"
#include "rpc/handshake.h"
#include "rpc/mtls.h"
#include "rpc/socket.h"
#include "rpc/watch.h"

/* Everything of one ens_plugin_serve. */
struct serving {
    const struct ens_plugin *plugin;
    const char *client_cert; /* NULL: plaintext, where several hosts may connect in turn */
    struct ens_mtls mtls;
    struct ens_socket socket;
    struct ens_goplugin *goplugin;
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
    /* gRPC core's traces show the bytes of messages, and a configuration holds keys. */
    (void)unsetenv("GRPC_TRACE");
    ens_crash_install();
    (void)signal(SIGINT, SIG_IGN);
    (void)signal(SIGPIPE, SIG_IGN);
}

bool ens_plugin_invited(const struct ens_plugin *plugin, const struct ens_environment *environment)
{
    if (ens_handshake_host(plugin->hosts, plugin->host_count, environment) != NULL) {
        return true;
    }
    (void)fprintf(stderr,
                  "%s is a plugin: Terraform, OpenTofu or the ensure command start it and talk to "
                  "it.\nStarted by hand it does nothing.\n",
                  plugin->program);
    return false;
}

int ens_plugin_decline(const struct ens_plugin *plugin, const struct ens_diags *diags)
{
    for (size_t i = 0; i < diags->count; i++) {
        if (diags->items[i].severity == ENS_ERROR) {
            ENS_AUTO_ARENA *arena = ens_arena_new();
            ens_str line = ens_diag_line(arena, &diags->items[i]);
            /* For the record only: the host that reads the line below shows it. */
            ens_log(plugin->log, ENS_LOG_WARN, "plugin", "%s", line.ptr);
            (void)printf("%s: %s\n", plugin->program, line.ptr);
            break;
        }
    }
    (void)fflush(stdout);
    return 1;
}

/* The host asked for shutdown. On the server's thread. */
static void on_shutdown(void *ud)
{
    struct serving *serving = ud;

    ens_log(serving->plugin->log, ENS_LOG_DEBUG, "plugin", "the host asked for shutdown");
    ens_rpc_server_stop(serving->server);
}

/* The streams that a host holds open broke off, or a connection did after that. A host that is
 * still connected has only closed them: then its connection is what remains to be watched. On the
 * server's thread or the watch's. */
static void on_left(void *ud)
{
    struct serving *serving = ud;

    if (serving->client_cert == NULL) {
        return;
    }
    int connection = ens_socket_connection(&serving->socket);
    if (connection >= 0) {
        ens_watch_connection(serving->watch, connection);
    } else {
        ens_log(serving->plugin->log, ENS_LOG_INFO, "plugin", "the host has disconnected");
        ens_rpc_server_stop(serving->server);
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
        .client_cert_pem = serving->client_cert,
        .server_cert_pem = serving->mtls.certificate_pem,
        .server_key_pem = serving->mtls.key_pem,
        .stopping = on_stopping,
        .ud = serving,
        .log = plugin->log,
    };
    int port = 0;

    size_t count = plugin->service_count + 1;
    struct ens_rpc_service *services = ens_alloc_array(count, sizeof(*services));
    for (size_t i = 0; i < plugin->service_count; i++) {
        services[i] = plugin->services[i];
    }
    services[plugin->service_count] = ens_goplugin_service(serving->goplugin);
    ens_rc rc = ens_rpc_server_new(&options, services, count, &serving->server, &port, diags);
    ens_free(services);
    return rc;
}

/* Writes the line, then points stdout at stderr, so that nothing can follow it. */
static ens_rc announce(const struct serving *serving, const struct ens_environment *environment,
                       struct ens_diags *diags)
{
    const struct ens_plugin *plugin = serving->plugin;
    const struct ens_plugin_host *host =
        ens_handshake_host(plugin->hosts, plugin->host_count, environment);
    const char *multiplex = environment->get(environment->ud, ENS_ENV_MULTIPLEX);
    const struct ens_handshake handshake = {
        .app_version = host->app_version,
        .socket = ens_str_of(serving->socket.path),
        .certificate = ens_str_of(serving->mtls.certificate_base64),
    };
    ENS_AUTO_BUF line = ens_buf_new(ENS_HANDSHAKE_MAX);

    ens_rc rc = ens_handshake_write(&line, &handshake, multiplex != NULL && multiplex[0] != '\0');
    ENS_ASSERT(rc == ENS_OK);
    if (fputs(ens_buf_text(&line), stdout) < 0 || fflush(stdout) != 0 ||
        dup2(STDERR_FILENO, STDOUT_FILENO) < 0) {
        return ens_fail(diags, ENS_IO, NULL, "the host does not read the handshake: %s",
                        strerror(errno));
    }
    return ENS_OK;
}

static ens_rc begin(struct serving *serving, const struct ens_environment *environment,
                    struct ens_diags *diags)
{
    const struct ens_goplugin_events goplugin_events = {on_shutdown, on_left, serving};
    const struct ens_watch_events watch_events = {on_end, on_left, on_overdue, serving};
    const char *certificate = environment->get(environment->ud, ENS_ENV_CLIENT_CERT);
    ens_rc rc = ENS_OK;

    if (certificate != NULL && certificate[0] != '\0') {
        serving->client_cert = certificate;
        rc = ens_certificate_check(certificate, ENS_ENV_CLIENT_CERT, diags);
        if (rc == ENS_OK) {
            rc = ens_mtls_new(&serving->mtls, diags);
        }
    }
    if (rc == ENS_OK) {
        rc = ens_socket_new(environment, &serving->socket, diags);
    }
    if (rc == ENS_OK) {
        serving->goplugin = ens_goplugin_new(&goplugin_events);
        rc = start_server(serving, diags);
    }
    if (rc == ENS_OK) {
        serving->watch = ens_watch_start(&watch_events, serving->plugin->log);
        rc = ens_socket_share(&serving->socket, diags);
    }
    return rc == ENS_OK ? announce(serving, environment, diags) : rc;
}

int ens_plugin_serve(const struct ens_plugin *plugin, const struct ens_environment *environment)
{
    ENS_AUTO_DIAGS diags = {0};
    struct serving serving = {.plugin = plugin, .socket = {.lock = -1}};

    if (!ens_plugin_invited(plugin, environment)) {
        return 1;
    }
    int code = 0;
    if (begin(&serving, environment, &diags) == ENS_OK) {
        ens_rpc_server_run(serving.server);
    } else {
        code = ens_plugin_decline(plugin, &diags);
    }
    /* It may stop the server until now. */
    ens_watch_free(serving.watch);
    serving.watch = NULL;
    ens_rpc_server_free(serving.server);
    ens_goplugin_free(serving.goplugin);
    ens_socket_done(&serving.socket);
    ens_mtls_done(&serving.mtls);
    return code;
}
