/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Log lines for operators: level, module, message and key-value pairs. The sinks are in os/. No
 * line contains a request or reply body unless its level is debug or trace, and none contains a
 * secret.
 */
#ifndef ENSURE_BASE_LOG_H
#define ENSURE_BASE_LOG_H

#include <stdbool.h>

#include "base/rc.h"
#include "base/str.h"

enum ens_log_level {
    ENS_LOG_ERROR = 0,
    ENS_LOG_WARN = 1,
    ENS_LOG_INFO = 2,
    ENS_LOG_DEBUG = 3,
    ENS_LOG_TRACE = 4,
};

struct ens_log {
    /* Called by several threads at a time. */
    void (*write)(void *ud, enum ens_log_level level, const char *module, const char *message,
                  const struct ens_pair *pairs, size_t pair_count);
    void *ud;
    enum ens_log_level level; /* more verbose lines are not formatted */
};

const char *ens_log_level_name(enum ens_log_level level); /* "error" .. "trace" */
bool ens_log_level_parse(ens_str name, enum ens_log_level *ret);

/* log may be NULL: the line is discarded. */
void ens_log(const struct ens_log *log, enum ens_log_level level, const char *module,
             const char *format, ...) ENS_PRINTF(4, 5);
void ens_log_pairs(const struct ens_log *log, enum ens_log_level level, const char *module,
                   const char *message, const struct ens_pair *pairs, size_t pair_count);

#endif
