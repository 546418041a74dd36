/* SPDX-License-Identifier: Apache-2.0 */
#include "loader/provider_directories.h"

#include <dlfcn.h>
#include <limits.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Relative to the directory of the object that contains this code, so that an installed tree may be
 * moved: bin/ensure and libexec/ensure/x find lib/ensure/providers, lib/libensure.so finds
 * ensure/providers. */
static const char *const near[] = {
    "providers",
    "ensure/providers",
    "../lib/ensure/providers",
    "../" ENS_LIBDIR "/ensure/providers",
    "../../lib/ensure/providers",
    "../../" ENS_LIBDIR "/ensure/providers",
};

struct ens_object ens_object_here(struct ens_arena *arena)
{
    struct ens_object object = {0};
    Dl_info info = {0};
    struct link_map *map = NULL;
    struct stat stat_now = {0};
    char path[PATH_MAX];

    /* The link map of the main program has an empty name, and argv[0] can't be trusted. */
    if (dladdr1((const void *)near, &info, (void **)&map, RTLD_DL_LINKMAP) == 0 || map == NULL ||
        realpath(map->l_name[0] == '\0' ? "/proc/self/exe" : map->l_name, path) == NULL ||
        stat(path, &stat_now) != 0) {
        return object;
    }
    *strrchr(path, '/') = '\0';
    object.directory = ens_arena_dup(arena, ens_str_of(path));
    object.owner = stat_now.st_uid;
    object.known = true;
    return object;
}

size_t ens_own_places(struct ens_arena *arena, const struct ens_object *object, ens_str *ret)
{
    size_t count = 0;

    _Static_assert(ENS_COUNT(near) + 1 <= ENS_OWN_PLACES_MAX, "places fit");
    for (size_t i = 0; object->known && i < ENS_COUNT(near); i++) {
        if (i > 0 && strcmp(near[i], near[i - 1]) == 0) {
            continue; /* duplicate: ENS_LIBDIR is "lib" */
        }
        ret[count++] = ens_arena_printf(arena, "%.*s/%s", ENS_STR_ARG(object->directory), near[i]);
    }
    ret[count++] = ENS_STR(ENS_PROVIDER_DIR);
    return count;
}
