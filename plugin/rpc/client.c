/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/client.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <grpc/grpc.h>
#include <grpc/grpc_posix.h>
#include <grpc/grpc_security.h>
#include <grpc/support/time.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/utf8.h"
#include "plugin.pb-c.h"
#include "rpc/bounded.h"
#include "rpc/child.h"
#include "rpc/claim.h"
#include "rpc/connection.h"
#include "rpc/grpc_arg.h"
#include "rpc/grpc_log.h"
#include "rpc/handshake.h"
#include "rpc/mtls.h"
#include "rpc/stream.h"

#define START_TIMEOUT_MS ((int64_t)60 * 1000)
#define END_PATIENCE_MS  2000
#define SHUTDOWN_MS      1000

/* The two ways to reach a plugin: a connection that it inherits, or mutual TLS on its own socket.
 */
struct way {
    int ends[2]; /* of the connection: ours, the plugin's; -1: not one, or given away */
    struct ens_mtls mtls;
};

struct ens_rpc_client {
    struct ens_rpc_client_options options; /* until it is connected */
    struct ens_claim *claim; /* of the channel's threads, until the child has created its own */
    struct way way;
    struct ens_child child;
    grpc_channel *channel; /* NULL: not connected yet, or dismissed */
    char *socket; /* path of the plugin's socket; NULL: it has none, or it is not known yet */
    gpr_timespec deadline; /* of its end */
    bool dismissed;
};

/* Core is initialised once, and shut down by ens_rpc_client_end. */
static atomic_bool core_initialised;

struct ens_rpc_stream *ens_rpc_client_stream(struct ens_rpc_client *client, const char *path,
                                             const ProtobufCMessage *request,
                                             const ProtobufCMessageDescriptor *reply)
{
    return ens_rpc_stream_open(client->channel, path, request, reply,
                               gpr_inf_future(GPR_CLOCK_MONOTONIC));
}

ens_rc ens_rpc_client_unary(struct ens_rpc_client *client, const char *path,
                            const ProtobufCMessage *request,
                            const ProtobufCMessageDescriptor *reply, struct ens_arena *arena,
                            ProtobufCMessage **ret, struct ens_diags *diags)
{
    struct ens_rpc_stream *stream = ens_rpc_client_stream(client, path, request, reply);
    ens_rpc_stream_bound(stream, ENS_RPC_UNARY_MS);
    ens_rc rc = ens_rpc_stream_one(stream, arena, ret, diags);
    ens_rpc_stream_free(stream);
    return rc;
}

static char *variable(const char *name, const char *value)
{
    ENS_AUTO_BUF text = ens_buf_new(ENS_CERTIFICATE_MAX);

    ens_buf_addf(&text, "%s=%s", name, value);
    ENS_ASSERT(!ens_buf_failed(&text));
    return ens_buf_take(&text);
}

static void close_end(int *end)
{
    if (*end >= 0) {
        (void)close(*end);
    }
    *end = -1;
}

static void way_done(struct way *way)
{
    close_end(&way->ends[0]);
    close_end(&way->ends[1]);
    ens_mtls_done(&way->mtls);
}

static ens_rc start_child(const struct ens_rpc_client_options *options, struct way *way,
                          struct ens_child *ret, struct ens_diags *diags)
{
    char version[16];
    char connection[] = ENS_ENV_CONNECTION "=" ENS_CONNECTION;
    char no_connection[] = ENS_ENV_CONNECTION;
    char no_certificate[] = ENS_ENV_CLIENT_CERT;
    char no_multiplex[] = ENS_ENV_MULTIPLEX;

    (void)snprintf(version, sizeof(version), "%d", options->app_version);
    ENS_CLEANUP(ens_free_char) char *cookie = variable(options->cookie_key, options->cookie_value);
    ENS_CLEANUP(ens_free_char) char *versions = variable(ENS_ENV_VERSIONS, version);
    ENS_CLEANUP(ens_free_char)
    char *certificate =
        options->inherits ? NULL : variable(ENS_ENV_CLIENT_CERT, way->mtls.certificate_pem);
    char *variables[] = {cookie,
                         versions,
                         options->inherits ? no_certificate : certificate,
                         options->inherits ? connection : no_connection,
                         no_multiplex,
                         NULL};
    ens_rc rc = ens_child_start(options->program, variables, way->ends[1], ret, diags);
    close_end(&way->ends[1]);
    return rc;
}

