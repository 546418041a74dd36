/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The service tfplugin6.Provider over an engine. It only translates: Terraform's blocks into jobs
 * of the engine, results into states and diagnostics.
 *
 * Threads: handlers run on the server's thread and never block; a call that needs the engine is
 * answered on the engine's thread.
 */
#ifndef ENSURE_TERRAFORM_PROVIDER_SERVICE_H
#define ENSURE_TERRAFORM_PROVIDER_SERVICE_H

#include "engine/engine.h"
#include "rpc/server.h"

struct ens_terraform;

/* Borrows engine and log (may be NULL). */
struct ens_terraform *ens_terraform_new(struct ens_engine *engine, const struct ens_log *log);

/* Valid as long as tf. */
struct ens_rpc_service ens_terraform_service(struct ens_terraform *tf);

/* After the server and the engine ended their calls. */
void ens_terraform_free(struct ens_terraform *tf);

#endif
