/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/call.h"

#include <pthread.h>
#include <stdio.h>

#include "base/alloc.h"
#include "rpc/codec.h"

/* Packed messages in the send queue, which are sent as one: gRPC core takes one at a time. More
 * than one only in a call that joins messages. */
struct outgoing {
    struct outgoing *next;
    grpc_slice slice;
    size_t used;             /* bytes of the slice */
    grpc_byte_buffer *bytes; /* NULL until they are sent */
};

struct ens_rpc_call {
    void (*on_freed)(void *ud);
    void *on_freed_ud;
    grpc_call *grpc; /* NULL until ACCEPTED */
    grpc_call_details details;
    grpc_metadata_array metadata;
    struct ens_rpc_tag accepted;
    struct ens_rpc_tag received;
    struct ens_rpc_tag sent;
    struct ens_rpc_tag closed;
    atomic_uint references;

    const struct ens_rpc_method *method;
    void *handler_ud;
    struct ens_arena *arena;
    grpc_byte_buffer *request;
    bool further;  /* the request is not the first one: ens_rpc_call_next */
    int cancelled; /* set by core before CLOSED */

    /* Recursive, because gone() may finish the call, and a reply sends and finishes. */
    pthread_mutex_t lock;
    struct outgoing *first;
    struct outgoing **last;
    struct outgoing *newest;    /* if first is not NULL */
    struct outgoing *in_flight; /* passed to the transport; its SENT is pending */
    size_t queued;              /* bytes from first on */
    atomic_size_t *waiting;     /* the same, in all calls */
    bool sending;               /* a SENT is pending, with or without a message */
    bool joins;                 /* see ens_rpc_call_join */
    bool resting;               /* a message was sent a short while ago: further ones gather */
    struct ens_rest rest;
    struct ens_rests *rests;
    bool headers_sent; /* passed to the transport */
    bool status_sent;
    bool finished;
    bool gone;         /* the client has cancelled or disconnected: nothing is sent */
    bool closed_early; /* CLOSED reported that the client is gone */
    enum ens_rpc_status status;
    char *message;
    void (*on_gone)(void *ud);
    void *on_gone_ud;
    void (*on_room)(void *ud);
    void *on_room_ud;
};

static struct ens_rpc_call *call_new(void)
{
    struct ens_rpc_call *call = ens_alloc(sizeof(*call));
    pthread_mutexattr_t attributes;

    grpc_call_details_init(&call->details);
    grpc_metadata_array_init(&call->metadata);
    call->accepted = (struct ens_rpc_tag){ENS_RPC_EVENT_ACCEPTED, call};
    call->received = (struct ens_rpc_tag){ENS_RPC_EVENT_RECEIVED, call};
    call->sent = (struct ens_rpc_tag){ENS_RPC_EVENT_SENT, call};
    call->closed = (struct ens_rpc_tag){ENS_RPC_EVENT_CLOSED, call};
    atomic_init(&call->references, 1);
    (void)pthread_mutexattr_init(&attributes);
    (void)pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
    (void)pthread_mutex_init(&call->lock, &attributes);
    (void)pthread_mutexattr_destroy(&attributes);
    call->last = &call->first;
    return call;
}

static void outgoing_free(struct outgoing *outgoing)
{
    if (outgoing != NULL) {
        grpc_byte_buffer_destroy(outgoing->bytes);
        grpc_slice_unref(outgoing->slice);
        ens_free(outgoing);
    }
}

/* Adds to the queued bytes; a negated size subtracts, by modular arithmetic. */
static void count_queued(struct ens_rpc_call *call, size_t bytes)
{
    call->queued += bytes;
    (void)atomic_fetch_add_explicit(call->waiting, bytes, memory_order_relaxed);
}

static void drop_queue(struct ens_rpc_call *call)
{
    while (call->first != NULL) {
        struct outgoing *next = call->first->next;
        outgoing_free(call->first);
        call->first = next;
    }
    call->last = &call->first;
    count_queued(call, -call->queued);
}

static void call_ref(struct ens_rpc_call *call)
{
    (void)atomic_fetch_add_explicit(&call->references, 1, memory_order_relaxed);
}

static void call_unref(struct ens_rpc_call *call)
{
    if (atomic_fetch_sub_explicit(&call->references, 1, memory_order_acq_rel) != 1) {
        return;
    }
    drop_queue(call);
    outgoing_free(call->in_flight);
    ens_free(call->message);
    ens_arena_free(call->arena);
    grpc_byte_buffer_destroy(call->request);
    grpc_metadata_array_destroy(&call->metadata);
    grpc_call_details_destroy(&call->details);
    (void)pthread_mutex_destroy(&call->lock);
    if (call->grpc != NULL) {
        grpc_call_unref(call->grpc);
        call->on_freed(call->on_freed_ud);
    }
    ens_free(call);
}

