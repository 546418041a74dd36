/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The explicit settings of a session. A configuration is immutable and reference-counted: a job
 * keeps the one that was current when it was submitted. Any thread.
 */
#ifndef ENSURE_ENGINE_CONFIG_H
#define ENSURE_ENGINE_CONFIG_H

#include <pthread.h>

#include "core/policy.h"
#include "credentials/settings.h"
#include "loader/registry.h"

/* Immutable once it is current. */
struct ens_config {
    size_t refs;         /* guarded by the mutex of ens_configs */
    uint64_t generation; /* unique within an engine */
    struct ens_arena *arena;
    struct ens_cloud_settings *settings;
    size_t count;
    struct ens_policy policy; /* the guards of the session */
};

struct ens_configs {
    pthread_mutex_t mutex;
    struct ens_config *current;
};

void ens_configs_init(struct ens_configs *configs); /* the current configuration is empty */
void ens_configs_done(struct ens_configs *configs);

/* Replaces the current configuration. The settings must have passed ens_settings_check. policy may
 * be NULL. */
void ens_configs_set(struct ens_configs *configs, const struct ens_cloud_settings *settings,
                     size_t count, const struct ens_policy *policy);

struct ens_config *ens_config_ref(struct ens_configs *configs); /* of the current one */
void ens_config_unref(struct ens_configs *configs, struct ens_config *config);

/* The settings of a cloud; NULL: none. */
const struct ens_cloud_settings *ens_config_find(const struct ens_config *config, ens_str cloud);

/* Checks clouds, regions, endpoints and lengths, without network and file access. */
ens_rc ens_settings_check(const struct ens_registry *registry,
                          const struct ens_environment *environment,
                          const struct ens_cloud_settings *settings, size_t count,
                          struct ens_diags *diags) ENS_MUST_USE;

#endif
