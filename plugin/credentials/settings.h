/* SPDX-License-Identifier: Apache-2.0 */
/* What a user configures for a cloud. */
#ifndef ENSURE_CREDENTIALS_SETTINGS_H
#define ENSURE_CREDENTIALS_SETTINGS_H

#include <stdbool.h>

#include "base/str.h"

/* Explicit settings of one cloud; empty slices and zeroes are not set. */
struct ens_cloud_settings {
    ens_str cloud;
    ens_str access_key;
    ens_str secret_key;
    ens_str security_token;
    ens_str profile;
    ens_str region; /* a default for front ends whose targets may omit it */
    ens_str endpoint;
    struct ens_role_settings assume_role; /* on top of the keys of any source */
    struct ens_oidc_settings assume_role_with_oidc;
    ens_str metadata_role; /* of the machine; its keys are those of the metadata service */
};

/* Whether any member of assume_role_with_oidc is set. */
bool ens_settings_have_oidc(const struct ens_cloud_settings *settings);

/* Copies all texts into the arena. */
struct ens_arena;
struct ens_cloud_settings ens_settings_copy(struct ens_arena *arena,
                                            const struct ens_cloud_settings *settings);

#endif
