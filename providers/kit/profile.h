/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Readers for the profile files of the vendors' command lines. The files differ only in the names
 * of members and modes, which a kit_profile_shape describes. Errors quote names of profiles, modes
 * and members, never a key.
 *
 * It is an error if a profile that was requested by name is missing or incomplete. The default
 * profile may be missing or have no keys; then the result is empty without an error, and the engine
 * tries the next source.
 */
#ifndef ENSURE_KIT_PROFILE_H
#define ENSURE_KIT_PROFILE_H

#include "kit/recipe.h"

/* A method of authentication. */
struct kit_mode {
    const char *name; /* compared without case; NULL ends the table */
    enum kit_origin from;
    bool assumes;       /* then assumes the role of the profile */
    const char *advice; /* how to log in again, where a login left the keys; else NULL */
};

/* The modes of a file format that has no modes. */
extern const struct kit_mode kit_keys_alone[];

/* Names of the members of a profile; NULL: the file format has no such member. */
struct kit_profile_shape {
    const char *access_key;
    const char *secret_key;
    const char *security_token;
    const char *expiry; /* of the keys, if they were cached */
    const char *region;
    const char *mode;
    const struct kit_mode *modes; /* the first is that of a profile without a mode */

    const char *role;
    const char *role_account; /* then role_name makes the role of both */
    ens_str (*role_name)(const struct ens_memory *memory, ens_str account, ens_str role);
    const char *session_name;
    const char *duration;
    const char *policy;
    const char *external_id;
    const char *sts_host;
    const char *sts_region;
    const char *sts_private;

    const char *oidc_role;
    const char *identity_provider;
    const char *token_file;
    const char *metadata_role;
    const char *command;
    const char *uri;
    const char *login;
    const char *source_profile;
};

/* JSON: {"current": NAME, "profiles": [{"name": NAME, ...}]}; profiles may also be {NAME: {...}}.
 */
void kit_profile_read_json(const struct ens_memory *memory, ens_str text, ens_str asked,
                           const struct kit_profile_shape *shape, struct ens_profile *ret);

/* JSON: one object, which is the profile "default"; the file can't have another one. */
void kit_profile_read_one(const struct ens_memory *memory, ens_str text, ens_str asked,
                          const struct kit_profile_shape *shape, struct ens_profile *ret);

/* INI: a "[section]" for each profile, "key = value", comments that begin with '#' or ';'. Of keys
 * with the same name the first counts. */
void kit_profile_read_ini(const struct ens_memory *memory, ens_str text, ens_str asked,
                          const struct kit_profile_shape *shape, struct ens_profile *ret);

#endif
