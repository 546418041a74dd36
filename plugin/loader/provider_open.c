/* SPDX-License-Identifier: Apache-2.0 */
#include "loader/provider_open.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "loader/provider_check.h"
#include "loader/provider_directories.h"
#include "os/os_error.h"

#define OBJECTS_MAX ((size_t)1024) /* distinct files that one process may load */

static void close_fd(int *fd)
{
    if (*fd >= 0) {
        (void)close(*fd);
    }
}

/* ---- checks before dlopen, which runs code of the file ---- */

const char *ens_provider_owner(uid_t uid)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const struct ens_object here = ens_object_here(arena);

    return uid == 0 || uid == geteuid() || (here.known && uid == here.owner)
               ? NULL
               : "root, this user or the owner of this program";
}

static ens_rc check(const struct stat *stat, const char *file, struct ens_diags *diags)
{
    const char *owner = ens_provider_owner(stat->st_uid);

    if (!S_ISREG(stat->st_mode)) {
        return ens_fail(diags, ENS_INVALID, file, "file: expected a regular one, found %s",
                        S_ISDIR(stat->st_mode) ? "a directory" : "something else");
    }
    if ((stat->st_mode & S_IWOTH) != 0) {
        return ens_fail(diags, ENS_INVALID, file,
                        "mode: expected a file that is not world-writable, found %04o",
                        (unsigned)(stat->st_mode & 07777));
    }
    if (owner != NULL) {
        return ens_fail(diags, ENS_INVALID, file, "owner: expected %s, found user id %ld", owner,
                        (long)stat->st_uid);
    }
    return ENS_OK;
}

/* ---- loading through the file descriptor ---- */

/* A shared object that this process has loaded. dlopen returns the object loaded before if it has
 * seen the path, and descriptor numbers are reused: so each file is loaded once, by a path that was
 * not used before. */
struct object {
    dev_t device;
    ino_t inode;
    void *handle;
};

static pthread_mutex_t objects_lock = PTHREAD_MUTEX_INITIALIZER;
static struct object *objects;
static size_t object_count;

/* The message of dlerror() without the path in front of it. */
static const char *loader_error(const char *path)
{
    const char *text = dlerror();
    size_t len = strlen(path);

    if (text == NULL) {
        return "no reason given";
    }
    return strncmp(text, path, len) == 0 && strncmp(text + len, ": ", 2) == 0 ? text + len + 2
                                                                              : text;
}

/* Called with objects_lock held. */
static void *load(int fd, const struct stat *stat, const char *file, struct ens_diags *diags)
{
    ENS_AUTO_BUF path = ens_buf_new(4 * OBJECTS_MAX);

    for (size_t i = 0; i < object_count; i++) {
        if (objects[i].device == stat->st_dev && objects[i].inode == stat->st_ino) {
            return objects[i].handle;
        }
    }
    if (object_count == OBJECTS_MAX) {
        (void)ens_fail(diags, ENS_LIMIT, file, "this process has loaded %zu providers: no more",
                       OBJECTS_MAX);
        return NULL;
    }
    ens_buf_add(&path, ENS_STR("/proc/self/fd/"));
    for (size_t i = 0; i < object_count; i++) {
        ens_buf_add(&path,
                    ENS_STR("./")); /* makes the path unique, and still names the same file */
    }
    ens_buf_addf(&path, "%d", fd);
    /* Never closed, because results of a provider may point into its static data. */
    void *handle = dlopen(ens_buf_text(&path), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (handle == NULL) {
        (void)ens_fail(diags, ENS_INVALID, file,
                       "file: expected a loadable shared object, found: %s",
                       loader_error(ens_buf_text(&path)));
        return NULL;
    }
    objects = ens_realloc_array(objects, object_count, object_count + 1, sizeof(*objects));
    objects[object_count++] = (struct object){stat->st_dev, stat->st_ino, handle};
    return handle;
}

ens_rc ens_provider_open(int directory, const char *name, const char *file,
                         const struct ens_provider **ret, struct ens_diags *diags)
{
    ens_provider_entry_fn *entry = NULL;
    char text[ENS_OS_ERROR_SIZE];
    struct stat stat = {0};
    ENS_CLEANUP(close_fd)
    int fd = openat(directory, name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

    if (fd < 0 || fstat(fd, &stat) != 0) {
        return ens_fail(diags, ENS_IO, file, "file: expected a readable one, found: %s",
                        ens_os_error(errno, text));
    }
    ens_rc rc = check(&stat, file, diags);
    if (rc != ENS_OK) {
        return rc;
    }
    (void)pthread_mutex_lock(&objects_lock);
    void *object = load(fd, &stat, file, diags);
    (void)pthread_mutex_unlock(&objects_lock);
    if (object == NULL) {
        return ENS_INVALID;
    }
    void *symbol = dlsym(object, ENS_PROVIDER_ENTRY_SYMBOL);
    if (symbol == NULL) {
        return ens_fail(diags, ENS_INVALID, file,
                        "symbol " ENS_PROVIDER_ENTRY_SYMBOL ": expected a function, found none");
    }
    memcpy(&entry, &symbol, sizeof(entry));
    return ens_provider_ask(entry, file, ret, diags);
}
