/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A gRPC server on gRPC C core: services are tables of methods, messages are protobuf-c.
 *
 * Threads: ens_rpc_server_run sleeps in the completion queue and calls handlers, one at a time. It
 * does so on the thread that called it and on a second one, "the server's thread" either way: core
 * reads whatever a client sends on a thread that sleeps there, and calls would pile up unseen if it
 * were the only one. A handler must not block; it ends the call then or hands it to another thread
 * that does. The functions on a call may be used from any thread, by one owner at a time. Every
 * accepted call gets exactly one end; a method that no table has is answered UNIMPLEMENTED.
 */
#ifndef ENSURE_RPC_SERVER_H
#define ENSURE_RPC_SERVER_H

#include <protobuf-c/protobuf-c.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/log.h"

#define ENS_RPC_MESSAGE_MAX ((size_t)256 * 1024 * 1024) /* bytes of one message, either way */
#define ENS_RPC_UNPACK_MAX  ((size_t)512 * 1024 * 1024) /* bytes a request may fill in memory */
#define ENS_RPC_GRACE_MS    1000

/* Calls at the same time; one more is answered RESOURCE_EXHAUSTED, unless it asks for shutdown. */
#define ENS_RPC_CALLS_MAX 1000
#define ENS_RPC_SHUTDOWN  "/plugin.GRPCController/Shutdown"

/* Bytes that wait to be written because the client does not read, of one call and of all. The call
 * that goes beyond is ended as RESOURCE_EXHAUSTED; its first message may be of any size. An owner
 * with more to send waits for room (ens_rpc_call_on_room). */
#define ENS_RPC_STREAM_WAITING_MAX ((size_t)16 * 1024 * 1024)
#define ENS_RPC_WAITING_MAX        ((size_t)128 * 1024 * 1024)
/* Calls that are reset before their request is there, or are one too many, beyond those that were
 * well. A client that makes more is at fault, or attacks (CVE-2023-44487): core can't close one
 * connection, so the server stops. */
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

/* request is unpacked into the call's arena and lives as long as the call. */
typedef void ens_rpc_handler_fn(void *ud, struct ens_rpc_call *call,
                                const ProtobufCMessage *request);

struct ens_rpc_method {
    const char *path; /* "/package.Service/Method" */
    /* NULL: the handler is called as the call begins, with no request, and what the client sends is
     * not read. */
    const ProtobufCMessageDescriptor *request;
    ens_rpc_handler_fn *handle;
};

struct ens_rpc_service {
    const struct ens_rpc_method *methods; /* static */
    size_t method_count;
    void *ud; /* given to its handlers */
};

/* The call's own memory; dies with the call. */
struct ens_arena *ens_rpc_call_arena(struct ens_rpc_call *call);

/* Packs a message at once and queues it; may be called again for a streaming reply. Strings that
 * are not UTF-8 are a programmer's mistake (base/utf8.h cleans). After the client is gone it does
 * nothing; one that does not read is gone when more waits than is allowed. */
void ens_rpc_call_send(struct ens_rpc_call *call, const ProtobufCMessage *message);

/* Bytes that were sent but not yet taken by the transport, because the client reads slowly. Who
 * sends what may as well be left out looks here first. */
size_t ens_rpc_call_queued(struct ens_rpc_call *call);

/* room(ud) is called on the server's thread whenever the transport took a message and less than
 * half of ENS_RPC_STREAM_WAITING_MAX waits, and when the client is gone; never after
 * ens_rpc_call_finish returned. It may use the call. */
void ens_rpc_call_on_room(struct ens_rpc_call *call, void (*room)(void *ud), void *ud);

/* Ends the call after what was queued; call must not be used after it. message may be NULL. */
void ens_rpc_call_finish(struct ens_rpc_call *call, enum ens_rpc_status status,
                         const char *message);

/* ens_rpc_call_send and a finish with OK. */
void ens_rpc_call_reply(struct ens_rpc_call *call, const ProtobufCMessage *message);

/* gone(ud) is called at most once, when the client cancelled the call, its deadline passed, or it
 * went away: on the server's thread, or from inside this function when that was before. Never after
 * ens_rpc_call_finish returned. The call must still be finished. gone must not wait for a lock that
 * is held around functions on the same call. */
void ens_rpc_call_on_gone(struct ens_rpc_call *call, void (*gone)(void *ud), void *ud);

struct ens_rpc_server_options {
    const char *address;         /* "unix:/path" or "127.0.0.1:0" */
    const char *client_cert_pem; /* NULL: no TLS. Else the only client that is let in */
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

/* Serves until ens_rpc_server_stop, then ends what is under way: calls get ENS_RPC_GRACE_MS to
 * finish, then are cancelled. Returns when every call was finished by its owner. */
void ens_rpc_server_run(struct ens_rpc_server *server);
void ens_rpc_server_stop(struct ens_rpc_server *server); /* any thread, more than once is fine */
void ens_rpc_server_free(struct ens_rpc_server *server);

#endif
