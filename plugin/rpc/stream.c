/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/stream.h"

#include "base/alloc.h"
#include "base/utf8.h"
#include "rpc/codec.h"

#define CANCEL_MS 1000 /* a cancelled call ends at once, unless core lacks a thread */

/* One call. It has a queue of its own, so that each thread waits for its own call only. */
struct ens_rpc_stream {
    grpc_call *grpc;
    grpc_completion_queue *queue;
    const ProtobufCMessageDescriptor *reply;
    grpc_byte_buffer *request;
    grpc_byte_buffer *received; /* written by core */
    grpc_metadata_array headers;
    grpc_metadata_array trailers;
    grpc_slice details;
    grpc_status_code status;
    bool ended;              /* the status was received */
    gpr_timespec wait_limit; /* time limit of waits for events */
    bool timed_out;          /* a wait timed out: core lacks a thread, or the plugin hangs */
    int64_t (*pace)(void *ud);
    void *pace_ud;
};

struct ens_rpc_stream *ens_rpc_stream_open(grpc_channel *channel, const char *path,
                                           const ProtobufCMessage *request,
                                           const ProtobufCMessageDescriptor *reply,
                                           gpr_timespec deadline)
{
    struct ens_rpc_stream *stream = ens_alloc(sizeof(*stream));

    stream->reply = reply;
    stream->wait_limit = gpr_inf_future(GPR_CLOCK_MONOTONIC);
    stream->queue = grpc_completion_queue_create_for_pluck(NULL);
    grpc_slice method = grpc_slice_from_copied_string(path);
    stream->grpc = grpc_channel_create_call(channel, NULL, GRPC_PROPAGATE_DEFAULTS, stream->queue,
                                            method, NULL, deadline, NULL);
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

/* Waits for an event with the timeout of the queue, because the deadline of a call depends on
 * core's timer thread. */
static bool await(struct ens_rpc_stream *stream, void *tag)
{
    grpc_event event = {0};

    if (!stream->timed_out) {
        event = grpc_completion_queue_pluck(stream->queue, tag, stream->wait_limit, NULL);
        stream->timed_out = event.type != GRPC_OP_COMPLETE;
    }
    return !stream->timed_out;
}

static bool await_status(struct ens_rpc_stream *stream)
{
    if (!stream->ended) {
        stream->ended = await(stream, &stream->status);
    }
    return stream->ended;
}

static gpr_timespec in_ms(int64_t ms)
{
    return gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_millis(ms, GPR_TIMESPAN));
}

void ens_rpc_stream_bound(struct ens_rpc_stream *stream, int64_t ms)
{
    stream->wait_limit = in_ms(ms);
}

/* Like await, but calls pace before each wait. */
static bool await_at_pace(struct ens_rpc_stream *stream, void *tag)
{
    while (!stream->timed_out) {
        int64_t ms = stream->pace == NULL ? -1 : stream->pace(stream->pace_ud);
        gpr_timespec until =
            ms < 0 ? stream->wait_limit : gpr_time_min(in_ms(ms), stream->wait_limit);
        grpc_event event = grpc_completion_queue_pluck(stream->queue, tag, until, NULL);
        if (event.type == GRPC_OP_COMPLETE) {
            return true;
        }
        stream->timed_out =
            event.type != GRPC_QUEUE_TIMEOUT || gpr_time_cmp(until, stream->wait_limit) >= 0;
    }
    return false;
}

void ens_rpc_stream_pace(struct ens_rpc_stream *stream, int64_t (*pace)(void *ud), void *ud)
{
    stream->pace = pace;
    stream->pace_ud = ud;
}

static ens_rc fail_timed_out(struct ens_diags *diags)
{
    return ens_fail(diags, ENS_DEADLINE, NULL, "the plugin process does not answer");
}

static ens_rc fail_with_status(const struct ens_rpc_stream *stream, struct ens_diags *diags)
{
    static const struct {
        grpc_status_code status;
        ens_rc rc;
        const char *summary; /* NULL: the plugin's message */
    } meanings[] = {
        {GRPC_STATUS_INVALID_ARGUMENT, ENS_INVALID, NULL},
        {GRPC_STATUS_CANCELLED, ENS_CANCELLED, "the call was cancelled"},
        {GRPC_STATUS_UNIMPLEMENTED, ENS_UNSUPPORTED, NULL},
        {GRPC_STATUS_UNAVAILABLE, ENS_IO, "the plugin process can't be reached or has ended"},
    };
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ens_str details = {(const char *)GRPC_SLICE_START_PTR(stream->details),
                       GRPC_SLICE_LENGTH(stream->details)};
    ens_rc rc = ENS_IO;
    const char *summary = NULL;

    details = ens_arena_dup(arena, ens_utf8_clean(arena, details));
    for (size_t i = 0; i < ENS_COUNT(meanings); i++) {
        if (meanings[i].status == stream->status) {
            rc = meanings[i].rc;
            summary = meanings[i].summary;
        }
    }
    if (summary != NULL) {
        ens_diags_add(diags, ENS_ERROR, NULL, details.ptr, "%s", summary);
    } else if (details.len > 0) {
        ens_diags_add(diags, ENS_ERROR, NULL, NULL, "%s", details.ptr);
    } else {
        ens_diags_add(diags, ENS_ERROR, NULL, NULL, "the plugin answered with gRPC status %d",
                      (int)stream->status);
    }
    return rc;
}

ens_rc ens_rpc_stream_next(struct ens_rpc_stream *stream, struct ens_arena *arena,
                           ProtobufCMessage **ret, struct ens_diags *diags)
{
    const grpc_op receive = {.op = GRPC_OP_RECV_MESSAGE,
                             .data.recv_message.recv_message = &stream->received};

    if (!stream->ended && !stream->timed_out) {
        grpc_call_error error = grpc_call_start_batch(stream->grpc, &receive, 1, stream, NULL);
        ENS_ASSERT(error == GRPC_CALL_OK);
        if (!await_at_pace(stream, stream)) {
            return fail_timed_out(diags);
        }
    }
    grpc_byte_buffer *bytes = stream->received;
    stream->received = NULL;
    if (bytes == NULL) {
        if (!await_status(stream)) {
            return fail_timed_out(diags);
        }
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
        stream->wait_limit = in_ms(CANCEL_MS);
        stream->timed_out = false;
        (void)await_status(stream);
    }
    if (!stream->ended || !await(stream, &stream->request)) {
        return; /* leaked: core may still write into it */
    }
    grpc_call_unref(stream->grpc);
    grpc_completion_queue_destroy(stream->queue);
    grpc_byte_buffer_destroy(stream->request);
    grpc_metadata_array_destroy(&stream->headers);
    grpc_metadata_array_destroy(&stream->trailers);
    grpc_slice_unref(stream->details);
    ens_free(stream);
}

ens_rc ens_rpc_stream_one(struct ens_rpc_stream *stream, struct ens_arena *arena,
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
