/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A gRPC server on gRPC C core: services are tables of methods, messages are protobuf-c.
 *
 * Threads: ens_rpc_server_run waits on the completion queue and calls handlers, one at a time. It
 * does so on the calling thread, and on a second one while core keeps that one busy: core reads
 * from clients on a thread that waits there, so that no call would be handled while a client floods
 * it. The second one sleeps otherwise (rpc/stint.h): two that wait would wake each other for each
 * event. Both are "the server's thread" in these comments. A handler must not block; it finishes
 * the call or passes it to another thread. The functions on a call may be used from any thread, by
 * one owner at a time. Every accepted call is finished exactly once; unknown methods are answered
 * UNIMPLEMENTED.
 */
#ifndef ENSURE_RPC_SERVER_H
#define ENSURE_RPC_SERVER_H

#include <protobuf-c/protobuf-c.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/log.h"

#define ENS_RPC_MESSAGE_MAX ((size_t)256 * 1024 * 1024) /* bytes of one message */
#define ENS_RPC_UNPACK_MAX  ((size_t)512 * 1024 * 1024) /* bytes of an unpacked request */
#define ENS_RPC_GRACE_MS    1000

/* Concurrent calls; further ones are answered RESOURCE_EXHAUSTED, except for Shutdown. */
#define ENS_RPC_CALLS_MAX 1000
#define ENS_RPC_SHUTDOWN  "/plugin.GRPCController/Shutdown"

/* Maximum bytes in the send queues of one call and of all calls, which grow when a client does not
 * read. A call that exceeds them is ended as RESOURCE_EXHAUSTED; the first message of a queue may
 * be of any size. An owner with more to send waits for room (ens_rpc_call_on_room). */
#define ENS_RPC_STREAM_WAITING_MAX ((size_t)16 * 1024 * 1024)
#define ENS_RPC_WAITING_MAX        ((size_t)128 * 1024 * 1024)
/* Bytes that joined messages have at most; one alone may be larger. */
#define ENS_RPC_JOIN_MAX ((size_t)32 * 1024)
/* Maximum of calls that are reset before their request is received, or exceed ENS_RPC_CALLS_MAX,
 * minus received requests. More are a fault or an attack (rapid reset, CVE-2023-44487): the server
 * stops, since core can't close a single connection. */
#define ENS_RPC_RESETS_MAX 4000

struct ens_rpc_server;
struct ens_rpc_call;

/* gRPC status codes that handlers use. */
enum ens_rpc_status {
    ENS_RPC_OK = 0,
    ENS_RPC_CANCELLED = 1,
    ENS_RPC_UNKNOWN = 2,
    ENS_RPC_INVALID_ARGUMENT = 3,
    ENS_RPC_DEADLINE_EXCEEDED = 4,
    ENS_RPC_NOT_FOUND = 5,
    ENS_RPC_RESOURCE_EXHAUSTED = 8,
    ENS_RPC_FAILED_PRECONDITION = 9,
    ENS_RPC_UNIMPLEMENTED = 12,
    ENS_RPC_INTERNAL = 13,
    ENS_RPC_UNAVAILABLE = 14,
};

/* request is in the call's arena, but for those after ens_rpc_call_next. */
typedef void ens_rpc_handler_fn(void *ud, struct ens_rpc_call *call,
                                const ProtobufCMessage *request);

struct ens_rpc_method {
    const char *path; /* "/package.Service/Method" */
    /* NULL: the handler is called when the call begins, without a request; messages of the client
     * are not read. */
    const ProtobufCMessageDescriptor *request;
    ens_rpc_handler_fn *handle;
};

struct ens_rpc_service {
    const struct ens_rpc_method *methods; /* static */
    size_t method_count;
    void *ud; /* passed to its handlers */
};

/* Memory that is freed with the call. */
struct ens_arena *ens_rpc_call_arena(struct ens_rpc_call *call);

