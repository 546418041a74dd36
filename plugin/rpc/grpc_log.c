/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/grpc_log.h"

#include <stdatomic.h>

#include <grpc/support/log.h>

static _Atomic(const struct ens_log *) sink;

static void write_line(gpr_log_func_args *line)
{
    /* Core's errors are mostly disconnected clients, and callers get a status anyway: warnings. */
    static const enum ens_log_level levels[] = {
        [GPR_LOG_SEVERITY_DEBUG] = ENS_LOG_TRACE,
        [GPR_LOG_SEVERITY_INFO] = ENS_LOG_DEBUG,
        [GPR_LOG_SEVERITY_ERROR] = ENS_LOG_WARN,
    };

    ens_log(atomic_load(&sink), levels[line->severity], "grpc", "%s", line->message);
}

void ens_grpc_log_begin(const struct ens_log *log)
{
    if (log != NULL) {
        atomic_store(&sink, log);
    }
    gpr_set_log_function(write_line);
}

void ens_grpc_log_end(const struct ens_log *log)
{
    const struct ens_log *expected = log;

    (void)atomic_compare_exchange_strong(&sink, &expected, NULL);
}
