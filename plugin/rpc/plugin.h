/*
 * The plugin process: what go-plugin hosts expect of it, around the services that a program offers.
 *
 * ens_plugin_serve checks the magic cookie, answers the handshake (with a certificate of its own
 * when the host wants mutual TLS), serves, and returns when the host asked for shutdown or is gone.
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
    const char *program; /* for messages to people who started it by hand */
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

/* Returns the process's exit code. stdout carries the handshake line and nothing else. */
int ens_plugin_serve(const struct ens_plugin *plugin, const struct ens_environment *environment);

#endif
