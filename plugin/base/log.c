/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>

#define MESSAGE_MAX 1024

static const char *const level_names[] = {"error", "warn", "info", "debug", "trace"};

const char *ens_log_level_name(enum ens_log_level level)
{
    return level_names[level];
}

bool ens_log_level_parse(ens_str name, enum ens_log_level *ret)
{
    for (size_t i = 0; i < ENS_COUNT(level_names); i++) {
        if (ens_str_eq_nocase(name, ens_str_of(level_names[i]))) {
            *ret = (enum ens_log_level)i;
            return true;
        }
    }
    return false;
}

void ens_log_pairs(const struct ens_log *log, enum ens_log_level level, const char *module,
                   const char *message, const struct ens_pair *pairs, size_t pair_count)
{
    if (log != NULL && level <= log->level) {
        log->write(log->ud, level, module, message, pairs, pair_count);
    }
}

void ens_log(const struct ens_log *log, enum ens_log_level level, const char *module,
             const char *format, ...)
{
    char message[MESSAGE_MAX];
    va_list args;

    if (log == NULL || level > log->level) {
        return;
    }
    va_start(args, format);
    (void)vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    log->write(log->ud, level, module, message, NULL, 0);
}