/* From the handler, first of all: gives it the arena that the first request is in, so that this can
 * be freed before the call ends, and the call an empty one. */
struct ens_arena *ens_rpc_call_take_request(struct ens_rpc_call *call);

/* Packs and queues a message; may be called repeatedly for a streaming reply. Strings must be UTF-8
 * (base/utf8.h sanitizes). No effect once the client is gone, or was cancelled because the queue
 * exceeded its maximum. */
void ens_rpc_call_send(struct ens_rpc_call *call, const ProtobufCMessage *message);

/* Before the first message: those that are sent shortly after another are gathered, for at most
 * ENS_RPC_REST_MS, and sent as one message of up to ENS_RPC_JOIN_MAX bytes: the bytes of one behind
 * the other. By the rules of protobuf this is the message with the repeated fields of all, so all
 * messages of the call have to consist of repeated fields. */
void ens_rpc_call_join(struct ens_rpc_call *call);

/* Bytes in the call's send queue, because the client reads slowly. Senders of optional messages,
 * such as progress, check it first. */
size_t ens_rpc_call_queued(struct ens_rpc_call *call);

/* room(ud) is called on the server's thread when the transport has taken a message and less than
 * half of ENS_RPC_STREAM_WAITING_MAX is queued, and when the client is gone; never after
 * ens_rpc_call_finish has returned. It may use the call. */
void ens_rpc_call_on_room(struct ens_rpc_call *call, void (*room)(void *ud), void *ud);

/* Ends the call after the queued messages; the call must not be used after this. message may be
 * NULL. */
void ens_rpc_call_finish(struct ens_rpc_call *call, enum ens_rpc_status status,
                         const char *message);

/* ens_rpc_call_send and a finish with OK. */
void ens_rpc_call_reply(struct ens_rpc_call *call, const ProtobufCMessage *message);

/* gone(ud) is called at most once, when the client cancels the call or disconnects, or its deadline
 * passes: on the server's thread, or from this function if it has happened already. Never after
 * ens_rpc_call_finish has returned. The call must still be finished. gone must not wait for a lock
 * that is held around functions on the same call. */
void ens_rpc_call_on_gone(struct ens_rpc_call *call, void (*gone)(void *ud), void *ud);

/* Of a client that may send several requests, from the handler: receives the next one, with which
 * the handler is called again, or with NULL if there is none, also when the client is gone. The
 * request is freed when the handler returns. The handler is not called again once the call is
 * finished. */
void ens_rpc_call_next(struct ens_rpc_call *call);

struct ens_rpc_server_options {
    const char *address;         /* "unix:/path" or "127.0.0.1:0"; NULL: it has one client only */
    int connection;              /* without an address: the socket of that client, not blocking; it
                                    is closed with the server, or by a failure */
    const char *client_cert_pem; /* NULL: no TLS. Else the only accepted client */
    const char *server_cert_pem; /* with TLS */
    const char *server_key_pem;
    /* Called once on the server's thread when shutdown begins. May be NULL. */
    void (*stopping)(void *ud);
    void *ud;
    size_t message_max;        /* bytes; 0: ENS_RPC_MESSAGE_MAX */
    const struct ens_log *log; /* may be NULL */
};

/* services is copied; its tables are not. *ret_port is the TCP port, 0 for a unix socket. */
ens_rc ens_rpc_server_new(const struct ens_rpc_server_options *options,
                          const struct ens_rpc_service *services, size_t service_count,
                          struct ens_rpc_server **ret, int *ret_port,
                          struct ens_diags *diags) ENS_MUST_USE;

/* Serves until ens_rpc_server_stop. Then calls get ENS_RPC_GRACE_MS to finish, and are cancelled.
 * Returns when every call was finished by its owner. */
void ens_rpc_server_run(struct ens_rpc_server *server);
void ens_rpc_server_stop(struct ens_rpc_server *server); /* any thread, idempotent */
void ens_rpc_server_free(struct ens_rpc_server *server);

#endif
