/* SPDX-License-Identifier: Apache-2.0 */
#include "loader/registry.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "loader/provider_check.h"
#include "loader/provider_directories.h"
#include "loader/provider_open.h"
#include "loader/provider_search.h"
#include "os/os_error.h"

#define FILES_MAX  256 /* of one directory */
#define PLACES_MAX 64  /* directories of one search */

/* ---- one file ---- */

ens_rc ens_registry_load(struct ens_registry *registry, const char *file, struct ens_diags *diags)
{
    const struct ens_provider *provider = NULL;
    char path[PATH_MAX];

    const char *real = realpath(file, path) == NULL ? file : path;
    ens_rc rc = ens_provider_open(AT_FDCWD, real, real, &provider, diags);
    return rc == ENS_OK ? ens_registry_add(registry, provider, real, diags) : rc;
}

/* ---- one directory ---- */

struct names {
    ens_str items[FILES_MAX];
    size_t count;
    bool more;
};

static int compare_names(const void *a, const void *b)
{
    return ens_str_cmp(*(const ens_str *)a, *(const ens_str *)b);
}

static void list_names(struct ens_arena *arena, DIR *dir, struct names *ret)
{
    for (const struct dirent *item = readdir(dir); item != NULL; item = readdir(dir)) {
        ens_str name = ens_str_of(item->d_name);
        if (!ens_str_ends(name, ENS_STR(".so"))) {
            continue;
        }
        if (ret->count == FILES_MAX) {
            ret->more = true;
            break;
        }
        ret->items[ret->count++] = ens_arena_dup(arena, name);
    }
    qsort(ret->items, ret->count, sizeof(ret->items[0]), compare_names);
}

/* Whether a provider of that name was registered from another directory. */
static bool is_shadowed(const struct ens_registry *registry, const char *name,
                        const char *directory)
{
    size_t len = strlen(directory);

    for (size_t i = 0; i < ens_registry_count(registry); i++) {
        if (strcmp(ens_registry_at(registry, i)->name, name) == 0) {
            const char *origin = ens_registry_origin(registry, i);
            return strncmp(origin, directory, len) != 0 || origin[len] != '/';
        }
    }
    return false;
}

struct place {
    const char *directory; /* as realpath() returns it */
    int fd;                /* of the directory; the one that was checked */
    bool own;              /* of this installation: a provider found before is skipped silently */
    const struct ens_log *log;
};

static void scan_file(struct ens_registry *registry, const struct place *place, const char *name,
                      struct ens_diags *diags)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const char *file = ens_arena_printf(arena, "%s/%s", place->directory, name).ptr;
    const struct ens_provider *provider = NULL;
    size_t before = diags == NULL ? 0 : diags->count;

    ens_rc rc = ens_provider_open(place->fd, name, file, &provider, diags);
    if (rc == ENS_OK && place->own && ens_provider_check(provider, file, NULL) == ENS_OK &&
        is_shadowed(registry, provider->name, place->directory)) {
        ens_log(place->log, ENS_LOG_DEBUG, "registry", "%s is skipped: %s was found before", file,
                provider->name);
        return;
    }
    if (rc == ENS_OK) {
        rc = ens_registry_add(registry, provider, file, diags);
    }
    if (rc == ENS_OK) {
        ens_log(place->log, ENS_LOG_DEBUG, "registry", "%s: %s %s", file, provider->name,
                provider->version);
    }
    ens_registry_downgrade_errors(diags, before);
}

/* A user who may write the directory could replace a file that was checked, or add one. */
static bool check_directory(const struct place *place, struct ens_diags *diags)
{
    struct stat stat = {0};
    const char *wrong = NULL;

    if (fstat(place->fd, &stat) != 0) {
        return false;
    }
    if ((stat.st_mode & S_IWOTH) != 0) {
        ens_diags_add(diags, ENS_WARNING, place->directory, NULL,
                      "mode: expected a directory that is not world-writable, found %04o; no "
                      "provider is loaded from it",
                      (unsigned)(stat.st_mode & 07777));
        return false;
    }
    wrong = ens_provider_owner(stat.st_uid);
    if (wrong != NULL) {
        ens_diags_add(diags, ENS_WARNING, place->directory, NULL,
                      "owner: expected %s, found user id %ld; no provider is loaded from it", wrong,
                      (long)stat.st_uid);
        return false;
    }
    return true;
}