/* The channel closes its descriptor. */
static grpc_channel *connect_inherited(struct way *way, const grpc_channel_args *args)
{
    grpc_channel_credentials *credentials = grpc_insecure_credentials_create();
    grpc_channel *channel = grpc_channel_create_from_fd("plugin", way->ends[0], credentials, args);

    way->ends[0] = -1;
    grpc_channel_credentials_release(credentials);
    return channel;
}

static grpc_channel *connect_by_tls(const struct ens_handshake *handshake,
                                    const struct ens_mtls *mtls, const grpc_channel_args *args,
                                    struct ens_diags *diags)
{
    ENS_CLEANUP(ens_free_char) char *server_pem = NULL;
    ENS_AUTO_BUF target = ens_buf_new(ENS_HANDSHAKE_MAX + 8);
    grpc_ssl_pem_key_cert_pair pair = {mtls->key_pem, mtls->certificate_pem};

    if (handshake->certificate.len == 0) {
        ens_diags_add(diags, ENS_ERROR, NULL, NULL, "does not offer mutual TLS");
        return NULL;
    }
    if (ens_certificate_decode(handshake->certificate, &server_pem, diags) != ENS_OK) {
        return NULL;
    }
    ens_buf_addf(&target, "unix:%.*s", ENS_STR_ARG(handshake->socket));
    ENS_ASSERT(!ens_buf_failed(&target));
    grpc_channel_credentials *credentials =
        grpc_ssl_credentials_create_ex(server_pem, &pair, NULL, NULL);
    grpc_channel *channel = grpc_channel_create(ens_buf_text(&target), credentials, args);
    grpc_channel_credentials_release(credentials);
    return channel;
}

static grpc_channel *connect_to(const struct ens_handshake *handshake, struct way *way,
                                struct ens_diags *diags)
{
    grpc_arg args[] = {
        ens_grpc_arg_int(GRPC_ARG_MAX_RECEIVE_MESSAGE_LENGTH, (int)ENS_RPC_MESSAGE_MAX),
        ens_grpc_arg_int(GRPC_ARG_ENABLE_HTTP_PROXY, 0),
        ens_grpc_arg_int(GRPC_ARG_ENABLE_RETRIES, 0),
        ens_grpc_arg_text(GRPC_SSL_TARGET_NAME_OVERRIDE_ARG, "localhost"),
    };
    const grpc_channel_args list = {ENS_COUNT(args), args};

    if (handshake->inherited != (way->ends[0] >= 0)) {
        ens_diags_add(diags, ENS_ERROR, NULL, NULL, "%s the connection that it inherits",
                      handshake->inherited ? "speaks of" : "does not take");
        return NULL;
    }
    return handshake->inherited ? connect_inherited(way, &list)
                                : connect_by_tls(handshake, &way->mtls, &list, diags);
}

/* Reads the handshake line, or the sentence that a plugin prints instead (ens_plugin_decline). */
static ens_rc read_line(const struct ens_rpc_client_options *options, ens_str line,
                        struct ens_handshake *ret, struct ens_diags *diags)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ens_str name = ens_str_of(strrchr(options->program, '/'));
    ens_str said = {NULL, 0};

    name = name.len > 0 ? (ens_str){name.ptr + 1, name.len - 1} : ens_str_of(options->program);
    if (ens_str_eq(ens_str_cut(line, ':', &said), name)) {
        said = ens_utf8_clean(arena, ens_str_trim(said));
        return ens_fail(diags, ENS_IO, NULL, "can't start: %.*s", ENS_STR_ARG(said));
    }
    return ens_handshake_read(line, options->app_version, ret, diags);
}

static char *copy_text(ens_str text)
{
    char *copy = ens_alloc(text.len + 1);

    return memcpy(copy, text.ptr, text.len);
}

static ens_rc init_core(struct ens_claim **ret, struct ens_diags *diags)
{
    ens_rc rc = ens_claim_new(ENS_CLAIM_CLIENT_DESCRIPTORS, 0, ret, diags);

    if (rc == ENS_OK) {
        ens_claim_begin_core(*ret);
        if (!atomic_exchange(&core_initialised, true)) {
            grpc_init();
        }
    }
    return rc;
}

ens_rc ens_rpc_client_start(const struct ens_rpc_client_options *options,
                            struct ens_rpc_client **ret, struct ens_diags *diags)
{
    struct ens_rpc_client *client = ens_alloc(sizeof(*client));

