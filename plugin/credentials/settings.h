/* SPDX-License-Identifier: Apache-2.0 */
/* What a user configures for a cloud. */
#ifndef ENSURE_CREDENTIALS_SETTINGS_H
#define ENSURE_CREDENTIALS_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

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

/* Seconds that keys of a role may be asked to live. */
#define ENS_ROLE_DURATION_MIN_S 900u
#define ENS_ROLE_DURATION_MAX_S 43200u

/* A setting by its name, as users write it: "assume_role.policy". */
struct ens_setting {
    const char *name;
    size_t offset;    /* in struct ens_cloud_settings */
    size_t bytes_max; /* of a text; 0: a number of seconds */
};

/* All but cloud, region and endpoint; ended by a row with name NULL. */
extern const struct ens_setting ens_setting_rows[];

/* The value of a row that has texts, and of one that has seconds. */
ens_str ens_setting_text(const struct ens_cloud_settings *settings, const struct ens_setting *row);
uint32_t ens_setting_seconds(const struct ens_cloud_settings *settings,
                             const struct ens_setting *row);

/* Whether the setting of that name is set, or any of those below it ("assume_role"). */
bool ens_settings_have(const struct ens_cloud_settings *settings, const char *name);

/* Copies all texts into the arena. */
struct ens_arena;
struct ens_cloud_settings ens_settings_copy(struct ens_arena *arena,
                                            const struct ens_cloud_settings *settings);

#endif
