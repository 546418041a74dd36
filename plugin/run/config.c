/* Explicit settings, and the accounts that come of them. */
#include "base/alloc.h"
#include "run/engine_private.h"

#define PROFILE_MAX 256 /* bytes of a profile's name */

/* ---- settings ------------------------------------------------------------------------------- */

struct ens_config *ens_config_new(const struct ens_cloud_settings *settings, size_t count)
{
    struct ens_config *config = ens_alloc(sizeof(*config));
    struct ens_arena *arena = ens_arena_new();

    *config = (struct ens_config){.refs = 1, .arena = arena, .count = count};
    config->settings = ens_arena_array(arena, count, sizeof(*settings));
    for (size_t i = 0; i < count; i++) {
        config->settings[i] = (struct ens_cloud_settings){
            .cloud = ens_arena_dup(arena, settings[i].cloud),
            .access_key = ens_arena_dup(arena, settings[i].access_key),
            .secret_key = ens_arena_dup(arena, settings[i].secret_key),
            .security_token = ens_arena_dup(arena, settings[i].security_token),
            .profile = ens_arena_dup(arena, settings[i].profile),
            .region = ens_arena_dup(arena, settings[i].region),
            .endpoint = ens_arena_dup(arena, settings[i].endpoint),
        };
    }
    return config;
}

static void forget_logins(struct ens_config *config)
{
    while (config->logins != NULL) {
        struct ens_cloud_login *next = config->logins->next;
        ens_free(config->logins->error);
        ens_free(config->logins);
        config->logins = next;
    }
}

void ens_config_ref(struct ens_engine *engine, struct ens_config **ret)
{
    (void)pthread_mutex_lock(&engine->mutex);
    engine->config->refs++;
    *ret = engine->config;
    (void)pthread_mutex_unlock(&engine->mutex);
}

void ens_config_unref(struct ens_engine *engine, struct ens_config *config)
{
    (void)pthread_mutex_lock(&engine->mutex);
    const bool last = --config->refs == 0;
    (void)pthread_mutex_unlock(&engine->mutex);
    if (last) {
        forget_logins(config);
        ens_arena_free(config->arena); /* wipes the keys */
        ens_free(config);
    }
}

static const struct ens_cloud_settings *find_settings(const struct ens_config *config,
                                                      ens_str cloud)
{
    for (size_t i = 0; i < config->count; i++) {
        if (ens_str_eq(config->settings[i].cloud, cloud)) {
            return &config->settings[i];
        }
    }
    return NULL;
}

ens_str ens_engine_region(struct ens_engine *engine, struct ens_arena *arena, ens_str cloud)
{
    struct ens_config *config = NULL;

    ens_config_ref(engine, &config);
    const struct ens_cloud_settings *settings = find_settings(config, cloud);
    ens_str region = settings != NULL ? ens_arena_dup(arena, settings->region) : ENS_STR("");
    ens_config_unref(engine, config);
    return region;
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
    const struct {
        const char *name;
        ens_str value;
        size_t max;
    } rows[] = {
        {"access_key", settings->access_key, ENS_KEY_MAX},
        {"secret_key", settings->secret_key, ENS_KEY_MAX},
        {"security_token", settings->security_token, ENS_KEY_MAX},
        {"profile", settings->profile, PROFILE_MAX},
    };

    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ens_rc rc = check_length(settings, rows[i].name, rows[i].value, rows[i].max, diags);
        if (rc != ENS_OK) {
            return rc;
        }
    }
    return ENS_OK;
}

