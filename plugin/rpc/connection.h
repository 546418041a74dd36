/* SPDX-License-Identifier: Apache-2.0 */
/* The connection that a plugin process inherits from a host of the same program: one end of a pair
 * of sockets without names, to which no other process can connect. */
#ifndef ENSURE_RPC_CONNECTION_H
#define ENSURE_RPC_CONNECTION_H

#include "base/diag.h"
#include "base/host.h"

/* Makes the pair. Neither end blocks, nor is inherited without being asked for (child.h). */
ens_rc ens_connection_pair(int ret_ends[2], struct ens_diags *diags) ENS_MUST_USE;

/* The end that this process inherited, which its own children do not; the caller closes it. -1:
 * none, also if the variable is left over from another process. */
int ens_connection_inherited(const struct ens_environment *environment);

#endif
