/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The gRPC service tfplugin6.Provider: translates Terraform's blocks to jobs of an engine, and
 * results to states and diagnostics.
 *
 * Threads: handlers run on the server's thread and never block; a call that needs the engine is
 * answered on the engine's thread.
 */
#ifndef ENSURE_TERRAFORM_PROVIDER_SERVICE_H
#define ENSURE_TERRAFORM_PROVIDER_SERVICE_H

#include "engine/engine.h"
#include "rpc/server.h"

struct ens_terraform;

/* Borrows all three; log may be NULL. clock: the age of planned data. */
struct ens_terraform *ens_terraform_new(struct ens_engine *engine, const struct ens_clock *clock,
                                        const struct ens_log *log);

/* Valid as long as tf. */
struct ens_rpc_service ens_terraform_service(struct ens_terraform *tf);

/* Must be called after the server and the engine have ended their calls. */
void ens_terraform_free(struct ens_terraform *tf);

#endif
