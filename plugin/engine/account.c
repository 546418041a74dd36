/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/account.h"

#include <stdio.h>

#include "base/alloc.h"
#include "http/endpoint.h"

#define VARIABLE_SIZE (sizeof("ENSURE__ENDPOINT") + 32) /* ENS_CLOUD_MAX bytes of name */

/* ---- the endpoint --------------------------------------------------------------------------- */

/* Finds the endpoint that overrides the region's. *ret is in the arena of the accounts; empty: none
 * is set. */
static ens_rc find_endpoint(const struct ens_accounts *accounts,
                            const struct ens_provider *provider,
                            const struct ens_cloud_settings *settings, ens_str *ret,
                            struct ens_diags *diags)
{
    const struct ens_environment *environment = accounts->environment;
    const char *allow_http = environment->get(environment->ud, "ENSURE_ALLOW_HTTP");
    char variable[VARIABLE_SIZE];
    const char *where = "endpoint";
    ens_str endpoint = settings != NULL ? settings->endpoint : ENS_STR("");

    if (endpoint.len == 0) {
        (void)snprintf(variable, sizeof(variable), "ENSURE_%s_ENDPOINT", provider->name);
        for (char *c = variable; *c != '\0'; c++) {
            if (*c >= 'a' && *c <= 'z') {
                *c = (char)(*c - 'a' + 'A');
            }
        }
        endpoint = ens_str_of(environment->get(environment->ud, variable));
        where = variable;
    }
    *ret = (ens_str){NULL, 0};
    if (endpoint.len == 0) {
        return ENS_OK;
    }
    ens_rc rc = ens_endpoint_check(endpoint, ens_str_is(ens_str_of(allow_http), "1"), where, diags);
    if (rc == ENS_OK) {
        struct ens_endpoint parsed = {0};
        ENS_ASSERT(ens_endpoint_parse(endpoint, &parsed) == NULL);
        *ret = ens_endpoint_base(accounts->arena, &parsed);
    }
    return rc;
}

/* ---- accounts ------------------------------------------------------------------------------- */

static const struct ens_account *find_or_add(struct ens_accounts *accounts,
                                             const struct ens_provider *provider,
                                             struct ens_keys *keys, ens_str endpoint)
{
    for (struct ens_account *account = accounts->accounts; account != NULL;
         account = account->next) {
        if (account->provider == provider && ens_str_eq(account->endpoint, endpoint) &&
            ens_keys_eq(&account->keys, keys)) {
            ens_keys_done(keys);
            return account;
        }
    }
    struct ens_account *account = ens_alloc(sizeof(*account));
    *account = (struct ens_account){
        .next = accounts->accounts,
        .provider = provider,
        .keys = *keys,
        .endpoint = endpoint,
    };
    accounts->accounts = account;
    return account;
}

static const struct ens_diag *first(const struct ens_diags *diags, enum ens_severity severity)
{
    for (size_t i = 0; i < diags->count; i++) {
        if (diags->items[i].severity == severity) {
            return &diags->items[i];
        }
    }
    return NULL;
}

/* The first error as one clause: "environment: VOLCENGINE_SECRET_KEY is not set". Without the
 * cloud's name, which the callers add. */
static ens_str error_clause(struct ens_arena *arena, const struct ens_provider *provider,
                            const struct ens_diags *diags)
{
    const struct ens_diag *why = first(diags, ENS_ERROR);

    if (why == NULL) {
        return ENS_STR("there are no credentials");
    }
    return ens_str_is(ens_str_of(why->where), provider->name)
               ? ens_arena_dup(arena, ens_str_of(why->summary))
               : ens_diag_line(arena, why);
}

static void resolve(struct ens_accounts *accounts, const struct ens_config *config,
                    struct ens_cloud_account *cloud)
{
    ENS_AUTO_DIAGS diags = {0};
    struct ens_keys keys = {0};
    ens_str endpoint = {0};
    const struct ens_provider *provider = cloud->provider;
    const struct ens_cloud_settings *settings = ens_config_find(config, ens_str_of(provider->name));

    ens_rc rc = ens_keys_resolve(provider, settings, accounts->environment, &keys, &diags);
    const struct ens_diag *warning = first(&diags, ENS_WARNING);
    if (warning != NULL) {
        cloud->warning = ens_diag_line(accounts->arena, warning);
    }
    if (rc != ENS_OK) {
        cloud->reason = ENS_REASON_UNAUTHENTICATED;
        cloud->hint = rc == ENS_NOT_FOUND ? ENS_HINT_KEYS_MISSING : ENS_HINT_KEYS_UNUSABLE;
    } else if (find_endpoint(accounts, provider, settings, &endpoint, &diags) != ENS_OK) {
        cloud->reason = ENS_REASON_INVALID_ARGUMENT;
        cloud->hint = ENS_HINT_ENDPOINT;
    } else {
        cloud->account = find_or_add(accounts, provider, &keys, endpoint);
        return;
    }
    ens_keys_done(&keys);
    cloud->error = error_clause(accounts->arena, provider, &diags);
    ens_log(accounts->log, ENS_LOG_INFO, "engine", "%s: %.*s", provider->name,
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

void ens_accounts_clear(struct ens_accounts *accounts)
{
    while (accounts->clouds != NULL) {
        struct ens_cloud_account *cloud = accounts->clouds;
        accounts->clouds = cloud->next;
        ens_free(cloud);
    }
    while (accounts->accounts != NULL) {
        struct ens_account *account = accounts->accounts;
        accounts->accounts = account->next;
        ens_keys_done(&account->keys);
        ens_free(account);
    }
    ens_arena_free(accounts->arena);
    accounts->arena = NULL;
}
