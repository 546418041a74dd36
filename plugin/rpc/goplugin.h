/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The services of the go-plugin protocol: grpc.health.v1.Health, plugin.GRPCController,
 * plugin.GRPCStdio and plugin.GRPCBroker. The last two are streams that a host keeps open until it
 * ends; nothing is sent over them.
 *
 * Threads: the server's only.
 */
#ifndef ENSURE_RPC_GOPLUGIN_H
#define ENSURE_RPC_GOPLUGIN_H

#include "rpc/server.h"

struct ens_goplugin_events {
    void (*shutdown)(void *ud); /* the host called Shutdown, and got its reply */
    void (*left)(void *ud);     /* the last open stream was closed by the host */
    void *ud;
};

struct ens_goplugin;

struct ens_goplugin *ens_goplugin_new(const struct ens_goplugin_events *events);
struct ens_rpc_service ens_goplugin_service(struct ens_goplugin *goplugin);

/* Ends the open streams, so that the server can stop. */
void ens_goplugin_stop(struct ens_goplugin *goplugin);
void ens_goplugin_free(struct ens_goplugin *goplugin); /* after the server was freed */

#endif
