/* SPDX-License-Identifier: Apache-2.0 */
/* Redirects gRPC core's log to an ens_log. Process-wide, like core's. */
#ifndef ENSURE_RPC_GRPC_LOG_H
#define ENSURE_RPC_GRPC_LOG_H

#include "base/log.h"

/* Core's lines are written to log from now on; NULL keeps the previous log. Without a log they are
 * dropped. GRPC_VERBOSITY and GRPC_TRACE select the lines. */
void ens_grpc_log_begin(const struct ens_log *log);

/* Stops writing to log, if it is the one in use; call it before log is freed. */
void ens_grpc_log_end(const struct ens_log *log);

#endif
