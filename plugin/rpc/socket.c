/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/socket.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "rpc/handshake.h"

#define DIRECTORY_PREFIX  "ensure-plugin-"
#define DIRECTORY_SUFFIX  "XXXXXX" /* mkdtemp's */
#define SOCKET_NAME       "rpc"
#define PATH_MAX_BYTES    (sizeof(((struct sockaddr_un *)NULL)->sun_path) - 1)
#define SWEEP_ENTRIES_MAX 512 /* entries of the parent directory that are checked */
#define GROUP_BUF_SIZE    16384

static char *socket_path_in(const char *directory, const char *name)
{
    ENS_AUTO_BUF path = ens_buf_new(PATH_MAX);

    ens_buf_addf(&path, "%s/%s", directory, name);
    return ens_buf_failed(&path) ? NULL : ens_buf_take(&path);
}

static void remove_directory(const char *directory)
{
    ENS_CLEANUP(ens_free_char) char *socket = socket_path_in(directory, SOCKET_NAME);

    if (socket != NULL) {
        (void)unlink(socket);
        (void)rmdir(directory);
    }
}

/* Locks a directory; -1: another process holds the lock. */
static int lock_directory(const char *directory)
{
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0) {
        (void)close(fd);
        return -1;
    }
    return fd;
}

static void remove_if_stale(const char *directory)
{
    struct stat info;

    if (lstat(directory, &info) != 0 || !S_ISDIR(info.st_mode) || info.st_uid != geteuid()) {
        return;
    }
    int lock = lock_directory(directory);
    if (lock >= 0) {
        remove_directory(directory);
        (void)close(lock);
    }
}

static void remove_stale_directories(const char *parent)
{
    DIR *entries = opendir(parent);

    for (int i = 0; entries != NULL && i < SWEEP_ENTRIES_MAX; i++) {
        const struct dirent *entry = readdir(entries);
        if (entry == NULL) {
            break;
        }
        if (strncmp(entry->d_name, DIRECTORY_PREFIX, strlen(DIRECTORY_PREFIX)) == 0) {
            ENS_CLEANUP(ens_free_char) char *directory = socket_path_in(parent, entry->d_name);
            if (directory != NULL) {
                remove_if_stale(directory);
            }
        }
    }
    if (entries != NULL) {
        (void)closedir(entries);
    }
}

/* Creates a directory and locks it. Another process may remove it as stale before it is locked:
 * then another name is tried. */
static bool make_directory(const char *parent, struct ens_socket *socket)
{
    for (int attempt = 0; attempt < 3; attempt++) {
        ENS_CLEANUP(ens_free_char)
        char *directory = socket_path_in(parent, DIRECTORY_PREFIX DIRECTORY_SUFFIX);
        struct stat locked;
        struct stat named;
        if (directory == NULL || mkdtemp(directory) == NULL) {
            return false;
        }
        int lock = lock_directory(directory);
        if (lock < 0) {
            continue;
        }
        if (fstat(lock, &locked) != 0 || stat(directory, &named) != 0 ||
            locked.st_ino != named.st_ino || locked.st_dev != named.st_dev) {
            (void)close(lock);
            continue;
        }
        socket->lock = lock;
        socket->directory = directory;
        directory = NULL;
        return true;
    }
    return false;
}

static ens_rc find_group(const char *name, gid_t *ret, struct ens_diags *diags)
{
    int64_t number = 0;
    struct group group;
    struct group *found = NULL;
    char *buf = ens_alloc(GROUP_BUF_SIZE);

    if (ens_str_to_i64(ens_str_of(name), &number) && number < UINT32_MAX) {
        *ret = (gid_t)number;
    } else if (getgrnam_r(name, &group, buf, GROUP_BUF_SIZE, &found) == 0 && found != NULL) {
        *ret = found->gr_gid;
    } else {
        ens_free(buf);
        return ens_fail(diags, ENS_INVALID, ENS_ENV_SOCKET_GROUP, "there is no group \"%.64s\"",
                        name);
    }
    ens_free(buf);
    return ENS_OK;
}

static const char *environment_value(const struct ens_environment *environment, const char *name)
{
    const char *value = environment->get(environment->ud, name);

    return value == NULL || value[0] == '\0' ? NULL : value;
}

