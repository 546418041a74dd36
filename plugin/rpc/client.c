#include "rpc/client.h"

#include <stdio.h>

#include <grpc/grpc.h>
#include <grpc/grpc_security.h>
#include <grpc/support/time.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/utf8.h"
#include "plugin.pb-c.h"
#include "rpc/child.h"
#include "rpc/codec.h"
#include "rpc/grpc_arg.h"
#include "rpc/grpc_log.h"
#include "rpc/handshake.h"
#include "rpc/mtls.h"

#define START_TIMEOUT_MS ((int64_t)60 * 1000)
#define END_PATIENCE_MS  2000

struct ens_rpc_client {
    struct ens_child child;
    grpc_channel *channel;
};

/* One call. It has a queue of its own, so that each thread waits for its own call only. */
struct ens_rpc_stream {
    grpc_call *grpc;
    grpc_completion_queue *queue;
    const ProtobufCMessageDescriptor *reply;
    grpc_byte_buffer *request;
    grpc_metadata_array headers;
    grpc_metadata_array trailers;
    grpc_slice details;
    grpc_status_code status;
    bool ended; /* status is there */
};

static struct ens_rpc_stream *stream_open(struct ens_rpc_client *client, const char *path,
                                          const ProtobufCMessage *request,
                                          const ProtobufCMessageDescriptor *reply,
                                          gpr_timespec deadline)
{
    struct ens_rpc_stream *stream = ens_alloc(sizeof(*stream));

    stream->reply = reply;
    stream->queue = grpc_completion_queue_create_for_pluck(NULL);
    grpc_slice method = grpc_slice_from_copied_string(path);
    stream->grpc = grpc_channel_create_call(client->channel, NULL, GRPC_PROPAGATE_DEFAULTS,
                                            stream->queue, method, NULL, deadline, NULL);
    grpc_slice_unref(method);
    stream->request = ens_rpc_pack(request);
    grpc_metadata_array_init(&stream->headers);
    grpc_metadata_array_init(&stream->trailers);
    const grpc_op sends[] = {
        {.op = GRPC_OP_SEND_INITIAL_METADATA},
        {.op = GRPC_OP_SEND_MESSAGE, .data.send_message.send_message = stream->request},
        {.op = GRPC_OP_SEND_CLOSE_FROM_CLIENT},
        {.op = GRPC_OP_RECV_INITIAL_METADATA,
         .data.recv_initial_metadata.recv_initial_metadata = &stream->headers},
    };
    const grpc_op status = {.op = GRPC_OP_RECV_STATUS_ON_CLIENT,
                            .data.recv_status_on_client = {.trailing_metadata = &stream->trailers,
                                                           .status = &stream->status,
                                                           .status_details = &stream->details}};
    grpc_call_error error =
        grpc_call_start_batch(stream->grpc, sends, ENS_COUNT(sends), &stream->request, NULL);
    ENS_ASSERT(error == GRPC_CALL_OK);
    error = grpc_call_start_batch(stream->grpc, &status, 1, &stream->status, NULL);
    ENS_ASSERT(error == GRPC_CALL_OK);
    return stream;
}

static void await(struct ens_rpc_stream *stream, void *tag)
{
    (void)grpc_completion_queue_pluck(stream->queue, tag, gpr_inf_future(GPR_CLOCK_MONOTONIC),
                                      NULL);
}

static void await_status(struct ens_rpc_stream *stream)
{
    if (!stream->ended) {
        await(stream, &stream->status);
        stream->ended = true;
    }
}

static ens_rc fail_with_status(const struct ens_rpc_stream *stream, struct ens_diags *diags)
{
    static const struct {
        grpc_status_code status;
        ens_rc rc;
        const char *summary; /* NULL: what the plugin said */
    } meanings[] = {
        {GRPC_STATUS_INVALID_ARGUMENT, ENS_INVALID, NULL},
        {GRPC_STATUS_CANCELLED, ENS_CANCELLED, "the call was cancelled"},
        {GRPC_STATUS_UNIMPLEMENTED, ENS_UNSUPPORTED, NULL},
        {GRPC_STATUS_UNAVAILABLE, ENS_IO, "the plugin process can't be reached or has ended"},
    };
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ens_str said = {(const char *)GRPC_SLICE_START_PTR(stream->details),
                    GRPC_SLICE_LENGTH(stream->details)};
    ens_rc rc = ENS_IO;
    const char *summary = NULL;

    said = ens_arena_dup(arena, ens_utf8_clean(arena, said));
    for (size_t i = 0; i < ENS_COUNT(meanings); i++) {
        if (meanings[i].status == stream->status) {
            rc = meanings[i].rc;
            summary = meanings[i].summary;
        }
    }
    if (summary != NULL) {
        ens_diags_add(diags, ENS_ERROR, NULL, said.ptr, "%s", summary);
    } else if (said.len > 0) {
        ens_diags_add(diags, ENS_ERROR, NULL, NULL, "%s", said.ptr);
    } else {
        ens_diags_add(diags, ENS_ERROR, NULL, NULL, "the plugin answered with gRPC status %d",
                      (int)stream->status);
    }
    return rc;
}

