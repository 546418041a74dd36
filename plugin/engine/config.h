/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The explicit settings of a session: checked, copied, and shared by the jobs that were submitted
 * while they were in force. Any thread.
 */
#ifndef ENSURE_ENGINE_CONFIG_H
#define ENSURE_ENGINE_CONFIG_H

#include <pthread.h>

#include "credentials/credentials.h"
#include "loader/registry.h"

/* Immutable once it is current. */
struct ens_config {
    size_t refs;         /* guarded by the mutex of ens_configs */
    uint64_t generation; /* no two configurations of an engine have the same */
    struct ens_arena *arena;
    struct ens_cloud_settings *settings;
    size_t count;
};

struct ens_configs {
    pthread_mutex_t mutex;
    struct ens_config *current;
};

void ens_configs_init(struct ens_configs *configs); /* with nothing set */
void ens_configs_done(struct ens_configs *configs);

/* Replaces the current one; the settings were checked. */
void ens_configs_set(struct ens_configs *configs, const struct ens_cloud_settings *settings,
                     size_t count);

struct ens_config *ens_config_ref(struct ens_configs *configs); /* the current one */
void ens_config_unref(struct ens_configs *configs, struct ens_config *config);

/* Of a cloud; NULL: none. */
const struct ens_cloud_settings *ens_config_find(const struct ens_config *config, ens_str cloud);

/* Clouds, regions, endpoints and lengths; nothing that needs the network or a file. */
ens_rc ens_settings_check(const struct ens_registry *registry,
                          const struct ens_environment *environment,
                          const struct ens_cloud_settings *settings, size_t count,
                          struct ens_diags *diags) ENS_MUST_USE;

#endif
