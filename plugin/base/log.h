/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Log lines for operators: a level, the part of the program, a message and pairs. Sinks live in
 * run/. A line never holds a request or reply body above debug, and never a secret at any level.
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
    /* Threads may call it at once. pairs: name, value, name, value, ...; pair_count names. */
    void (*write)(void *ud, enum ens_log_level level, const char *module, const char *message,
                  const struct ens_pair *pairs, size_t pair_count);
    void *ud;
    enum ens_log_level level; /* lines above it are not made at all */
};

const char *ens_log_level_name(enum ens_log_level level); /* "error" .. "trace" */
bool ens_log_level_parse(ens_str name, enum ens_log_level *ret);

/* log may be NULL: nobody listens. */
void ens_log(const struct ens_log *log, enum ens_log_level level, const char *module,
             const char *format, ...) ENS_PRINTF(4, 5);
void ens_log_pairs(const struct ens_log *log, enum ens_log_level level, const char *module,
                   const char *message, const struct ens_pair *pairs, size_t pair_count);

#endif
