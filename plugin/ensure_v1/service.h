/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The gRPC service ensure.v1.Ensure: translates requests to jobs of an engine, and results to
 * messages.
 *
 * Threads: handlers run on the server's thread, events of jobs on the engine's. Submitting a job
 * passes its call from one to the other.
 */
#ifndef ENSURE_ENSURE_V1_SERVICE_H
#define ENSURE_ENSURE_V1_SERVICE_H

#include "engine/engine.h"
#include "rpc/server.h"

struct ens_ensure_v1;

/* Everything is borrowed for the life of the service. */
struct ens_ensure_v1_options {
    struct ens_engine *engine;
    const struct ens_clock *clock;
    const char *version;              /* of the plugin */
    const struct ens_diags *warnings; /* about provider files that were skipped; may be NULL */
};

struct ens_ensure_v1 *ens_ensure_v1_new(const struct ens_ensure_v1_options *options);
struct ens_rpc_service ens_ensure_v1_service(struct ens_ensure_v1 *ensure);

/* Must be called after the server is freed and the engine has ended its jobs. */
void ens_ensure_v1_free(struct ens_ensure_v1 *ensure);

#endif