static void start_batch(struct ens_rpc_call *call, const grpc_op *ops, size_t count,
                        struct ens_rpc_tag *tag)
{
    call_ref(call);
    grpc_call_error error = grpc_call_start_batch(call->grpc, ops, count, tag, NULL);
    ENS_ASSERT(error == GRPC_CALL_OK);
}

void ens_rpc_call_arm(grpc_server *grpc, grpc_completion_queue *queue, atomic_size_t *waiting,
                      struct ens_rests *rests, void (*freed)(void *ud), void *ud)
{
    struct ens_rpc_call *call = call_new();

    call->waiting = waiting;
    call->rests = rests;
    call->rest.call = call;
    call->on_freed = freed;
    call->on_freed_ud = ud;
    grpc_call_error error = grpc_server_request_call(
        grpc, &call->grpc, &call->details, &call->metadata, queue, queue, &call->accepted);

    ENS_ASSERT(error == GRPC_CALL_OK);
}

void ens_rpc_call_drop(struct ens_rpc_call *call)
{
    call_unref(call);
}

grpc_slice ens_rpc_call_path(const struct ens_rpc_call *call)
{
    return call->details.method;
}

static void await_close(struct ens_rpc_call *call)
{
    grpc_op close = {.op = GRPC_OP_RECV_CLOSE_ON_SERVER,
                     .data.recv_close_on_server.cancelled = &call->cancelled};

    start_batch(call, &close, 1, &call->closed);
}

void ens_rpc_call_refuse(struct ens_rpc_call *call)
{
    char sentence[64];

    await_close(call);
    (void)snprintf(sentence, sizeof(sentence), "the plugin serves at most %d calls at a time",
                   ENS_RPC_CALLS_MAX);
    ens_rpc_call_finish(call, ENS_RPC_RESOURCE_EXHAUSTED, sentence);
}

static void await_request(struct ens_rpc_call *call)
{
    grpc_op receive = {.op = GRPC_OP_RECV_MESSAGE,
                       .data.recv_message.recv_message = &call->request};

    start_batch(call, &receive, 1, &call->received);
}

void ens_rpc_call_next(struct ens_rpc_call *call)
{
    call->further = true;
    await_request(call);
}

void ens_rpc_call_begin(struct ens_rpc_call *call, const struct ens_rpc_method *method, void *ud)
{
    call->method = method;
    call->handler_ud = ud;
    call->arena = ens_arena_new();
    await_close(call);
    if (method == NULL) {
        ens_rpc_call_finish(call, ENS_RPC_UNIMPLEMENTED, "the plugin has no such method");
    } else if (method->request == NULL) {
        method->handle(ud, call, NULL);
    } else {
        await_request(call);
    }
}

/* rc: of the unpacking, or ENS_NOT_FOUND if there was no request. */
static void refuse_request(struct ens_rpc_call *call, ens_rc rc)
{
    const char *name = call->method->request->name;
    ens_str sentence = ENS_STR("the call came without a request");

    if (rc == ENS_MALFORMED) {
        sentence =
            ens_arena_printf(call->arena, "the request is not a well-formed %s message", name);
    } else if (rc == ENS_LIMIT) {
        sentence = ens_arena_printf(call->arena, "the %s would fill more than %zu MiB", name,
                                    ENS_RPC_UNPACK_MAX >> 20);
    }
    ens_rpc_call_finish(call,
                        rc == ENS_LIMIT ? ENS_RPC_RESOURCE_EXHAUSTED : ENS_RPC_INVALID_ARGUMENT,
                        sentence.ptr);
}

/* Unpacks the request into the arena and calls the handler. */
static void handle_request(struct ens_rpc_call *call, struct ens_arena *arena)
{
    ProtobufCMessage *request = NULL;
    ens_rc rc =
        ens_rpc_unpack(call->request, call->method->request, ENS_RPC_UNPACK_MAX, arena, &request);

    grpc_byte_buffer_destroy(call->request);
    call->request = NULL;
    if (rc == ENS_OK) {
        call->method->handle(call->handler_ud, call, request);
    } else {
        refuse_request(call, rc);
    }
}

static bool is_finished(struct ens_rpc_call *call)
{
    (void)pthread_mutex_lock(&call->lock);
    bool finished = call->finished;
    (void)pthread_mutex_unlock(&call->lock);
    return finished;
}

/* A request after the first one, or the end of the client's requests. */
static void handle_further(struct ens_rpc_call *call)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();

    if (is_finished(call)) {
        return;
    }
    if (call->request != NULL) {
        handle_request(call, arena);
    } else {
        call->method->handle(call->handler_ud, call, NULL);
    }
}

