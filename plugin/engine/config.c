/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/config.h"

#include <limits.h>

#include "base/alloc.h"
#include "core/target.h"
#include "credentials/keys.h"
#include "http/endpoint.h"

/* Bytes of settings; the clouds' own limits are the same or lower. */
#define PROFILE_MAX      256
#define ROLE_MAX         512
#define SESSION_NAME_MAX 64
#define POLICY_MAX       8192
#define EXTERNAL_ID_MAX  1224
#define TOKEN_MAX        ((size_t)16 * 1024)

/* Seconds that keys of a role may live. */
#define DURATION_MIN_S 900u
#define DURATION_MAX_S 43200u

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

static ens_rc check_length(const struct ens_cloud_settings *settings, const char *name,
                           ens_str value, size_t max, struct ens_diags *diags)
{
    if (value.len <= max) {
        return ENS_OK;
    }
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ens_str where = ens_arena_printf(arena, "%.*s.%s", ENS_STR_ARG(settings->cloud), name);
    return ens_fail(diags, ENS_LIMIT, where.ptr, "the value is longer than %zu bytes", max);
}

static ens_rc check_lengths(const struct ens_cloud_settings *settings, struct ens_diags *diags)
{
    const struct ens_role_settings *role = &settings->assume_role;
    const struct ens_oidc_settings *oidc = &settings->assume_role_with_oidc;
    const struct {
        const char *name;
        ens_str value;
        size_t max;
    } rows[] = {
        {"access_key", settings->access_key, ENS_KEY_MAX},
        {"secret_key", settings->secret_key, ENS_KEY_MAX},
        {"security_token", settings->security_token, ENS_KEY_MAX},
        {"profile", settings->profile, PROFILE_MAX},
        {"metadata_role", settings->metadata_role, ROLE_MAX},
        {"assume_role.role", role->role, ROLE_MAX},
        {"assume_role.session_name", role->session_name, SESSION_NAME_MAX},
        {"assume_role.policy", role->policy, POLICY_MAX},
        {"assume_role.external_id", role->external_id, EXTERNAL_ID_MAX},
        {"assume_role_with_oidc.role", oidc->role, ROLE_MAX},
        {"assume_role_with_oidc.provider", oidc->provider, ROLE_MAX},
        {"assume_role_with_oidc.token", oidc->token, TOKEN_MAX},
        {"assume_role_with_oidc.token_file", oidc->token_file, PATH_MAX - 1},
        {"assume_role_with_oidc.session_name", oidc->session_name, SESSION_NAME_MAX},
        {"assume_role_with_oidc.policy", oidc->policy, POLICY_MAX},
    };

    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ens_rc rc = check_length(settings, rows[i].name, rows[i].value, rows[i].max, diags);
        if (rc != ENS_OK) {
            return rc;
        }
    }
    return ENS_OK;
}

static ens_rc check_duration(const struct ens_cloud_settings *settings, const char *name,
                             uint32_t duration_s, struct ens_diags *diags)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const ens_str where =
        ens_arena_printf(arena, "%.*s.%s.duration_seconds", ENS_STR_ARG(settings->cloud), name);

    return duration_s == 0 || (duration_s >= DURATION_MIN_S && duration_s <= DURATION_MAX_S)
               ? ENS_OK
               : ens_fail(diags, ENS_INVALID, where.ptr, "expected %u to %u seconds, got %u",
                          DURATION_MIN_S, DURATION_MAX_S, duration_s);
}

/* A block without a role would change nothing, and hide a mistake. */
static ens_rc check_role(const struct ens_cloud_settings *settings, struct ens_diags *diags)
{
    const struct ens_role_settings *role = &settings->assume_role;
    const bool other = role->session_name.len > 0 || role->policy.len > 0 ||
                       role->external_id.len > 0 || role->duration_s > 0;

    if (other && role->role.len == 0) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        const ens_str where =
            ens_arena_printf(arena, "%.*s.assume_role.role", ENS_STR_ARG(settings->cloud));
        return ens_fail(diags, ENS_INVALID, where.ptr,
                        "it is not set, so that the rest of assume_role has no effect");
    }
    ens_rc rc = check_duration(settings, "assume_role", role->duration_s, diags);
    return rc == ENS_OK ? check_duration(settings, "assume_role_with_oidc",
                                         settings->assume_role_with_oidc.duration_s, diags)
                        : rc;
}

static ens_rc check_cloud(const struct ens_registry *registry,
                          const struct ens_environment *environment,
                          const struct ens_cloud_settings *settings, struct ens_diags *diags)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const char *allow = environment->get(environment->ud, "ENSURE_ALLOW_HTTP");
    ens_rc rc = ens_registry_require(registry, settings->cloud, "cloud", diags);

    if (rc == ENS_OK) {
        rc = check_lengths(settings, diags);
    }
    if (rc == ENS_OK) {
        rc = check_role(settings, diags);
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
