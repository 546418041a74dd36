/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds the keys of a cloud: in explicit settings, then the environment, then the profile files of
 * the vendor's command line. Key, secret and token always come from one source.
 */
#ifndef ENSURE_CREDENTIALS_CREDENTIALS_H
#define ENSURE_CREDENTIALS_CREDENTIALS_H

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

/* The keys that requests to a cloud are signed with. */
struct ens_keys {
    struct ens_secret access_key;
    struct ens_secret secret_key;
    struct ens_secret security_token;
    char *source; /* shown to the user, such as "environment (BCE_ACCESS_KEY_ID)" */
};

void ens_keys_done(struct ens_keys *keys);
bool ens_keys_eq(const struct ens_keys *a, const struct ens_keys *b);

/* settings may be NULL. ENS_NOT_FOUND: no source has credentials; ENS_INVALID: a source has some
 * that can't be used (key without secret, malformed profile file). Either way one diagnostic says
 * which sources were searched and what to set, without any secret. With ENS_OK there may be
 * warnings. */
ens_rc ens_keys_resolve(const struct ens_provider *provider,
                        const struct ens_cloud_settings *settings,
                        const struct ens_environment *environment, struct ens_keys *ret,
                        struct ens_diags *diags) ENS_MUST_USE;

#endif