bool ens_rpc_call_received(struct ens_rpc_call *call)
{
    const bool has_request = call->request != NULL || call->further;

    if (call->further) {
        handle_further(call);
    } else if (has_request) {
        handle_request(call, call->arena);
    } else {
        refuse_request(call, ENS_NOT_FOUND);
    }
    call_unref(call);
    return has_request;
}

static void fill_bytes(struct outgoing *outgoing)
{
    grpc_slice used = grpc_slice_sub(outgoing->slice, 0, outgoing->used);

    outgoing->bytes = grpc_raw_byte_buffer_create(&used, 1);
    grpc_slice_unref(used);
}

/* Whether the messages that are first in the queue may be joined by further ones. */
static bool is_open(const struct ens_rpc_call *call)
{
    return call->joins && !call->finished && call->first != NULL && call->first->next == NULL;
}

/* Starts the next batch, unless one is in flight: the headers if they were not sent, a queued
 * message, and the status after the last message. The lock is held. */
static void send_next(struct ens_rpc_call *call)
{
    grpc_op ops[3] = {0};
    size_t count = 0;
    grpc_slice details = grpc_empty_slice();

    if (call->sending || call->gone || call->status_sent ||
        (call->first == NULL && !call->finished) || (call->resting && is_open(call))) {
        return;
    }
    if (!call->headers_sent) {
        ops[count++].op = GRPC_OP_SEND_INITIAL_METADATA;
        call->headers_sent = true;
    }
    struct outgoing *outgoing = call->first;
    if (outgoing != NULL) {
        call->first = outgoing->next;
        if (call->first == NULL) {
            call->last = &call->first;
        }
        count_queued(call, -outgoing->used);
        call->in_flight = outgoing;
        fill_bytes(outgoing);
        ops[count].op = GRPC_OP_SEND_MESSAGE;
        ops[count].flags = call->first != NULL && !is_open(call) ? GRPC_WRITE_BUFFER_HINT : 0;
        ops[count++].data.send_message.send_message = outgoing->bytes;
    }
    if (call->finished && call->first == NULL) {
        call->status_sent = true;
        details = grpc_slice_from_copied_string(call->message == NULL ? "" : call->message);
        ops[count].op = GRPC_OP_SEND_STATUS_FROM_SERVER;
        ops[count].data.send_status_from_server.status = (grpc_status_code)call->status;
        ops[count++].data.send_status_from_server.status_details = &details;
    }
    call->sending = true;
    start_batch(call, ops, count, &call->sent);
    grpc_slice_unref(details);
}

/* The callback is called without the lock, because it sends. The event that is being handled holds
 * a reference to the call. */
static void report_room(struct ens_rpc_call *call)
{
    (void)pthread_mutex_lock(&call->lock);
    void (*room)(void *ud) = call->finished ? NULL : call->on_room;
    (void)pthread_mutex_unlock(&call->lock);
    if (room != NULL) {
        room(call->on_room_ud);
    }
}

/* After a message was sent: begins a rest, unless there is one. The lock is held. */
static void begin_rest(struct ens_rpc_call *call)
{
    if (call->joins && !call->resting && !call->finished && !call->gone) {
        call->resting = true;
        call_ref(call);
        ens_rest_begin(call->rests, &call->rest);
    }
}

/* The lock is held, and the caller has a reference to the call. */
static void end_rest(struct ens_rpc_call *call)
{
    if (call->resting && ens_rest_end(call->rests, &call->rest)) {
        call->resting = false;
        call_unref(call);
    }
}

void ens_rpc_call_rested(struct ens_rpc_call *call)
{
    (void)pthread_mutex_lock(&call->lock);
    call->resting = false;
    send_next(call);
    (void)pthread_mutex_unlock(&call->lock);
    call_unref(call);
}

void ens_rpc_call_join(struct ens_rpc_call *call)
{
    call->joins = true;
}

void ens_rpc_call_sent(struct ens_rpc_call *call)
{
    (void)pthread_mutex_lock(&call->lock);
    outgoing_free(call->in_flight);
    call->in_flight = NULL;
    call->sending = false;
    begin_rest(call);
    send_next(call);
    const bool room = call->queued < ENS_RPC_STREAM_WAITING_MAX / 2;
    (void)pthread_mutex_unlock(&call->lock);
    if (room) {
        report_room(call);
    }
    call_unref(call);
}

void ens_rpc_call_closed(struct ens_rpc_call *call)
{
    (void)pthread_mutex_lock(&call->lock);
    if (call->cancelled != 0) {
        call->gone = true;
        call->closed_early = true;
        drop_queue(call);
        if (call->on_gone != NULL && !call->finished) {
            call->on_gone(call->on_gone_ud);
        }
    }
    (void)pthread_mutex_unlock(&call->lock);
    report_room(call); /* the queue was dropped, so there is room */
    call_unref(call);
}

