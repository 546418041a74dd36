/*
 * Who speaks to a cloud, and where: explicit settings, then the environment, then the profile files
 * of the vendor's command line. Key, secret and token always come from one source.
 */
#ifndef ENSURE_RUN_CREDENTIALS_H
#define ENSURE_RUN_CREDENTIALS_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/host.h"
#include "base/secret.h"

#define ENS_PROFILE_FILE_MAX ((size_t)1024 * 1024) /* bytes of a profile file */
#define ENS_KEY_MAX          8192                  /* bytes of a key, secret or token */

/* Explicit settings of one cloud; empty slices are not set. */
struct ens_cloud_settings {
    ens_str cloud;
    ens_str access_key;
    ens_str secret_key;
    ens_str security_token;
    ens_str profile;
    ens_str region; /* a default for front ends whose targets may omit it */
    ens_str endpoint;
};

/* One way of speaking to a cloud. Equal accounts share calls. */
struct ens_account {
    const struct ens_provider *provider;
    struct ens_secret access_key;
    struct ens_secret secret_key;
    struct ens_secret security_token;
    char *endpoint; /* scheme://host[:port] that overrides the region rule; NULL: none */
};

void ens_account_done(struct ens_account *account);
bool ens_account_eq(const struct ens_account *a, const struct ens_account *b);

/* settings may be NULL. ENS_NOT_FOUND: no source has credentials; ENS_INVALID: a source is there
 * but can't be used (key without secret, bad profile file); ENS_MALFORMED: the endpoint is none.
 * Either way one diagnostic says what was looked at and what to set, without any secret. */
ens_rc ens_account_resolve(const struct ens_provider *provider,
                           const struct ens_cloud_settings *settings,
                           const struct ens_environment *environment, struct ens_account *ret,
                           struct ens_diags *diags) ENS_MUST_USE;

/* scheme://host[:port] and nothing else; http only to loopback unless allow_http. */
ens_rc ens_endpoint_check(ens_str endpoint, bool allow_http, const char *where,
                          struct ens_diags *diags) ENS_MUST_USE;

#endif
