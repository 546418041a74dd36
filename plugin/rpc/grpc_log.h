/* SPDX-License-Identifier: Apache-2.0 */
/* The lines that gRPC core writes, as lines of our own log. Process-wide, like core's own. */
#ifndef ENSURE_RPC_GRPC_LOG_H
#define ENSURE_RPC_GRPC_LOG_H

#include "base/log.h"

/* From now on core's lines go to log; NULL keeps the log that was there, and without any they are
 * dropped. Which lines core makes is set by GRPC_VERBOSITY and GRPC_TRACE. */
void ens_grpc_log_begin(const struct ens_log *log);

/* If log is the one in use, lines are dropped from now on. Call it before the log goes. */
void ens_grpc_log_end(const struct ens_log *log);

#endif
