/* SPDX-License-Identifier: Apache-2.0 */
/* Where the provider directories of this program are. Inside run/ only. */
#ifndef ENSURE_LOADER_REGISTRY_PLACES_H
#define ENSURE_LOADER_REGISTRY_PLACES_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/arena.h"

/* The file that holds this code: the program, or the shared object it is linked into. */
struct ens_object {
    ens_str directory; /* real path, in the arena; empty: it can't be told */
    uid_t owner;
    bool known;
};

struct ens_object ens_object_here(struct ens_arena *arena);

#define ENS_OWN_PLACES_MAX 8

/* Directories that may hold the providers installed with this program, in order of search; some may
 * not exist. Returns how many were put into ret, which has ENS_OWN_PLACES_MAX. */
size_t ens_own_places(struct ens_arena *arena, const struct ens_object *object, ens_str *ret);

#endif
