/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/account.h"

#include <stdio.h>

#include "base/alloc.h"
#include "credentials/source_key.h"
#include "http/endpoint.h"

/* ENS_CLOUD_MAX bytes of name, and the longest of the endings below. */
#define VARIABLE_SIZE (sizeof("ENSURE__STS_ENDPOINT") + 32)

/* ---- endpoints ------------------------------------------------------------------------------ */

/* The endpoints of an account; empty: not replaced. */
struct endpoints {
    ens_str api;
    ens_str sts;
    ens_str metadata; /* empty: it must not be asked */
};

static const char *get(const struct ens_accounts *accounts, const char *name)
{
    return accounts->environment->get(accounts->environment->ud, name);
}

/* The value of ENSURE_<CLOUD>_<ending>; the name is written to variable. */
static ens_str cloud_variable(const struct ens_accounts *accounts,
                              const struct ens_provider *provider, const char *ending,
                              char variable[VARIABLE_SIZE])
{
    (void)snprintf(variable, VARIABLE_SIZE, "ENSURE_%s_%s", provider->name, ending);
    for (char *c = variable; *c != '\0'; c++) {
        if (*c >= 'a' && *c <= 'z') {
            *c = (char)(*c - 'a' + 'A');
        }
    }
    return ens_str_of(get(accounts, variable));
}

/* The normal form of an endpoint that was checked. */
static ens_str base_of(struct ens_accounts *accounts, ens_str endpoint)
{
    struct ens_endpoint parsed = {0};

    ENS_ASSERT(ens_endpoint_parse(endpoint, &parsed) == NULL);
    return ens_endpoint_base(accounts->arena, &parsed);
}

/* An endpoint by setting (which may be empty) or variable. */
static ens_rc find_endpoint(struct ens_accounts *accounts, const struct ens_provider *provider,
                            ens_str setting, const char *ending, ens_str *ret,
                            struct ens_diags *diags)
{
    char variable[VARIABLE_SIZE] = "endpoint";
    const bool allow_http = ens_str_is(ens_str_of(get(accounts, "ENSURE_ALLOW_HTTP")), "1");
    const ens_str endpoint =
        setting.len > 0 ? setting : cloud_variable(accounts, provider, ending, variable);

    if (endpoint.len == 0) {
        return ENS_OK;
    }
    ens_rc rc = ens_endpoint_check(endpoint, allow_http, variable, diags);
    if (rc == ENS_OK) {
        *ret = base_of(accounts, endpoint);
    }
    return rc;
}

static const struct ens_source *find_metadata(const struct ens_provider *provider)
{
    const struct ens_source *const *source = provider->sources;

    while (source != NULL && *source != NULL && (*source)->kind != ENS_SOURCE_METADATA) {
        source++;
    }
    return source != NULL ? *source : NULL;
}

static bool metadata_is_off(const struct ens_accounts *accounts)
{
    return ens_str_is(ens_str_of(get(accounts, "ENSURE_METADATA")), "off");
}

static ens_rc find_metadata_endpoint(struct ens_accounts *accounts,
                                     const struct ens_provider *provider, ens_str *ret,
                                     struct ens_diags *diags)
{
    const struct ens_source *metadata = find_metadata(provider);
    char variable[VARIABLE_SIZE];
    const ens_str replaced = cloud_variable(accounts, provider, "METADATA", variable);
    ens_rc rc = replaced.len == 0 ? ENS_OK : ens_endpoint_check_loopback(replaced, variable, diags);

    if (rc == ENS_OK && metadata != NULL && !metadata_is_off(accounts)) {
        *ret = base_of(accounts, replaced.len > 0 ? replaced : ens_str_of(metadata->address));
    }
    return rc;
}

static ens_rc find_endpoints(struct ens_accounts *accounts, const struct ens_provider *provider,
                             const struct ens_cloud_settings *settings, struct endpoints *ret,
                             struct ens_diags *diags)
{
    ens_rc rc =
        find_endpoint(accounts, provider, settings != NULL ? settings->endpoint : ENS_STR(""),
                      "ENDPOINT", &ret->api, diags);

    if (rc == ENS_OK) {
        rc = find_endpoint(accounts, provider, ENS_STR(""), "STS_ENDPOINT", &ret->sts, diags);
    }
    return rc == ENS_OK ? find_metadata_endpoint(accounts, provider, &ret->metadata, diags) : rc;
}

/* ---- accounts ------------------------------------------------------------------------------- */

static bool *no_metadata(struct ens_accounts *accounts, const struct ens_provider *provider)
{
    struct ens_cloud_memory *memory = accounts->memories;

    while (memory != NULL && memory->provider != provider) {
        memory = memory->next;
    }
    if (memory == NULL) {
        memory = ens_alloc(sizeof(*memory));
        *memory = (struct ens_cloud_memory){.next = accounts->memories, .provider = provider};
        accounts->memories = memory;
    }
    return &memory->no_metadata;
}

static bool is_same(const struct ens_account *account, const struct ens_provider *provider,
                    const struct endpoints *endpoints, const struct ens_secret *source_key)
{
    return account->provider == provider && ens_str_eq(account->endpoint, endpoints->api) &&
           ens_str_eq(account->sts_endpoint, endpoints->sts) &&
           ens_str_eq(account->metadata_endpoint, endpoints->metadata) &&
           ens_secret_eq(&account->source_key, source_key);
}