/* Whether the path of a socket below parent fits into sockaddr_un. */
static bool short_enough(const char *parent)
{
    return strlen(parent) + strlen("/" DIRECTORY_PREFIX DIRECTORY_SUFFIX "/" SOCKET_NAME) <=
           PATH_MAX_BYTES;
}

/* The fields of the handshake line are separated by "|", without escapes. */
static bool fits_handshake(const char *parent)
{
    for (const char *c = parent; *c != '\0'; c++) {
        if (*c == '|' || (unsigned char)*c < ' ' || *c == 0x7f) {
            return false;
        }
    }
    return true;
}

static ens_rc choose_directory(const struct ens_environment *environment, struct ens_socket *socket,
                               struct ens_diags *diags)
{
    const char *named = environment_value(environment, ENS_ENV_SOCKET_DIR);
    const char *temporary = environment_value(environment, "TMPDIR");
    const char *parent = named != NULL ? named : temporary;

    if (named != NULL && !short_enough(named)) {
        return ens_fail(diags, ENS_INVALID, ENS_ENV_SOCKET_DIR,
                        "is too long for a unix socket's path, which has at most %zu bytes",
                        PATH_MAX_BYTES);
    }
    if (named != NULL && !fits_handshake(named)) {
        return ens_fail(diags, ENS_INVALID, ENS_ENV_SOCKET_DIR,
                        "holds a \"|\" or a control character, which the handshake can't carry");
    }
    if (parent != NULL && short_enough(parent) && fits_handshake(parent) &&
        make_directory(parent, socket)) {
        remove_stale_directories(parent);
        return ENS_OK;
    }
    if (named == NULL && make_directory("/tmp", socket)) {
        remove_stale_directories("/tmp");
        return ENS_OK;
    }
    return ens_fail(diags, ENS_IO, named != NULL ? ENS_ENV_SOCKET_DIR : NULL,
                    "a directory for the socket can't be made in %s: %s",
                    named != NULL ? named : "/tmp", strerror(errno));
}

ens_rc ens_socket_new(const struct ens_environment *environment, struct ens_socket *ret,
                      struct ens_diags *diags)
{
    struct ens_socket socket = {.lock = -1};
    const char *group = environment_value(environment, ENS_ENV_SOCKET_GROUP);
    ENS_AUTO_BUF address = ens_buf_new(PATH_MAX);

    if (group != NULL) {
        ens_rc rc = find_group(group, &socket.group, diags);
        if (rc != ENS_OK) {
            return rc;
        }
        socket.shared = true;
    }
    ens_rc rc = choose_directory(environment, &socket, diags);
    if (rc != ENS_OK) {
        return rc;
    }
    socket.path = socket_path_in(socket.directory, SOCKET_NAME);
    ENS_ASSERT(socket.path != NULL);
    ens_buf_addf(&address, "unix:%s", socket.path);
    ENS_ASSERT(!ens_buf_failed(&address));
    socket.address = ens_buf_take(&address);
    *ret = socket;
    return ENS_OK;
}

ens_rc ens_socket_share(const struct ens_socket *socket, struct ens_diags *diags)
{
    if (socket->shared && (chown(socket->directory, (uid_t)-1, socket->group) != 0 ||
                           chmod(socket->directory, S_IRWXU | S_IXGRP) != 0 ||
                           chown(socket->path, (uid_t)-1, socket->group) != 0 ||
                           chmod(socket->path, S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP) != 0)) {
        return ens_fail(diags, ENS_IO, ENS_ENV_SOCKET_GROUP,
                        "the socket can't be given to the group: %s", strerror(errno));
    }
    return ENS_OK;
}

void ens_socket_remove(const struct ens_socket *socket)
{
    remove_directory(socket->directory);
}

void ens_socket_done(struct ens_socket *socket)
{
    if (socket->directory != NULL) {
        ens_socket_remove(socket);
        (void)close(socket->lock);
    }
    ens_free(socket->directory);
    ens_free(socket->path);
    ens_free(socket->address);
    *socket = (struct ens_socket){.lock = -1};
}
