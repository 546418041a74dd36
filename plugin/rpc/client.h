/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The host side of go-plugin: starts a plugin process (cookie, an inherited connection or mutual
 * TLS with a certificate made for this process, handshake line), and calls it. Used by the ensure
 * host tool.
 *
 * Threads: one thread starts and frees a client; in between several may call it, each blocking in
 * its own calls only. A stream has one user, but ens_rpc_stream_cancel may be called from any
 * thread.
 */
#ifndef ENSURE_RPC_CLIENT_H
#define ENSURE_RPC_CLIENT_H

#include <protobuf-c/protobuf-c.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/host.h"
#include "rpc/server.h"

#define ENS_RPC_UNARY_MS ((int64_t)5 * 60 * 1000)

struct ens_rpc_client;
struct ens_rpc_stream;

struct ens_rpc_client_options {
    const char *program; /* path of the plugin's executable */
    const char *cookie_key;
    const char *cookie_value;
    int app_version;
    int64_t start_timeout_ms; /* until the handshake line; 0: 60 s */
    /* It is this program again, and takes a connection that it inherits (handshake.h). Other
     * programs are called over mutual TLS. */
    bool inherits;
};

/* Starts the process and does not wait for it. The child inherits the environment and stderr; its
 * stdin is an empty pipe, and the terminal's Ctrl-C does not reach it. The texts of the options
 * have to be valid until it is connected. */
ens_rc ens_rpc_client_start(const struct ens_rpc_client_options *options,
                            struct ens_rpc_client **ret, struct ens_diags *diags) ENS_MUST_USE;

/* Waits for the handshake; once, before the first call. The diagnostic of a failure says what the
 * program did instead; the process has then ended, and the client is only freed. */
ens_rc ens_rpc_client_connect(struct ens_rpc_client *client, struct ens_diags *diags) ENS_MUST_USE;

/* Calls Shutdown and disconnects: the process ends while the caller does something else. No call
 * may follow. */
void ens_rpc_client_dismiss(struct ens_rpc_client *client);

/* Dismisses it, if that was not done, waits until 2 s after that for the process to end, then kills
 * it; one that was never connected at once. Reaps it. */
void ens_rpc_client_free(struct ens_rpc_client *client);

/* Shuts down gRPC core, as the last action of a program that had clients. If that takes too long
 * (core blocks forever if a thread could not be created), the process exits here, with the code. */
void ens_rpc_client_end(int code);

/* Waits for at most ENS_RPC_UNARY_MS. Replies are unpacked into the arena. A status other than OK
 * becomes a diagnostic with its message and ENS_INVALID (INVALID_ARGUMENT), ENS_CANCELLED,
 * ENS_UNSUPPORTED (UNIMPLEMENTED) or ENS_IO. */
ens_rc ens_rpc_client_unary(struct ens_rpc_client *client, const char *path,
                            const ProtobufCMessage *request,
                            const ProtobufCMessageDescriptor *reply, struct ens_arena *arena,
                            ProtobufCMessage **ret, struct ens_diags *diags) ENS_MUST_USE;

struct ens_rpc_stream *ens_rpc_client_stream(struct ens_rpc_client *client, const char *path,
                                             const ProtobufCMessage *request,
                                             const ProtobufCMessageDescriptor *reply);

/* The next message, or *ret NULL with ENS_OK at the end with status OK. Blocks until then. */
ens_rc ens_rpc_stream_next(struct ens_rpc_stream *stream, struct ens_arena *arena,
                           ProtobufCMessage **ret, struct ens_diags *diags) ENS_MUST_USE;
/* pace(ud) is called before ens_rpc_stream_next blocks, on the same thread, and returns after how
 * many ms without a message it is to be called again; negative: never. */
void ens_rpc_stream_pace(struct ens_rpc_stream *stream, int64_t (*pace)(void *ud), void *ud);

/* From now on events are waited for this long in all, then ens_rpc_stream_next fails with
 * ENS_DEADLINE. Unlike the deadline of a call this does not depend on core's timer thread. */
void ens_rpc_stream_bound(struct ens_rpc_stream *stream, int64_t ms);
void ens_rpc_stream_cancel(struct ens_rpc_stream *stream);
void ens_rpc_stream_free(struct ens_rpc_stream *stream); /* cancels the call if it has not ended */

#endif
