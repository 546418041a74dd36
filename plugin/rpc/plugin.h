/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life cycle of a plugin process under a go-plugin host, around the services of the program. A
 * program's main is
 *
 *     ens_plugin_prepare();
 *     if (!ens_plugin_invited(&plugin, environment)) {
 *         return 1;
 *     }
 *     ... set up the services; on failure: return ens_plugin_decline(&plugin, &diags) ...
 *     int code = ens_plugin_serve(&plugin, environment);
 *     ... end the services ...
 *     ens_plugin_end(code);
 *
 * In addition to the given services it serves grpc.health.v1 ("plugin" is SERVING),
 * plugin.GRPCController, GRPCStdio and GRPCBroker, and server reflection.
 */
#ifndef ENSURE_RPC_PLUGIN_H
#define ENSURE_RPC_PLUGIN_H

#include "base/host.h"
#include "rpc/server.h"

/* A kind of host, identified by its cookie; app_version is the protocol version that the handshake
 * offers it. */
struct ens_plugin_host {
    const char *cookie_key;
    const char *cookie_value;
    int app_version;
};

struct ens_plugin {
    const char *program; /* name of its file, for messages; a host knows them by it */
    const struct ens_plugin_host *hosts;
    size_t host_count;
    /* Not NULL: it was started by hand, to be debugged, and announces itself to Terraform by this
     * source address. No cookie is needed, connections have no TLS (the socket's directory is
     * private), and it serves until SIGINT or SIGTERM, whatever its parent does. */
    const char *reattach_source;
    int reattach_version; /* the protocol's */
    const struct ens_rpc_service *services;
    size_t service_count;
    /* A FileDescriptorSet of all services, for server reflection (reflection.h); empty: it is not
     * served. */
    ens_str descriptors;
    /* Called on the server's thread when shutdown begins, to cancel running work. May be NULL. */
    void (*stopping)(void *ud);
    void *ud;
    const struct ens_log *log;
};

/* Must be called first in main, before files are opened and threads are created. Opens closed
 * standard streams on /dev/null or an empty pipe, installs the crash handler, and ignores SIGPIPE
 * and SIGINT (a terminal sends SIGINT to the whole process group, and the host handles it). */
void ens_plugin_prepare(void);

/* Whether a host started this process, or it is to be debugged. If not, prints an explanation for
 * the user. */
bool ens_plugin_invited(const struct ens_plugin *plugin, const struct ens_environment *environment);

/* Prints the first error instead of the handshake, because the plugin can't serve; hosts show it.
 * Returns 1. */
int ens_plugin_decline(const struct ens_plugin *plugin, const struct ens_diags *diags);

/* Answers the handshake, with a certificate of its own when the host wants mutual TLS, and serves
 * until the host calls Shutdown or ends, or SIGTERM is received. Returns the process's exit code.
 * Nothing but the handshake line is written to stdout (with reattach_source: the line that sets
 * TF_REATTACH_PROVIDERS), or an error sentence in its place. */
int ens_plugin_serve(const struct ens_plugin *plugin, const struct ens_environment *environment);

/* Ends the process, for which the host waits: what gRPC core still has, threads and memory, goes
 * with it. To end its threads takes core 3 ms and more, in which it sleeps to measure the
 * processor's clock. Under AddressSanitizer, which looks for leaks, core has ended by then. */
__attribute__((noreturn)) void ens_plugin_end(int code);

#endif
