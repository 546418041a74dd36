/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checks that this process may create the file descriptors and threads that gRPC core needs. Core
 * 1.51 does not handle failures: it aborts without a descriptor, and blocks forever (at the latest
 * in grpc_shutdown) on a thread that could not be created. So they are reserved before core is
 * initialised.
 */
#ifndef ENSURE_RPC_CLAIM_H
#define ENSURE_RPC_CLAIM_H

#include "base/diag.h"

/* Measured minimum for one connection (plugin process to a cloud, host tool to its plugin), plus
 * one for the plugin. A plan of 5,000 instances needs no more. */
#define ENS_CLAIM_PLUGIN_DESCRIPTORS 10
#define ENS_CLAIM_CLIENT_DESCRIPTORS 6

/* Reserved threads: they exist and sleep, so that they count against the process limits. */
struct ens_claim;

/* Checks that so many descriptors are free, and creates as many threads as core does during the
 * life of a server or channel, plus own_threads. The diagnostic names the limit that is too low. */
ens_rc ens_claim_new(unsigned descriptors, unsigned own_threads, struct ens_claim **ret,
                     struct ens_diags *diags) ENS_MUST_USE;

/* Releases the threads that grpc_init creates; call grpc_init right after. */
void ens_claim_begin_core(struct ens_claim *claim);

/* Releases all threads, right before the server or channel is created. NULL is ignored. */
void ens_claim_free(struct ens_claim *claim);

#endif
