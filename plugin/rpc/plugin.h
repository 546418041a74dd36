/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plugin process: what go-plugin hosts expect of it, around the services that a program offers.
 * A program's main is
 *
 *     ens_plugin_prepare();
 *     if (!ens_plugin_invited(&plugin, environment)) {
 *         return 1;
 *     }
 *     ... what the services need; on failure: return ens_plugin_decline(&plugin, &diags) ...
 *     return ens_plugin_serve(&plugin, environment);
 *
 * Beside the given services it serves grpc.health.v1 ("plugin" is SERVING) and
 * plugin.GRPCController, GRPCStdio and GRPCBroker.
 */
#ifndef ENSURE_RPC_PLUGIN_H
#define ENSURE_RPC_PLUGIN_H

#include "base/host.h"
#include "rpc/server.h"

/* A host is known by its cookie; app_version is what the handshake then offers. */
struct ens_plugin_host {
    const char *cookie_key;
    const char *cookie_value;
    int app_version;
};

struct ens_plugin {
    const char *program; /* the name of its file: the host tells by it what a failure prints */
    const struct ens_plugin_host *hosts;
    size_t host_count;
    const struct ens_rpc_service *services;
    size_t service_count;
    /* Called on the server's thread when shutdown begins: end work that is under way. May be NULL.
     */
    void (*stopping)(void *ud);
    void *ud;
    const struct ens_log *log;
};

/* The first thing in main, before there are files or threads: standard streams that were closed
 * are opened on nothing, a crash is reported on stderr, SIGINT (which a terminal sends to the
 * whole group, and the host answers) and SIGPIPE are ignored. */
void ens_plugin_prepare(void);

/* Whether a host started this process. If not, tells the person who did. */
bool ens_plugin_invited(const struct ens_plugin *plugin, const struct ens_environment *environment);

/* The plugin can't serve: hosts show the sentence where they expected a handshake. Returns 1. */
int ens_plugin_decline(const struct ens_plugin *plugin, const struct ens_diags *diags);

/* Answers the handshake, with a certificate of its own when the host wants mutual TLS, and serves
 * until the host asks for shutdown or is gone, or SIGTERM comes. Returns the process's exit code.
 * stdout carries the handshake line and nothing else; if there can be none, the sentence that says
 * why. */
int ens_plugin_serve(const struct ens_plugin *plugin, const struct ens_environment *environment);

#endif
