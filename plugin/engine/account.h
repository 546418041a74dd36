/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Accounts: where the keys of a cloud come from, and the endpoints. An account is known by its
 * source, never by its keys, which change; configurations with the same source share one, so that
 * their calls are batched. Engine thread only.
 */
#ifndef ENSURE_ENGINE_ACCOUNT_H
#define ENSURE_ENGINE_ACCOUNT_H

#include "engine/config.h"
#include "engine/keyring.h"

#define ENS_ACCOUNTS_KEPT_MAX 16u /* while no job runs */

struct ens_account {
    struct ens_account *next;
    const struct ens_provider *provider;
    struct ens_arena *arena; /* of the settings and endpoints */
    struct ens_cloud_settings settings;
    struct ens_secret source_key;
    ens_str endpoint; /* scheme://host[:port] that overrides the region rule; empty: none */
    ens_str sts_endpoint;
    ens_str metadata_endpoint;
    struct ens_keyring keyring;
};

/* The account that a configuration resolves to for one cloud. */
struct ens_cloud_account {
    struct ens_cloud_account *next;
    uint64_t generation; /* of the configuration */
    const struct ens_provider *provider;
    struct ens_account
        *account; /* NULL: none, for the sake of an endpoint; hint and error say why */
    enum ens_hint hint;
    ens_str error;
};

/* What is known of a cloud for the life of the process. */
struct ens_cloud_memory {
    struct ens_cloud_memory *next;
    const struct ens_provider *provider;
    bool no_metadata; /* its metadata service was probed in vain */
};

struct ens_accounts {
    const struct ens_environment *environment;
    struct ens_logins *logins;
    struct ens_account *accounts;
    struct ens_cloud_account *clouds;
    struct ens_cloud_memory *memories;
    struct ens_arena *arena; /* of errors; allocated on first use */
};

/* Adds a warning for each switch of key sources that is set to something without a meaning. */
void ens_accounts_check(const struct ens_environment *environment, struct ens_diags *diags);

/* No job is left. Keeps the accounts whose keys were asked for and are alive, up to
 * ENS_ACCOUNTS_KEPT_MAX; all other keys are wiped, so that the next job reads them again. */
void ens_accounts_rest(struct ens_accounts *accounts);
void ens_accounts_done(struct ens_accounts *accounts); /* wipes all keys */

/* Resolved on first use, then cached per configuration. Asks no source for keys. */
const struct ens_cloud_account *ens_cloud_account_get(struct ens_accounts *accounts,
                                                      const struct ens_config *config,
                                                      const struct ens_provider *provider);

#endif