static struct ens_account *account_new(struct ens_accounts *accounts,
                                       const struct ens_provider *provider,
                                       const struct ens_cloud_settings *settings,
                                       const struct endpoints *endpoints)
{
    static const struct ens_cloud_settings none = {0};
    struct ens_account *account = ens_alloc(sizeof(*account));
    struct ens_arena *arena = ens_arena_new();

    *account = (struct ens_account){
        .provider = provider,
        .arena = arena,
        .settings = ens_settings_copy(arena, settings != NULL ? settings : &none),
        .endpoint = ens_arena_dup(arena, endpoints->api),
        .sts_endpoint = ens_arena_dup(arena, endpoints->sts),
        .metadata_endpoint = ens_arena_dup(arena, endpoints->metadata),
    };
    const struct ens_search_options options = {
        .provider = provider,
        .settings = &account->settings,
        .environment = accounts->environment,
        .sts_endpoint = account->sts_endpoint,
        .metadata_endpoint = account->metadata_endpoint,
        .no_metadata = "ENSURE_METADATA=off",
    };
    ens_keyring_init(&account->keyring, accounts->logins, &options,
                     no_metadata(accounts, provider));
    return account;
}

static void account_free(struct ens_account *account)
{
    ens_keyring_done(&account->keyring);
    ens_secret_done(&account->source_key);
    ens_arena_free(account->arena); /* wipes the settings */
    ens_free(account);
}

static struct ens_account *find_or_add(struct ens_accounts *accounts,
                                       const struct ens_provider *provider,
                                       const struct ens_cloud_settings *settings,
                                       const struct endpoints *endpoints)
{
    struct ens_secret source_key = ens_source_key(provider, settings, accounts->environment);

    for (struct ens_account *account = accounts->accounts; account != NULL;
         account = account->next) {
        if (is_same(account, provider, endpoints, &source_key)) {
            ens_secret_done(&source_key);
            return account;
        }
    }
    struct ens_account *account = account_new(accounts, provider, settings, endpoints);
    account->source_key = source_key;
    account->next = accounts->accounts;
    accounts->accounts = account;
    return account;
}

static void resolve(struct ens_accounts *accounts, const struct ens_config *config,
                    struct ens_cloud_account *cloud)
{
    ENS_AUTO_DIAGS diags = {0};
    struct endpoints endpoints = {0};
    const struct ens_provider *provider = cloud->provider;
    const struct ens_cloud_settings *settings = ens_config_find(config, ens_str_of(provider->name));

    if (find_endpoints(accounts, provider, settings, &endpoints, &diags) == ENS_OK) {
        cloud->account = find_or_add(accounts, provider, settings, &endpoints);
        return;
    }
    cloud->hint = ENS_HINT_ENDPOINT;
    cloud->error = ens_diag_line(accounts->arena, &diags.items[0]);
    ens_log(accounts->logins->log, ENS_LOG_INFO, "engine", "%s: %.*s", provider->name,
            ENS_STR_ARG(cloud->error));
}

const struct ens_cloud_account *ens_cloud_account_get(struct ens_accounts *accounts,
                                                      const struct ens_config *config,
                                                      const struct ens_provider *provider)
{
    for (struct ens_cloud_account *cloud = accounts->clouds; cloud != NULL; cloud = cloud->next) {
        if (cloud->generation == config->generation && cloud->provider == provider) {
            return cloud;
        }
    }
    struct ens_cloud_account *cloud = ens_alloc(sizeof(*cloud));
    *cloud = (struct ens_cloud_account){
        .next = accounts->clouds, .generation = config->generation, .provider = provider};
    accounts->clouds = cloud;
    if (accounts->arena == NULL) {
        accounts->arena = ens_arena_new();
    }
    resolve(accounts, config, cloud);
    return cloud;
}

void ens_accounts_check(const struct ens_environment *environment, struct ens_diags *diags)
{
    static const char *const switches[] = {"ENSURE_METADATA", "ENSURE_EXTERNAL_CREDENTIALS"};

    for (size_t i = 0; i < ENS_COUNT(switches); i++) {
        const char *value = environment->get(environment->ud, switches[i]);
        if (value != NULL && !ens_str_is(ens_str_of(value), "off")) {
            ens_diags_add(diags, ENS_WARNING, switches[i], NULL,
                          "\"%.32s\" is not off, and is ignored", value);
        }
    }
}

/* ---- the end -------------------------------------------------------------------------------- */

static void forget_clouds(struct ens_accounts *accounts)
{
    while (accounts->clouds != NULL) {
        struct ens_cloud_account *cloud = accounts->clouds;
        accounts->clouds = cloud->next;
        ens_free(cloud);
    }
    ens_arena_free(accounts->arena);
    accounts->arena = NULL;
}

/* Frees the accounts but those that live, of which at most so many are kept. */
static void forget_accounts(struct ens_accounts *accounts, unsigned kept_max)
{
    struct ens_account **at = &accounts->accounts;
    unsigned kept = 0;

    while (*at != NULL) {
        struct ens_account *account = *at;
        if (kept < kept_max && ens_keyring_lives(&account->keyring)) {
            ens_keyring_rest(&account->keyring);
            kept++;
            at = &account->next;
        } else {
            *at = account->next;
            account_free(account);
        }
    }
}

void ens_accounts_rest(struct ens_accounts *accounts)
{
    forget_clouds(accounts);
    forget_accounts(accounts, ENS_ACCOUNTS_KEPT_MAX);
}

void ens_accounts_done(struct ens_accounts *accounts)
{
    forget_clouds(accounts);
    forget_accounts(accounts, 0);
    while (accounts->memories != NULL) {
        struct ens_cloud_memory *memory = accounts->memories;
        accounts->memories = memory->next;
        ens_free(memory);
    }
}