ens_rc ens_rpc_stream_next(struct ens_rpc_stream *stream, struct ens_arena *arena,
                           ProtobufCMessage **ret, struct ens_diags *diags)
{
    grpc_byte_buffer *bytes = NULL;
    const grpc_op receive = {.op = GRPC_OP_RECV_MESSAGE, .data.recv_message.recv_message = &bytes};

    if (!stream->ended) {
        grpc_call_error error = grpc_call_start_batch(stream->grpc, &receive, 1, stream, NULL);
        ENS_ASSERT(error == GRPC_CALL_OK);
        await(stream, stream);
    }
    if (bytes == NULL) {
        await_status(stream);
        if (stream->status != GRPC_STATUS_OK) {
            return fail_with_status(stream, diags);
        }
        *ret = NULL;
        return ENS_OK;
    }
    ens_rc rc = ens_rpc_unpack(bytes, stream->reply, ENS_RPC_UNPACK_MAX, arena, ret);
    grpc_byte_buffer_destroy(bytes);
    if (rc != ENS_OK) {
        return ens_fail(diags, rc, NULL, "the plugin's answer is not a well-formed %s message",
                        stream->reply->name);
    }
    return ENS_OK;
}

struct ens_rpc_stream *ens_rpc_client_stream(struct ens_rpc_client *client, const char *path,
                                             const ProtobufCMessage *request,
                                             const ProtobufCMessageDescriptor *reply)
{
    return stream_open(client, path, request, reply, gpr_inf_future(GPR_CLOCK_MONOTONIC));
}

void ens_rpc_stream_cancel(struct ens_rpc_stream *stream)
{
    (void)grpc_call_cancel(stream->grpc, NULL);
}

void ens_rpc_stream_free(struct ens_rpc_stream *stream)
{
    if (stream == NULL) {
        return;
    }
    if (!stream->ended) {
        ens_rpc_stream_cancel(stream);
        await_status(stream);
    }
    await(stream, &stream->request);
    grpc_call_unref(stream->grpc);
    grpc_completion_queue_destroy(stream->queue);
    grpc_byte_buffer_destroy(stream->request);
    grpc_metadata_array_destroy(&stream->headers);
    grpc_metadata_array_destroy(&stream->trailers);
    grpc_slice_unref(stream->details);
    ens_free(stream);
}

static ens_rc call_once(struct ens_rpc_stream *stream, struct ens_arena *arena,
                        ProtobufCMessage **ret, struct ens_diags *diags)
{
    ProtobufCMessage *reply = NULL;
    ProtobufCMessage *end = NULL;

    ens_rc rc = ens_rpc_stream_next(stream, arena, &reply, diags);
    if (rc == ENS_OK && reply != NULL) {
        rc = ens_rpc_stream_next(stream, arena, &end, diags);
    }
    if (rc == ENS_OK && (reply == NULL || end != NULL)) {
        return ens_fail(diags, ENS_MALFORMED, NULL, "the plugin did not answer with one %s message",
                        stream->reply->name);
    }
    if (rc == ENS_OK) {
        *ret = reply;
    }
    return rc;
}

ens_rc ens_rpc_client_unary(struct ens_rpc_client *client, const char *path,
                            const ProtobufCMessage *request,
                            const ProtobufCMessageDescriptor *reply, struct ens_arena *arena,
                            ProtobufCMessage **ret, struct ens_diags *diags)
{
    struct ens_rpc_stream *stream = ens_rpc_client_stream(client, path, request, reply);
    ens_rc rc = call_once(stream, arena, ret, diags);

    ens_rpc_stream_free(stream);
    return rc;
}

static char *variable(const char *name, const char *value)
{
    ENS_AUTO_BUF text = ens_buf_new(ENS_CERTIFICATE_MAX);

    ENS_ASSERT(ens_buf_addf(&text, "%s=%s", name, value) == ENS_OK);
    return ens_buf_take(&text);
}

static ens_rc start_child(const struct ens_rpc_client_options *options, const struct ens_mtls *mtls,
                          struct ens_child *ret, struct ens_diags *diags)
{
    char version[16];

    (void)snprintf(version, sizeof(version), "%d", options->app_version);
    ENS_CLEANUP(ens_free_char) char *cookie = variable(options->cookie_key, options->cookie_value);
    ENS_CLEANUP(ens_free_char) char *versions = variable(ENS_ENV_VERSIONS, version);
    ENS_CLEANUP(ens_free_char)
    char *certificate = variable(ENS_ENV_CLIENT_CERT, mtls->certificate_pem);
    const char *variables[] = {cookie, versions, certificate, ENS_ENV_MULTIPLEX, NULL};
    return ens_child_start(options->program, variables, ret, diags);
}

