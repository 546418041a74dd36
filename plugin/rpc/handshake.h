/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The go-plugin handshake: the host sets a cookie in the environment, the plugin prints one line on
 * stdout:
 *
 *     1|APP_VERSION|unix|SOCKET|grpc|SERVER_CERTIFICATE[|MULTIPLEXED]
 *
 * A host that starts its own program as the plugin lets it inherit one end of a pair of connected
 * sockets, which no other process can reach, instead of certificates: ENSURE_PLUGIN_CONNECTION is
 * the descriptor, and the line is
 *
 *     1|APP_VERSION|inherited|DESCRIPTOR|grpc|
 */
#ifndef ENSURE_RPC_HANDSHAKE_H
#define ENSURE_RPC_HANDSHAKE_H

#include "base/buf.h"
#include "base/diag.h"
#include "base/host.h"
#include "rpc/plugin.h"

#define ENS_HANDSHAKE_MAX    ((size_t)64 * 1024 - 1) /* bytes of a line; the limit of hosts */

#define ENS_ENV_REATTACH     "TF_REATTACH_PROVIDERS"
#define ENS_ENV_VERSIONS     "PLUGIN_PROTOCOL_VERSIONS"
#define ENS_ENV_CLIENT_CERT  "PLUGIN_CLIENT_CERT"
#define ENS_ENV_MULTIPLEX    "PLUGIN_MULTIPLEX_GRPC"
#define ENS_ENV_CONNECTION   "ENSURE_PLUGIN_CONNECTION"
#define ENS_ENV_SOCKET_DIR   "PLUGIN_UNIX_SOCKET_DIR"
#define ENS_ENV_SOCKET_GROUP "PLUGIN_UNIX_SOCKET_GROUP"

#define ENS_CONNECTION       "3" /* the descriptor of an inherited connection */

struct ens_handshake {
    int app_version;
    ens_str socket;      /* path; the descriptor, if inherited */
    ens_str certificate; /* base64 of the DER form; empty: no TLS */
    bool inherited;      /* the plugin is reached by the connection that it inherited */
};

/* The host that started this process: of those whose cookie is set, the one with the highest
 * version that PLUGIN_PROTOCOL_VERSIONS names; if it names none of ours, the first, and the host
 * reports the version mismatch. NULL: no cookie is set, so it was started by hand. */
const struct ens_plugin_host *ens_handshake_host(const struct ens_plugin_host *hosts, size_t count,
                                                 const struct ens_environment *environment);

/* Appends the line with its line feed. The seventh field is only sent to hosts that asked for
 * multiplexing, since others may not accept it. */
ens_rc ens_handshake_write(struct ens_buf *out, const struct ens_handshake *handshake,
                           bool multiplex_asked) ENS_MUST_USE;

/* Appends the line that sets TF_REATTACH_PROVIDERS in a shell, so that Terraform uses the running
 * process pid as the provider at source. ENS_INVALID, with a diagnostic: the path of the socket has
 * a character that would need quoting there. */
ens_rc ens_reattach_write(struct ens_buf *out, const char *source, int version, int64_t pid,
                          ens_str socket, struct ens_diags *diags) ENS_MUST_USE;

/* Parses a plugin's line, without the line feed; slices point into it. */
ens_rc ens_handshake_read(ens_str line, int app_version, struct ens_handshake *ret,
                          struct ens_diags *diags) ENS_MUST_USE;

#endif
