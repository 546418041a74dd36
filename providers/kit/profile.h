/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Readers for the profile files of the vendors' command lines. The files differ only in the names
 * of members, which a kit_profile_shape describes. Errors quote names of profiles, modes and
 * members, never a key.
 *
 * It is an error if a profile that was requested by name is missing or incomplete. The default
 * profile may be missing or have no keys; then the result is empty without an error, and the engine
 * tries the next source.
 */
#ifndef ENSURE_KIT_PROFILE_H
#define ENSURE_KIT_PROFILE_H

#include "ensure/provider.h"

/* Names of the members of a profile; NULL: the file format has no such member. */
struct kit_profile_shape {
    const char *access_key;
    const char *secret_key;
    const char *security_token;
    const char *region;
    const char *mode; /* the method of authentication; if empty, the first of modes */
    const char *const
        *modes; /* supported ones: they need only the keys in the file; NULL-terminated */
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
