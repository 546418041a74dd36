/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Accounts: the keys and the endpoint of a cloud, resolved from a session's settings, the
 * environment and profile files. Equal ones share one account, so that their calls are batched.
 * Engine thread only.
 */
#ifndef ENSURE_ENGINE_ACCOUNT_H
#define ENSURE_ENGINE_ACCOUNT_H

#include "base/log.h"
#include "core/hint.h"
#include "engine/config.h"

/* Keys and endpoint for calls to a cloud. */
struct ens_account {
    struct ens_account *next;
    const struct ens_provider *provider;
    struct ens_keys keys;
    ens_str endpoint; /* scheme://host[:port] that overrides the region rule; empty: none */
};

/* The account that a configuration resolves to for one cloud. */
struct ens_cloud_account {
    struct ens_cloud_account *next;
    uint64_t generation; /* of the configuration */
    const struct ens_provider *provider;
    const struct ens_account *account; /* NULL: none; reason and error say why */
    enum ens_reason reason;
    enum ens_hint hint;
    ens_str error;
    ens_str warning; /* about the source of the keys; empty: none */
};

struct ens_accounts {
    const struct ens_environment *environment;
    const struct ens_log *log;
    struct ens_account *accounts;
    struct ens_cloud_account *clouds;
    struct ens_arena *arena; /* of endpoints and errors; allocated on first use */
};

void ens_accounts_clear(struct ens_accounts *accounts); /* wipes the keys */

/* Resolved on first use, then cached per configuration. */
const struct ens_cloud_account *ens_cloud_account_get(struct ens_accounts *accounts,
                                                      const struct ens_config *config,
                                                      const struct ens_provider *provider);

#endif