/* Returns 0, or an errno value when the directory can't be listed. */
static int scan(struct ens_registry *registry, struct place *place, struct ens_diags *diags)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct names *names = ens_arena_alloc(arena, sizeof(*names));
    DIR *dir = opendir(place->directory);

    if (dir == NULL) {
        return errno;
    }
    place->fd = dirfd(dir);
    if (check_directory(place, diags)) {
        list_names(arena, dir, names);
    }
    for (size_t i = 0; i < names->count; i++) {
        scan_file(registry, place, names->items[i].ptr, diags);
    }
    if (names->more) {
        ens_diags_add(diags, ENS_WARNING, place->directory, NULL,
                      "the directory holds more than %d shared objects; the rest is left out",
                      FILES_MAX);
    }
    (void)closedir(dir);
    return 0;
}

void ens_registry_scan(struct ens_registry *registry, const char *directory,
                       struct ens_diags *diags)
{
    char real[PATH_MAX];

    if (realpath(directory, real) != NULL) {
        (void)scan(registry, &(struct place){.directory = real}, diags);
    }
}

/* ---- the search for providers ---- */

struct walk {
    const struct ens_registry_search *search;
    struct ens_arena *arena;
    ens_str seen[PLACES_MAX]; /* real paths of the directories that were searched */
    size_t seen_count;
};

static void visit(struct walk *walk, ens_str directory, bool own)
{
    const struct ens_registry_search *search = walk->search;
    char text[ENS_OS_ERROR_SIZE];
    char real[PATH_MAX];

    ens_buf_addf(search->looked_in, "%s%.*s", search->looked_in->len == 0 ? "" : ", ",
                 ENS_STR_ARG(directory));
    int code = realpath(directory.ptr, real) == NULL ? errno : 0;
    for (size_t i = 0; code == 0 && i < walk->seen_count; i++) {
        if (ens_str_is(walk->seen[i], real)) {
            return;
        }
    }
    if (code == 0) {
        walk->seen[walk->seen_count++] = ens_arena_dup(walk->arena, ens_str_of(real));
        code = scan(search->registry, &(struct place){real, -1, own, search->log}, search->diags);
    }
    /* Beside the host tool, "ensure" is its executable: ENOTDIR is expected there. */
    if (code != 0 && !(own && (code == ENOENT || code == ENOTDIR))) {
        ens_diags_add(search->diags, ENS_WARNING, own ? NULL : "ENSURE_PROVIDER_PATH", NULL,
                      "can't search %s for providers: %s", directory.ptr, ens_os_error(code, text));
    }
}

static void visit_own(struct walk *walk)
{
    ens_str places[ENS_OWN_PLACES_MAX];
    struct ens_object here = ens_object_here(walk->arena);
    size_t count = ens_own_places(walk->arena, &here, places);

    for (size_t i = 0; i < count; i++) {
        visit(walk, places[i], true);
    }
}

/* Searches the colon-separated list of directories in ENSURE_PROVIDER_PATH. An empty item is
 * skipped and does not mean the working directory. */
static void visit_named(struct walk *walk, ens_str list)
{
    while (list.len > 0) {
        ens_str directory = ens_str_cut(list, ':', &list);
        if (directory.len == 0) {
            continue;
        }
        if (walk->seen_count == PLACES_MAX) {
            ens_diags_add(walk->search->diags, ENS_WARNING, "ENSURE_PROVIDER_PATH", NULL,
                          "more than %d directories; the rest is left out", PLACES_MAX);
            return;
        }
        visit(walk, ens_arena_dup(walk->arena, directory), false);
    }
}

void ens_registry_search(const struct ens_registry_search *search)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct walk *walk = ens_arena_alloc(arena, sizeof(*walk));

    walk->search = search;
    walk->arena = arena;
    visit_own(walk);
    visit_named(walk, ens_str_of(search->environment->get(search->environment->ud,
                                                          "ENSURE_PROVIDER_PATH")));
}
