/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading the profile files of the vendors' command lines. They differ in names only, so that a
 * reader is a row. Errors quote names of profiles, modes and members, never a key.
 *
 * A profile that was asked for by name must be there and complete. One that wasn't may be missing
 * or have no keys at all, as in a file that a tool left behind: then the result is empty, with no
 * error, and the engine looks elsewhere.
 */
#ifndef ENSURE_KIT_PROFILE_H
#define ENSURE_KIT_PROFILE_H

#include "ensure/provider.h"

/* What a profile's members are called; NULL: there is no such member. */
struct kit_profile_shape {
    const char *access_key;
    const char *secret_key;
    const char *security_token;
    const char *region;
    const char *mode; /* says how the profile authenticates; empty means the first of modes */
    const char *const *modes; /* those that need nothing but the keys in the file; ended by NULL */
};

/* JSON: {"current": NAME, "profiles": [{"name": NAME, ...}]}, or with {NAME: {...}} as profiles. */
void kit_profile_read_json(const struct ens_memory *memory, ens_str text, ens_str asked,
                           const struct kit_profile_shape *shape, struct ens_profile *ret);

/* JSON: an object that is the only profile, "default"; no other is ever in such a file. */
void kit_profile_read_one(const struct ens_memory *memory, ens_str text, ens_str asked,
                          const struct kit_profile_shape *shape, struct ens_profile *ret);

/* INI: a "[section]" for each profile, "key = value", comments that begin with '#' or ';'. Of keys
 * with the same name the first counts. */
void kit_profile_read_ini(const struct ens_memory *memory, ens_str text, ens_str asked,
                          const struct kit_profile_shape *shape, struct ens_profile *ret);

#endif