struct ens_arena *ens_rpc_call_arena(struct ens_rpc_call *call)
{
    return call->arena;
}

struct ens_arena *ens_rpc_call_take_request(struct ens_rpc_call *call)
{
    struct ens_arena *arena = call->arena;

    call->arena = ens_arena_new();
    return arena;
}

/* Whether a message of this size may be queued. */
static bool has_room(const struct ens_rpc_call *call, size_t bytes)
{
    size_t all = atomic_load_explicit(call->waiting, memory_order_relaxed);

    return call->queued == 0 || (call->queued + bytes <= ENS_RPC_STREAM_WAITING_MAX &&
                                 all + bytes <= ENS_RPC_WAITING_MAX);
}

/* The client does not read: drops the queue and cancels the call. CLOSED follows, as for a
 * cancellation by the client. */
static void cancel_slow_client(struct ens_rpc_call *call)
{
    drop_queue(call);
    call->gone = true;
    (void)grpc_call_cancel_with_status(call->grpc, GRPC_STATUS_RESOURCE_EXHAUSTED,
                                       "the client does not read what it has asked for", NULL);
}

/* Where a message of this size is packed: behind those that are queued last if it can join them,
 * else into a place of its own. */
static struct outgoing *outgoing_for(struct ens_rpc_call *call, size_t bytes)
{
    const size_t least = call->joins ? ENS_RPC_JOIN_MAX : 0;
    struct outgoing *last = call->newest;

    if (call->joins && call->first != NULL &&
        GRPC_SLICE_LENGTH(last->slice) - last->used >= bytes) {
        return last;
    }
    last = ens_alloc(sizeof(*last));
    last->slice = grpc_slice_malloc(bytes > least ? bytes : least);
    *call->last = last;
    call->last = &last->next;
    call->newest = last;
    return last;
}

void ens_rpc_call_send(struct ens_rpc_call *call, const ProtobufCMessage *message)
{
    const size_t bytes = protobuf_c_message_get_packed_size(message);

    (void)pthread_mutex_lock(&call->lock);
    ENS_ASSERT(!call->finished);
    if (!call->gone && !has_room(call, bytes)) {
        cancel_slow_client(call);
    } else if (!call->gone) {
        struct outgoing *outgoing = outgoing_for(call, bytes);
        (void)protobuf_c_message_pack(message,
                                      GRPC_SLICE_START_PTR(outgoing->slice) + outgoing->used);
        outgoing->used += bytes;
        count_queued(call, bytes);
        send_next(call);
    }
    (void)pthread_mutex_unlock(&call->lock);
}

size_t ens_rpc_call_queued(struct ens_rpc_call *call)
{
    (void)pthread_mutex_lock(&call->lock);
    size_t queued = call->queued;
    (void)pthread_mutex_unlock(&call->lock);
    return queued;
}

void ens_rpc_call_finish(struct ens_rpc_call *call, enum ens_rpc_status status, const char *message)
{
    (void)pthread_mutex_lock(&call->lock);
    ENS_ASSERT(!call->finished);
    call->finished = true;
    call->status = status;
    call->message = message == NULL ? NULL : ens_strdup(message);
    end_rest(call);
    send_next(call);
    (void)pthread_mutex_unlock(&call->lock);
    call_unref(call);
}

/* Message and status in one batch, which is one write to the client instead of two: the message is
 * queued as if another one were in flight. */
void ens_rpc_call_reply(struct ens_rpc_call *call, const ProtobufCMessage *message)
{
    call_ref(call); /* ens_rpc_call_finish releases the owner's reference */
    (void)pthread_mutex_lock(&call->lock);
    const bool sending = call->sending;
    call->sending = true;
    ens_rpc_call_send(call, message);
    call->sending = sending;
    ens_rpc_call_finish(call, ENS_RPC_OK, NULL);
    (void)pthread_mutex_unlock(&call->lock);
    call_unref(call);
}

void ens_rpc_call_on_gone(struct ens_rpc_call *call, void (*gone)(void *ud), void *ud)
{
    (void)pthread_mutex_lock(&call->lock);
    call->on_gone = gone;
    call->on_gone_ud = ud;
    if (call->closed_early) {
        gone(ud);
    }
    (void)pthread_mutex_unlock(&call->lock);
}

void ens_rpc_call_on_room(struct ens_rpc_call *call, void (*room)(void *ud), void *ud)
{
    (void)pthread_mutex_lock(&call->lock);
    call->on_room = room;
    call->on_room_ud = ud;
    (void)pthread_mutex_unlock(&call->lock);
}
