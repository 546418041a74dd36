/* SPDX-License-Identifier: Apache-2.0 */
#include "loader/registry.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "loader/provider_check.h"
#include "loader/registry_places.h"
#include "os/os_error.h"

#define FILES_MAX  256 /* of one directory */
#define PLACES_MAX 64  /* directories of one search */
#define NOTE_MAX   ((size_t)64 * 1024)

/* ---- one file ---- */

static ens_rc check_owner(const struct stat *stat, const char *file, struct ens_diags *diags)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_object here = ens_object_here(arena);

    if ((stat->st_mode & S_IWOTH) != 0) {
        return ens_fail(diags, ENS_INVALID, file,
                        "mode: expected a file that not everybody may write, found %04o",
                        (unsigned)(stat->st_mode & 07777));
    }
    if (stat->st_uid != 0 && stat->st_uid != geteuid() &&
        !(here.known && stat->st_uid == here.owner)) {
        return ens_fail(diags, ENS_INVALID, file,
                        "owner: expected root, this user or the owner of this program, found "
                        "user id %ld",
                        (long)stat->st_uid);
    }
    return ENS_OK;
}

/* The checks that come before any code of the file can run. */
static ens_rc check_file(const char *file, struct ens_diags *diags)
{
    char text[ENS_OS_ERROR_SIZE];
    struct stat stat = {0};
    int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

    if (fd < 0 || fstat(fd, &stat) != 0) {
        int code = errno;
        if (fd >= 0) {
            (void)close(fd);
        }
        return ens_fail(diags, ENS_IO, file, "file: expected a readable one, found: %s",
                        ens_os_error(code, text));
    }
    (void)close(fd);
    if (!S_ISREG(stat.st_mode)) {
        return ens_fail(diags, ENS_INVALID, file, "file: expected a regular one, found %s",
                        S_ISDIR(stat.st_mode) ? "a directory" : "something else");
    }
    return check_owner(&stat, file, diags);
}

/* What the dynamic loader says, without the path that it puts in front. */
static const char *loader_error(const char *file)
{
    const char *text = dlerror();
    size_t len = strlen(file);

    if (text == NULL) {
        return "no reason given";
    }
    return strncmp(text, file, len) == 0 && strncmp(text + len, ": ", 2) == 0 ? text + len + 2
                                                                              : text;
}

static ens_rc ask(ens_provider_entry_fn *entry, const char *origin, const struct ens_provider **ret,
                  struct ens_diags *diags)
{
    *ret = entry(ENS_ABI_MAJOR, ENS_ABI_MINOR);
    if (*ret == NULL) {
        return ens_fail(diags, ENS_UNSUPPORTED, origin,
                        ENS_PROVIDER_ENTRY_SYMBOL
                        ": expected a descriptor for ABI %d.%d, found NULL",
                        ENS_ABI_MAJOR, ENS_ABI_MINOR);
    }
    return ENS_OK;
}

static ens_rc open_provider(const char *file, const struct ens_provider **ret,
                            struct ens_diags *diags)
{
    ens_provider_entry_fn *entry = NULL;
    ens_rc rc = check_file(file, diags);

    if (rc != ENS_OK) {
        return rc;
    }
    /* Never closed: results of a provider may point into it for as long as the process lives. */
    void *object = dlopen(file, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (object == NULL) {
        return ens_fail(diags, ENS_INVALID, file,
                        "file: expected a loadable shared object, found: %s", loader_error(file));
    }
    void *symbol = dlsym(object, ENS_PROVIDER_ENTRY_SYMBOL);
    if (symbol == NULL) {
        return ens_fail(diags, ENS_INVALID, file,
                        "symbol " ENS_PROVIDER_ENTRY_SYMBOL ": expected a function, found none");
    }
    memcpy(&entry, &symbol, sizeof(entry));
    return ask(entry, file, ret, diags);
}

ens_rc ens_registry_load(struct ens_registry *registry, const char *file, struct ens_diags *diags)
{
    const struct ens_provider *provider = NULL;
    char path[PATH_MAX];

    /* A name without a slash would send the dynamic loader searching. */
    const char *real = realpath(file, path) == NULL ? file : path;
    ens_rc rc = open_provider(real, &provider, diags);
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

/* Returns 0, or an errno value. */
static int list_names(struct ens_arena *arena, const char *directory, struct names *ret)
{
    DIR *dir = opendir(directory);

    if (dir == NULL) {
        return errno;
    }
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
    (void)closedir(dir);
    qsort(ret->items, ret->count, sizeof(ret->items[0]), compare_names);
    return 0;
}

/* Whether a provider of that name came from another place than directory. */
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

/* A file that is refused is no error of the search: the others are used. */
static void soften_last(struct ens_diags *diags, size_t count_before)
{
    for (size_t i = count_before; diags != NULL && i < diags->count; i++) {
        diags->items[i].severity = ENS_WARNING;
    }
}

struct place {
    const char *directory; /* a real path */
    bool own; /* of this program: what an earlier place has is passed over in silence */
    const struct ens_log *log;
};

static void scan_file(struct ens_registry *registry, const struct place *place, const char *file,
                      struct ens_diags *diags)
{
    const struct ens_provider *provider = NULL;
    size_t before = diags == NULL ? 0 : diags->count;

    ens_rc rc = open_provider(file, &provider, diags);
    if (rc == ENS_OK && place->own && ens_provider_check(provider, file, NULL) == ENS_OK &&
        is_shadowed(registry, provider->name, place->directory)) {
        ens_log(place->log, ENS_LOG_DEBUG, "registry", "%s is passed over: %s is there already",
                file, provider->name);
        return;
    }
    if (rc == ENS_OK) {
        rc = ens_registry_add(registry, provider, file, diags);
    }
    if (rc == ENS_OK) {
        ens_log(place->log, ENS_LOG_DEBUG, "registry", "%s: %s %s", file, provider->name,
                provider->version);
    }
    soften_last(diags, before);
}

/* Returns 0, or an errno value when the directory can't be listed. */
static int scan(struct ens_registry *registry, const struct place *place, struct ens_diags *diags)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct names *names = ens_arena_alloc(arena, sizeof(*names));
    int code = list_names(arena, place->directory, names);

    for (size_t i = 0; i < names->count; i++) {
        scan_file(registry, place,
                  ens_arena_printf(arena, "%s/%s", place->directory, names->items[i].ptr).ptr,
                  diags);
    }
    if (names->more) {
        ens_diags_add(diags, ENS_WARNING, place->directory, NULL,
                      "the directory holds more than %d shared objects; the rest is left out",
                      FILES_MAX);
    }
    return code;
}

void ens_registry_scan(struct ens_registry *registry, const char *directory,
                       struct ens_diags *diags)
{
    char real[PATH_MAX];