static grpc_channel *connect_to(const struct ens_handshake *handshake, const struct ens_mtls *mtls,
                                struct ens_diags *diags)
{
    ENS_CLEANUP(ens_free_char) char *server_pem = NULL;
    ENS_AUTO_BUF target = ens_buf_new(ENS_HANDSHAKE_MAX + 8);
    grpc_arg args[] = {
        ens_grpc_arg_int(GRPC_ARG_MAX_RECEIVE_MESSAGE_LENGTH, (int)ENS_RPC_MESSAGE_MAX),
        ens_grpc_arg_int(GRPC_ARG_ENABLE_HTTP_PROXY, 0),
        ens_grpc_arg_int(GRPC_ARG_ENABLE_RETRIES, 0),
        ens_grpc_arg_text(GRPC_SSL_TARGET_NAME_OVERRIDE_ARG, "localhost"),
    };
    grpc_channel_args list = {ENS_COUNT(args), args};
    grpc_ssl_pem_key_cert_pair pair = {mtls->key_pem, mtls->certificate_pem};

    if (handshake->certificate.len == 0) {
        (void)ens_fail(diags, ENS_UNSUPPORTED, NULL, "does not offer mutual TLS");
        return NULL;
    }
    if (ens_certificate_decode(handshake->certificate, &server_pem, diags) != ENS_OK) {
        return NULL;
    }
    ENS_ASSERT(ens_buf_addf(&target, "unix:%.*s", ENS_STR_ARG(handshake->socket)) == ENS_OK);
    grpc_channel_credentials *credentials =
        grpc_ssl_credentials_create_ex(server_pem, &pair, NULL, NULL);
    grpc_channel *channel = grpc_channel_create(ens_buf_text(&target), credentials, &list);
    grpc_channel_credentials_release(credentials);
    return channel;
}

static ens_rc start(const struct ens_rpc_client_options *options, struct ens_rpc_client *client,
                    struct ens_diags *diags)
{
    ENS_AUTO_MTLS mtls = {0};
    ENS_AUTO_BUF line = ens_buf_new(ENS_HANDSHAKE_MAX);
    struct ens_handshake handshake = {0};
    int64_t timeout_ms = options->start_timeout_ms;

    ens_rc rc = ens_mtls_new(&mtls, diags);
    if (rc == ENS_OK) {
        rc = start_child(options, &mtls, &client->child, diags);
    }
    if (rc != ENS_OK) {
        return rc;
    }
    rc = ens_child_read_line(&client->child, timeout_ms == 0 ? START_TIMEOUT_MS : timeout_ms, &line,
                             diags);
    if (rc == ENS_OK) {
        rc = ens_handshake_read(ens_buf_str(&line), options->app_version, &handshake, diags);
    }
    if (rc == ENS_OK) {
        client->channel = connect_to(&handshake, &mtls, diags);
        rc = client->channel == NULL ? ENS_MALFORMED : ENS_OK;
    }
    if (rc != ENS_OK) {
        ens_diags_prefix(diags, options->program);
    }
    return rc;
}

ens_rc ens_rpc_client_start(const struct ens_rpc_client_options *options,
                            struct ens_rpc_client **ret, struct ens_diags *diags)
{
    struct ens_rpc_client *client = ens_alloc(sizeof(*client));

    grpc_init();
    ens_grpc_log_begin(NULL);
    client->child.output = -1;
    ens_rc rc = start(options, client, diags);
    if (rc != ENS_OK) {
        ens_child_end(&client->child, 0);
        ens_rpc_client_free(client);
        return rc;
    }
    *ret = client;
    return ENS_OK;
}

static void ask_to_end(struct ens_rpc_client *client)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    Plugin__Empty request = PLUGIN__EMPTY__INIT;
    ProtobufCMessage *reply = NULL;
    gpr_timespec deadline = gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                                         gpr_time_from_millis(END_PATIENCE_MS, GPR_TIMESPAN));

    struct ens_rpc_stream *stream =
        stream_open(client, "/plugin.GRPCController/Shutdown", &request.base,
                    &plugin__empty__descriptor, deadline);
    /* If it can't be asked, it is killed. */
    (void)call_once(stream, arena, &reply, NULL);
    ens_rpc_stream_free(stream);
}

void ens_rpc_client_free(struct ens_rpc_client *client)
{
    if (client == NULL) {
        return;
    }
    if (client->channel != NULL) {
        ask_to_end(client);
        grpc_channel_destroy(client->channel);
    }
    ens_child_end(&client->child, END_PATIENCE_MS);
    grpc_shutdown_blocking();
    ens_free(client);
}
