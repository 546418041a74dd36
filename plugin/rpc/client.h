/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The host's side: starts a plugin process as go-plugin hosts do (cookie, mutual TLS with a
 * certificate made for this process, handshake line), and calls it. Used by the ensure host tool.
 *
 * Threads: one thread starts and frees a client; in between several may call it, each waiting for
 * its own calls. A stream has one user, but ens_rpc_stream_cancel may be called from any thread.
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
};

/* The child inherits the environment and stderr; its stdin is an empty pipe and it does not die of
 * the terminal's Ctrl-C. The diagnostic says what the program did instead of a handshake. */
ens_rc ens_rpc_client_start(const struct ens_rpc_client_options *options,
                            struct ens_rpc_client **ret, struct ens_diags *diags) ENS_MUST_USE;

/* Shutdown call, up to 2 s of patience, then SIGKILL; leaves no child behind. */
void ens_rpc_client_free(struct ens_rpc_client *client);

/* The last thing that a program does which had clients: ends gRPC core. Where that takes too long,
 * which it does without end when core has lost a thread, the process ends here, with the code. */
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

/* The next message, or *ret NULL with ENS_OK at the ordinary end. Sleeps until there is one. */
ens_rc ens_rpc_stream_next(struct ens_rpc_stream *stream, struct ens_arena *arena,
                           ProtobufCMessage **ret, struct ens_diags *diags) ENS_MUST_USE;
/* pace(ud) is asked before each sleep of ens_rpc_stream_next, and returns after how many ms it
 * wants to be asked again if nothing has come by then; negative: never. It is called by the same
 * thread.
 */
void ens_rpc_stream_pace(struct ens_rpc_stream *stream, int64_t (*pace)(void *ud), void *ud);

/* Events are waited for so long from now, and then ens_rpc_stream_next fails with ENS_DEADLINE.
 * This holds even where gRPC core can't time a call any more. */
void ens_rpc_stream_bound(struct ens_rpc_stream *stream, int64_t ms);
void ens_rpc_stream_cancel(struct ens_rpc_stream *stream);
void ens_rpc_stream_free(struct ens_rpc_stream *stream); /* cancels what is left */

#endif
