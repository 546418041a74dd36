/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether this process may have the descriptors and threads that gRPC core is going to take. Core
 * 1.51 does not check: it aborts when it gets no descriptor, and for a thread that could not be
 * made it waits without end, at the latest in grpc_shutdown. So they are claimed before it is
 * initialised.
 */
#ifndef ENSURE_RPC_CLAIM_H
#define ENSURE_RPC_CLAIM_H

#include "base/diag.h"

/* Measured as the least under which one connection works, and one more for the plugin: of the
 * plugin process to a cloud and of the host tool to its plugin; a plan of 5,000 instances needs no
 * more. */
#define ENS_CLAIM_PLUGIN_DESCRIPTORS 10
#define ENS_CLAIM_CLIENT_DESCRIPTORS 6

/* Threads that exist, asleep, so that nothing else can take their places. */
struct ens_claim;

/* Tries out that so many descriptors are free, and makes as many threads as core makes in the life
 * of a server or channel, and own_threads more. The diagnostic names the limit that is too low. */
ens_rc ens_claim_new(unsigned descriptors, unsigned own_threads, struct ens_claim **ret,
                     struct ens_diags *diags) ENS_MUST_USE;

/* Gives up the places of the threads that grpc_init makes; call grpc_init right after. */
void ens_claim_begin_core(struct ens_claim *claim);

/* Gives up all places: what takes them is made right after. Fine on NULL. */
void ens_claim_free(struct ens_claim *claim);

#endif
