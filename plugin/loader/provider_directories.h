/* SPDX-License-Identifier: Apache-2.0 */
/* The directories in which the providers of this installation may be. Used inside loader/ only. */
#ifndef ENSURE_LOADER_PROVIDER_DIRECTORIES_H
#define ENSURE_LOADER_PROVIDER_DIRECTORIES_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/arena.h"

/* The file that contains this code: the program, or the shared object it is linked into. */
struct ens_object {
    ens_str directory; /* real path, in the arena */
    uid_t owner;
    bool known; /* false: the file could not be determined, and the others are empty */
};

struct ens_object ens_object_here(struct ens_arena *arena);

#define ENS_OWN_PLACES_MAX 8

/* Sets ret, which has ENS_OWN_PLACES_MAX elements, to the directories in search order, and returns
 * their number. Some may not exist. */
size_t ens_own_places(struct ens_arena *arena, const struct ens_object *object, ens_str *ret);

#endif