    if (realpath(directory, real) != NULL) {
        (void)scan(registry, &(struct place){.directory = real}, diags);
    }
}

/* ---- the usual search ---- */

struct walk {
    struct ens_registry *registry;
    struct ens_arena *arena;
    const struct ens_log *log;
    struct ens_diags *diags;
    ens_str seen[PLACES_MAX]; /* real paths: no directory is searched twice */
    size_t seen_count;
    struct ens_buf looked_in;
};

static void visit(struct walk *walk, ens_str directory, bool own)
{
    char text[ENS_OS_ERROR_SIZE];
    char real[PATH_MAX];

    ens_buf_addf(&walk->looked_in, "%s%.*s", walk->looked_in.len == 0 ? "" : ", ",
                 ENS_STR_ARG(directory));
    int code = realpath(directory.ptr, real) == NULL ? errno : 0;
    for (size_t i = 0; code == 0 && i < walk->seen_count; i++) {
        if (ens_str_is(walk->seen[i], real)) {
            return;
        }
    }
    if (code == 0) {
        walk->seen[walk->seen_count++] = ens_arena_dup(walk->arena, ens_str_of(real));
        code = scan(walk->registry, &(struct place){real, own, walk->log}, walk->diags);
    }
    /* Beside the host tool, "ensure" is that tool and no directory. */
    if (code != 0 && !(own && (code == ENOENT || code == ENOTDIR))) {
        ens_diags_add(walk->diags, ENS_WARNING, directory.ptr, NULL,
                      "can't search the directory for providers: %s", ens_os_error(code, text));
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

/* ENSURE_PROVIDER_PATH: directories with colons between them. An empty one is none, and never the
 * working directory. */
static void visit_named(struct walk *walk, ens_str list)
{
    while (list.len > 0) {
        ens_str directory = ens_str_cut(list, ':', &list);
        if (directory.len == 0) {
            continue;
        }
        if (walk->seen_count == PLACES_MAX) {
            ens_diags_add(walk->diags, ENS_WARNING, "ENSURE_PROVIDER_PATH", NULL,
                          "more than %d directories; the rest is left out", PLACES_MAX);
            return;
        }
        visit(walk, ens_arena_dup(walk->arena, directory), false);
    }
}

static void add_statics(struct walk *walk, ens_provider_entry_fn *const *statics)
{
    static const char origin[] = "this program";

    for (; statics != NULL && *statics != NULL; statics++) {
        const struct ens_provider *provider = NULL;
        size_t before = walk->diags == NULL ? 0 : walk->diags->count;
        ens_rc rc = ask(*statics, origin, &provider, walk->diags);
        if (rc == ENS_OK) {
            rc = ens_registry_add(walk->registry, provider, origin, walk->diags);
        }
        if (rc != ENS_OK) {
            soften_last(walk->diags, before);
        }
    }
}

ens_rc ens_registry_new(ens_provider_entry_fn *const *statics,
                        const struct ens_environment *environment, const struct ens_log *log,
                        struct ens_registry **ret, struct ens_diags *diags)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct walk *walk = ens_arena_alloc(arena, sizeof(*walk));
    ens_rc rc = ENS_OK;

    walk->registry = ens_registry_empty();
    walk->arena = arena;
    walk->log = log;
    walk->diags = diags;
    walk->looked_in = ens_buf_new(NOTE_MAX);
    add_statics(walk, statics);
    visit_own(walk);
    visit_named(walk, ens_str_of(environment->get(environment->ud, "ENSURE_PROVIDER_PATH")));
    if (ens_registry_count(walk->registry) == 0) {
        rc = ens_fail(diags, ENS_NOT_FOUND, NULL, "no cloud provider was found; looked in %s",
                      ens_buf_text(&walk->looked_in));
        ens_registry_free(walk->registry);
    } else {
        *ret = walk->registry;
    }
    ens_buf_done(&walk->looked_in);
    return rc;
}