static ens_rc check_settings(const struct ens_engine *engine,
                             const struct ens_cloud_settings *settings, struct ens_diags *diags)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const char *allow = engine->environment->get(engine->environment->ud, "ENSURE_ALLOW_HTTP");
    ens_rc rc = ens_registry_require(engine->registry, settings->cloud, "cloud", diags);

    if (rc == ENS_OK) {
        rc = check_lengths(settings, diags);
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

ens_rc ens_engine_configure(struct ens_engine *engine, const struct ens_cloud_settings *settings,
                            size_t count, struct ens_diags *diags)
{
    for (size_t i = 0; i < count; i++) {
        ens_rc rc = check_settings(engine, &settings[i], diags);
        for (size_t j = 0; rc == ENS_OK && j < i; j++) {
            if (ens_str_eq(settings[j].cloud, settings[i].cloud)) {
                rc = ens_fail(diags, ENS_INVALID, "cloud", "the cloud %.*s is configured twice",
                              ENS_STR_ARG(settings[i].cloud));
            }
        }
        if (rc != ENS_OK) {
            return rc;
        }
    }
    struct ens_config *config = ens_config_new(settings, count);
    (void)pthread_mutex_lock(&engine->mutex);
    struct ens_config *before = engine->config;
    engine->config = config;
    (void)pthread_mutex_unlock(&engine->mutex);
    ens_config_unref(engine, before);
    return ENS_OK;
}

/* ---- accounts ------------------------------------------------------------------------------- */

/* Equal accounts are one, so that their calls travel together. */
static struct ens_login *share_login(struct ens_engine *engine, struct ens_account *account)
{
    for (struct ens_login *login = engine->logins; login != NULL; login = login->next) {
        if (ens_account_eq(&login->account, account)) {
            ens_account_done(account);
            return login;
        }
    }
    struct ens_login *login = ens_alloc(sizeof(*login));
    *login = (struct ens_login){.account = *account, .next = engine->logins};
    engine->logins = login;
    return login;
}

/* The first diagnostic as one clause: "environment: VOLCENGINE_SECRET_KEY is not set". The cloud is
 * named by whoever shows it. */
static char *explain(const struct ens_provider *provider, const struct ens_diags *diags)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();

    if (diags->count == 0) {
        return ens_strdup("there are no credentials");
    }
    const struct ens_diag *why = &diags->items[0];
    if (why->where[0] == '\0' || ens_str_is(ens_str_of(why->where), provider->name)) {
        return ens_strdup(why->summary);
    }
    return ens_strdup(ens_arena_printf(arena, "%s: %s", why->where, why->summary).ptr);
}

static void resolve(struct ens_engine *engine, const struct ens_config *config,
                    struct ens_cloud_login *cloud)
{
    ENS_AUTO_DIAGS diags = {0};
    struct ens_account account = {0};
    const struct ens_cloud_settings *settings =
        find_settings(config, ens_str_of(cloud->provider->name));

    ens_rc rc =
        ens_account_resolve(cloud->provider, settings, engine->environment, &account, &diags);
    if (rc == ENS_OK) {
        cloud->login = share_login(engine, &account);
        return;
    }
    ens_account_done(&account);
    cloud->reason = rc == ENS_MALFORMED ? ENS_REASON_INVALID_ARGUMENT : ENS_REASON_UNAUTHENTICATED;
    cloud->error = explain(cloud->provider, &diags);
    ens_log(engine->log, ENS_LOG_INFO, "engine", "%s: %s", cloud->provider->name, cloud->error);
}

const struct ens_cloud_login *ens_config_login(struct ens_engine *engine, struct ens_config *config,
                                               const struct ens_provider *provider)
{
    for (struct ens_cloud_login *cloud = config->logins; cloud != NULL; cloud = cloud->next) {
        if (cloud->provider == provider) {
            return cloud;
        }
    }
    struct ens_cloud_login *cloud = ens_alloc(sizeof(*cloud));
    *cloud = (struct ens_cloud_login){.next = config->logins, .provider = provider};
    config->logins = cloud;
    resolve(engine, config, cloud);
    return cloud;
}

void ens_config_forget(struct ens_engine *engine)
{
    struct ens_config *config = NULL;

    ens_config_ref(engine, &config);
    forget_logins(config);
    ens_config_unref(engine, config);
    while (engine->logins != NULL) {
        struct ens_login *next = engine->logins->next;
        ens_account_done(&engine->logins->account);
        ens_free(engine->logins);
        engine->logins = next;
    }
}
