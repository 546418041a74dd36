/* SPDX-License-Identifier: Apache-2.0 */
/* Reader for the configuration of a session; ensure/ensure.h documents the format. */
#ifndef ENSURE_ENSURE_CONFIG_H
#define ENSURE_ENSURE_CONFIG_H

#include "base/log.h"
#include "engine/engine.h"

#define ENS_CONFIG_MAX ((size_t)1024 * 1024) /* bytes of a configuration */

struct ens_session_config {
    struct ens_cloud_settings *clouds;
    size_t cloud_count;
    struct ens_defaults defaults;
    struct ens_policy policy;
    enum ens_log_level log_level;
};

/* Strict: an unknown key, a wrong type or a number out of range is an error with its place. The
 * names of clouds and the endpoints are checked by the engine, not here. Slices point into the
 * arena. */
ens_rc ens_session_config_read(struct ens_arena *arena, ens_str text,
                               struct ens_session_config *ret,
                               struct ens_diags *diags) ENS_MUST_USE;

#endif
