/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sources that need no steps, because tables of the provider say all there is to know:
 * explicit settings, environment variables, and the keys in profile files. Key, secret and token
 * always come from one of them.
 */
#ifndef ENSURE_CREDENTIALS_TABLES_H
#define ENSURE_CREDENTIALS_TABLES_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/host.h"
#include "credentials/settings.h"

#define ENS_PROFILE_FILE_MAX ((size_t)1024 * 1024) /* bytes of a profile file */

/* Borrowed. Results point into the arena, the settings or the environment. */
struct ens_tables {
    const struct ens_provider *provider;
    const struct ens_cloud_settings *settings; /* that keep the rules of settings_rules.h */
    const struct ens_environment *environment;
    struct ens_arena *arena;
    struct ens_diags *diags;
};

/* Keys as a source has them. */
struct ens_found_keys {
    struct ens_identity identity;
    /* The setting, variable or file of each, for diagnostics. */
    const char *access_origin;
    const char *secret_origin;
    const char *token_origin;
};

/* Each of the next three returns ENS_OK with *ret set, ENS_NOT_FOUND if the source has no keys, or
 * another code with a diagnostic. */
ens_rc ens_tables_settings(const struct ens_tables *tables,
                           struct ens_found_keys *ret) ENS_MUST_USE;
ens_rc ens_tables_environment(const struct ens_tables *tables,
                              struct ens_found_keys *ret) ENS_MUST_USE;

/* What one profile file came to. */
struct ens_profile_look {
    ens_str path;      /* empty: none is known */
    const char *note;  /* with ENS_NOT_FOUND: why, such as "no such file" */
    const void *state; /* not NULL: no keys, but the provider's steps begin with this */
    bool read;         /* the file is there */
};

ens_rc ens_tables_profile(const struct ens_tables *tables, const struct ens_profile_file *file,
                          struct ens_found_keys *ret,
                          struct ens_profile_look *ret_look) ENS_MUST_USE;

/* The variable that names a profile, if the settings name none; NULL: no variable does. */
const char *ens_tables_profile_variable(const struct ens_tables *tables);

/* Whether the keys can be sent: not too long, visible ASCII. */
ens_rc ens_found_keys_check(const struct ens_found_keys *keys,
                            struct ens_diags *diags) ENS_MUST_USE;

#endif
