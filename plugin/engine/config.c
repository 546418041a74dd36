/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/config.h"

#include "base/alloc.h"
#include "core/target.h"
#include "credentials/settings_rules.h"
#include "http/endpoint.h"

/* ---- sharing -------------------------------------------------------------------------------- */

static struct ens_config *config_new(const struct ens_cloud_settings *settings, size_t count,
                                     const struct ens_policy *policy)
{
    struct ens_config *config = ens_alloc(sizeof(*config));
    struct ens_arena *arena = ens_arena_new();

    *config = (struct ens_config){.refs = 1, .arena = arena, .count = count};
    config->settings = ens_arena_array(arena, count, sizeof(*settings));
    for (size_t i = 0; i < count; i++) {
        config->settings[i] = ens_settings_copy(arena, &settings[i]);
    }
    if (policy != NULL) {
        ens_policy_add_all(arena, &config->policy, policy);
    }
    return config;
}

void ens_configs_init(struct ens_configs *configs)
{
    (void)pthread_mutex_init(&configs->mutex, NULL);
    configs->current = config_new(NULL, 0, NULL);
}

void ens_configs_done(struct ens_configs *configs)
{
    ens_config_unref(configs, configs->current);
    (void)pthread_mutex_destroy(&configs->mutex);
}

void ens_configs_set(struct ens_configs *configs, const struct ens_cloud_settings *settings,
                     size_t count, const struct ens_policy *policy)
{
    struct ens_config *config = config_new(settings, count, policy);

    (void)pthread_mutex_lock(&configs->mutex);
    struct ens_config *before = configs->current;
    config->generation = before->generation + 1;
    configs->current = config;
    (void)pthread_mutex_unlock(&configs->mutex);
    ens_config_unref(configs, before);
}

struct ens_config *ens_config_ref(struct ens_configs *configs)
{
    (void)pthread_mutex_lock(&configs->mutex);
    struct ens_config *config = configs->current;
    config->refs++;
    (void)pthread_mutex_unlock(&configs->mutex);
    return config;
}

void ens_config_unref(struct ens_configs *configs, struct ens_config *config)
{
    (void)pthread_mutex_lock(&configs->mutex);
    const bool last = --config->refs == 0;
    (void)pthread_mutex_unlock(&configs->mutex);
    if (last) {
        ens_arena_free(config->arena); /* wipes the keys */
        ens_free(config);
    }
}

const struct ens_cloud_settings *ens_config_find(const struct ens_config *config, ens_str cloud)
{
    for (size_t i = 0; i < config->count; i++) {
        if (ens_str_eq(config->settings[i].cloud, cloud)) {
            return &config->settings[i];
        }
    }
    return NULL;
}

/* ---- checks --------------------------------------------------------------------------------- */

static ens_rc check_value(const struct ens_cloud_settings *settings, const struct ens_setting *row,
                          struct ens_diags *diags)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const ens_str where =
        ens_arena_printf(arena, "%.*s.%s", ENS_STR_ARG(settings->cloud), row->name);

    if (row->bytes_max > 0) {
        return ens_setting_text(settings, row).len <= row->bytes_max
                   ? ENS_OK
                   : ens_fail(diags, ENS_LIMIT, where.ptr, "the value is longer than %zu bytes",
                              row->bytes_max);
    }
    const uint32_t seconds = ens_setting_seconds(settings, row);
    return seconds == 0 ||
                   (seconds >= ENS_ROLE_DURATION_MIN_S && seconds <= ENS_ROLE_DURATION_MAX_S)
               ? ENS_OK
               : ens_fail(diags, ENS_INVALID, where.ptr, "expected %u to %u seconds, got %u",
                          ENS_ROLE_DURATION_MIN_S, ENS_ROLE_DURATION_MAX_S, seconds);
}

static enum ens_presence presence(const void *ud, const char *name)
{
    return ens_settings_have(ud, name) ? ENS_PRESENCE_SET : ENS_PRESENCE_UNSET;
}

static ens_rc check_values(const struct ens_provider *provider,
                           const struct ens_cloud_settings *settings, struct ens_diags *diags)
{
    const struct ens_presences presences = {presence, settings};
    ens_rc rc = ENS_OK;

    for (const struct ens_setting *row = ens_setting_rows; rc == ENS_OK && row->name != NULL;
         row++) {
        rc = check_value(settings, row, diags);
    }
    return rc == ENS_OK ? ens_settings_rules_check(provider, &presences, diags) : rc;
}

static ens_rc check_cloud(const struct ens_registry *registry,
                          const struct ens_environment *environment,
                          const struct ens_cloud_settings *settings, struct ens_diags *diags)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const char *allow = environment->get(environment->ud, "ENSURE_ALLOW_HTTP");
    ens_rc rc = ens_registry_require(registry, settings->cloud, "cloud", diags);

    if (rc == ENS_OK) {
        rc = check_values(ens_registry_find(registry, settings->cloud), settings, diags);
    }
    if (rc == ENS_OK && settings->region.len > 0) {
        ens_str where = ens_arena_printf(arena, "%.*s.region", ENS_STR_ARG(settings->cloud));
        rc = ens_region_check(settings->region, where.ptr, diags);
    }
    if (rc == ENS_OK && settings->endpoint.len > 0) {
        ens_str where = ens_arena_printf(arena, "%.*s.endpoint", ENS_STR_ARG(settings->cloud));
        rc = ens_endpoint_check(settings->endpoint, ens_str_is(ens_str_of(allow), "1"), where.ptr,
                                diags);
    }
    return rc;
}

ens_rc ens_settings_check(const struct ens_registry *registry,
                          const struct ens_environment *environment,
                          const struct ens_cloud_settings *settings, size_t count,
                          struct ens_diags *diags)
{
    ens_rc rc = ENS_OK;

    for (size_t i = 0; rc == ENS_OK && i < count; i++) {
        rc = check_cloud(registry, environment, &settings[i], diags);
        for (size_t j = 0; rc == ENS_OK && j < i; j++) {
            if (ens_str_eq(settings[j].cloud, settings[i].cloud)) {
                rc = ens_fail(diags, ENS_INVALID, "cloud", "the cloud %.*s is configured twice",
                              ENS_STR_ARG(settings[i].cloud));
            }
        }
    }
    return rc;
}
