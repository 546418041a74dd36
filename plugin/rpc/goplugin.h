/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The services that go-plugin hosts call beside the plugin's own: grpc.health.v1.Health,
 * plugin.GRPCController, plugin.GRPCStdio and plugin.GRPCBroker. The last two are streams that a
 * host holds open as long as it lives, and over which nothing travels.
 *
 * Threads: the server's alone.
 */
#ifndef ENSURE_RPC_GOPLUGIN_H
#define ENSURE_RPC_GOPLUGIN_H

#include "rpc/server.h"

struct ens_goplugin_events {
    void (*shutdown)(void *ud); /* the host asked for it, and was answered */
    void (*left)(void *ud);     /* the last stream that was held open broke off */
    void *ud;
};

struct ens_goplugin;

struct ens_goplugin *ens_goplugin_new(const struct ens_goplugin_events *events);
struct ens_rpc_service ens_goplugin_service(struct ens_goplugin *goplugin);

/* Ends the streams that are held open, so that the server can stop. */
void ens_goplugin_stop(struct ens_goplugin *goplugin);
void ens_goplugin_free(struct ens_goplugin *goplugin); /* once the server is gone */

#endif