    ens_grpc_log_begin(NULL);
    *client =
        (struct ens_rpc_client){.options = *options, .way.ends = {-1, -1}, .child.output = -1};
    ens_rc rc = init_core(&client->claim, diags);
    if (rc == ENS_OK) {
        rc = options->inherits ? ens_connection_pair(client->way.ends, diags)
                               : ens_mtls_new(&client->way.mtls, diags);
    }
    if (rc == ENS_OK) {
        rc = start_child(options, &client->way, &client->child, diags);
    }
    if (rc != ENS_OK) {
        ens_rpc_client_free(client);
        return rc;
    }
    *ret = client;
    return ENS_OK;
}

static ens_rc connect_client(struct ens_rpc_client *client, struct ens_diags *diags)
{
    ENS_AUTO_BUF line = ens_buf_new(ENS_HANDSHAKE_MAX);
    const int64_t timeout_ms = client->options.start_timeout_ms;
    struct ens_handshake handshake = {0};

    ens_rc rc = ens_child_read_line(&client->child, timeout_ms == 0 ? START_TIMEOUT_MS : timeout_ms,
                                    &line, diags);
    if (rc == ENS_OK) {
        rc = read_line(&client->options, ens_buf_str(&line), &handshake, diags);
    }
    if (rc == ENS_OK) {
        client->socket = handshake.inherited ? NULL : copy_text(handshake.socket);
        ens_claim_free(client->claim);
        client->claim = NULL;
        client->channel = connect_to(&handshake, &client->way, diags);
        rc = client->channel == NULL ? ENS_MALFORMED : ENS_OK;
    }
    return rc;
}

ens_rc ens_rpc_client_connect(struct ens_rpc_client *client, struct ens_diags *diags)
{
    ens_rc rc = connect_client(client, diags);

    way_done(&client->way);
    if (rc != ENS_OK) {
        ens_diags_prefix(diags, client->options.program);
        ens_child_end(&client->child, rc == ENS_DEADLINE ? 0 : END_PATIENCE_MS);
    }
    return rc;
}

/* Calls Shutdown. A failure is ignored: the process is killed at the deadline. */
static void call_shutdown(struct ens_rpc_client *client)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    Plugin__Empty request = PLUGIN__EMPTY__INIT;
    ProtobufCMessage *reply = NULL;
    struct ens_rpc_stream *stream =
        ens_rpc_stream_open(client->channel, "/plugin.GRPCController/Shutdown", &request.base,
                            &plugin__empty__descriptor, client->deadline);

    ens_rpc_stream_bound(stream, END_PATIENCE_MS);
    (void)!ens_rpc_stream_one(stream, arena, &reply, NULL);
    ens_rpc_stream_free(stream);
}

void ens_rpc_client_dismiss(struct ens_rpc_client *client)
{
    if (client->channel != NULL) {
        client->deadline = gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                                        gpr_time_from_millis(END_PATIENCE_MS, GPR_TIMESPAN));
        call_shutdown(client);
        grpc_channel_destroy(client->channel);
        client->channel = NULL;
        client->dismissed = true;
    }
}

/* Removes the socket and its directory, which a killed plugin leaves behind. rmdir fails if the
 * directory has other files. */
static void remove_socket(const char *path)
{
    struct stat info;

    if (path != NULL && lstat(path, &info) == 0 && S_ISSOCK(info.st_mode) && unlink(path) == 0) {
        ENS_CLEANUP(ens_free_char) char *directory = ens_strdup(path);
        char *slash = strrchr(directory, '/');
        if (slash != NULL && slash != directory) {
            *slash = '\0';
            (void)rmdir(directory);
        }
    }
}

/* The time that the process is given to end; none if it was never connected, so that it has nothing
 * to end. */
static int64_t patience_ms(const struct ens_rpc_client *client)
{
    return client->dismissed
               ? gpr_time_to_millis(gpr_time_sub(client->deadline, gpr_now(GPR_CLOCK_MONOTONIC)))
               : 0;
}

void ens_rpc_client_free(struct ens_rpc_client *client)
{
    if (client == NULL) {
        return;
    }
    ens_rpc_client_dismiss(client);
    ens_claim_free(client->claim);
    way_done(&client->way);
    ens_child_end(&client->child, patience_ms(client));
    remove_socket(client->socket);
    ens_free(client->socket);
    ens_free(client);
}

void ens_rpc_client_end(int code)
{
    if (atomic_exchange(&core_initialised, false)) {
        ens_bounded_begin(SHUTDOWN_MS, code, -1, NULL);
        grpc_shutdown_blocking();
        ens_bounded_end();
    }
}
