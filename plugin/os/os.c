/* SPDX-License-Identifier: Apache-2.0 */
#include "os/os.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "os/os_error.h"

/* ---- clocks, entropy, environment ---- */

static int64_t now_ms(clockid_t id)
{
    struct timespec now = {0};

    ENS_ASSERT(clock_gettime(id, &now) == 0);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t unix_ms(void *ud)
{
    (void)ud;
    return now_ms(CLOCK_REALTIME);
}

static int64_t mono_ms(void *ud)
{
    (void)ud;
    return now_ms(CLOCK_MONOTONIC);
}

static void fill(void *ud, void *bytes, size_t size)
{
    unsigned char *at = bytes;

    (void)ud;
    while (size > 0) {
        ssize_t got = getrandom(at, size, 0);
        ENS_ASSERT(got > 0 || errno == EINTR);
        if (got > 0) {
            at += got;
            size -= (size_t)got;
        }
    }
}

static const char *get(void *ud, const char *name)
{
    const char *value = getenv(name);

    (void)ud;
    return value != NULL && value[0] != '\0' ? value : NULL;
}

const struct ens_clock ens_os_clock = {.unix_ms = unix_ms, .mono_ms = mono_ms};
const struct ens_entropy ens_os_entropy = {.fill = fill};
const struct ens_environment ens_os_environment = {.get = get};

/* ---- errors ---- */

const char *ens_os_error(int code, char *out)
{
    return strerror_r(code, out, ENS_OS_ERROR_SIZE); /* GNU variant: thread-safe, never NULL */
}

/* ---- files ---- */

#define APPEND_MODE 0600u /* of a file that is created */

#define CHUNK_SIZE  ((size_t)64 * 1024)

static void close_fd(int *fd)
{
    if (*fd >= 0) {
        (void)close(*fd);
    }
}
#define AUTO_FD ENS_CLEANUP(close_fd) int

static ens_rc fail_errno(struct ens_diags *diags, const char *path, const char *what)
{
    char text[ENS_OS_ERROR_SIZE];
    int code = errno;

    return ens_fail(diags, code == ENOENT ? ENS_NOT_FOUND : ENS_IO, path, "%s: %s", what,
                    ens_os_error(code, text));
}

static ens_rc read_all(int fd, const char *path, char *chunk, struct ens_buf *out,
                       struct ens_diags *diags)
{
    for (;;) {
        ssize_t got = read(fd, chunk, CHUNK_SIZE);
        if (got == 0) {
            return ENS_OK;
        }
        if (got < 0 && errno != EINTR) {
            return fail_errno(diags, path, "can't read the file");
        }
        ens_buf_add(out, (ens_str){chunk, got > 0 ? (size_t)got : 0});
        if (ens_buf_failed(out)) {
            return ens_fail(diags, ENS_LIMIT, path, "the file is larger than %zu bytes", out->max);
        }
    }
}

static ens_rc check_trusted(const char *path, const struct stat *stat, struct ens_diags *diags)
{
    if ((stat->st_mode & S_IWOTH) != 0) {
        return ens_fail(diags, ENS_INVALID, path, "others may write the file (mode %04o)",
                        (unsigned)(stat->st_mode & 07777));
    }
    if (stat->st_uid != 0 && stat->st_uid != geteuid()) {
        return ens_fail(diags, ENS_INVALID, path,
                        "others may write the file: it belongs to user id %ld, which is neither "
                        "root nor this user",
                        (long)stat->st_uid);
    }
    return ENS_OK;
}

static ens_rc read_regular(const char *path, bool trusted, struct ens_buf *out,
                           struct ens_diags *diags)
{
    struct stat stat = {0};

    /* O_NONBLOCK, because open() of a FIFO without a writer blocks. */
    AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0 && errno == ENOENT && trusted && lstat(path, &stat) == 0) {
        return ens_fail(diags, ENS_INVALID, path, "a symbolic link to a file that does not exist");
    }
    if (fd < 0) {
        return fail_errno(diags, path, "can't open the file");
    }
    if (fstat(fd, &stat) != 0) {
        return fail_errno(diags, path, "can't read the file");
    }
    if (!S_ISREG(stat.st_mode)) {
        return ens_fail(diags, ENS_INVALID, path, "not a regular file");
    }
    ens_rc rc = trusted ? check_trusted(path, &stat, diags) : ENS_OK;
    if (rc != ENS_OK) {
        return rc;
    }
    char *chunk = ens_alloc(CHUNK_SIZE);
    rc = read_all(fd, path, chunk, out, diags);
    explicit_bzero(chunk, CHUNK_SIZE); /* a profile file contains keys */
    ens_free(chunk);
    return rc;
}

ens_rc ens_os_read_file(const char *path, struct ens_buf *out, struct ens_diags *diags)
{
    return read_regular(path, false, out, diags);
}

ens_rc ens_os_read_trusted_file(const char *path, struct ens_buf *out, struct ens_diags *diags)
{
    return read_regular(path, true, out, diags);
}

static bool write_all(int fd, ens_str text)
{
    while (text.len > 0) {
        ssize_t put = write(fd, text.ptr, text.len);
        if (put < 0 && errno != EINTR) {
            return false;
        }
        if (put > 0) {
            text = (ens_str){text.ptr + put, text.len - (size_t)put};
        }
    }
    return true;
}

/* Makes the rename durable. Errors are ignored, because some file systems don't support it. */
static void sync_directory_of(const char *path)
{
    char *directory = ens_strdup(path);
    char *slash = strrchr(directory, '/');

    if (slash != NULL) {
        slash[slash == directory ? 1 : 0] = '\0';
    }
    AUTO_FD fd = open(slash == NULL ? "." : directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        (void)fsync(fd);
    }
    ens_free(directory);
}

/* Creates a temporary file in the same directory; appends its name to ret_beside. */
static ens_rc open_beside(const char *path, struct ens_buf *ret_beside, int *ret_fd,
                          struct ens_diags *diags)
{
    ens_buf_addf(ret_beside, "%s.XXXXXX", path);
    if (ens_buf_failed(ret_beside)) {
        return ens_fail(diags, ENS_LIMIT, path, "the path is too long");
    }
    *ret_fd = mkostemp(ret_beside->ptr, O_CLOEXEC); /* created 0600, O_EXCL */
    return *ret_fd >= 0 ? ENS_OK : fail_errno(diags, path, "can't write the file");
}

/* Writes a temporary file in the same directory and renames it; path is not a symbolic link. */
static ens_rc replace_file(const char *path, ens_str text, unsigned mode, struct ens_diags *diags)
{
    ENS_AUTO_BUF beside = ens_buf_new(PATH_MAX);

    AUTO_FD fd = -1;
    ens_rc opened = open_beside(path, &beside, &fd, diags);
    if (opened != ENS_OK) {
        return opened;
    }
    if (!write_all(fd, text) || fchmod(fd, (mode_t)mode) != 0 || fsync(fd) != 0 ||
        rename(beside.ptr, path) != 0) {
        ens_rc rc = fail_errno(diags, path, "can't write the file");
        (void)unlink(beside.ptr);
        return rc;
    }
    sync_directory_of(path);
    return ENS_OK;
}

/* Sets *ret to the file to replace: path, or the target if it is a symbolic link (stored in real,
 * PATH_MAX bytes). */
static ens_rc resolve(const char *path, char *real, const char **ret, struct ens_diags *diags)
{
    struct stat stat_now = {0};

    *ret = path;
    if (stat(path, &stat_now) != 0) {
        return ENS_OK;
    }
    /* Renaming over a device or a FIFO would replace it for all other processes too. */
    if (!S_ISREG(stat_now.st_mode)) {
        return ens_fail(diags, ENS_INVALID, path, "not a regular file");
    }
    *ret = real;
    return realpath(path, real) != NULL ? ENS_OK : fail_errno(diags, path, "can't write the file");
}

ens_rc ens_os_check_writable(const char *path, struct ens_diags *diags)
{
    ENS_AUTO_BUF beside = ens_buf_new(PATH_MAX);
    char real[PATH_MAX];
    const char *file = NULL;

    ens_rc rc = resolve(path, real, &file, diags);
    AUTO_FD fd = -1;
    if (rc == ENS_OK) {
        rc = open_beside(file, &beside, &fd, diags);
    }
    if (rc == ENS_OK) {
        (void)unlink(beside.ptr);
    }
    return rc;
}

ens_rc ens_os_write_file(const char *path, ens_str text, unsigned mode, struct ens_diags *diags)
{
    char real[PATH_MAX];
    const char *file = NULL;

    ens_rc rc = resolve(path, real, &file, diags);
    return rc == ENS_OK ? replace_file(file, text, mode, diags) : rc;
}

ens_rc ens_os_append_file(const char *path, ens_str text, struct ens_diags *diags)
{
    struct stat stat_now = {0};
    AUTO_FD fd =
        open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, APPEND_MODE);

    if (fd < 0) {
        return fail_errno(diags, path, "can't open the file");
    }
    if (fstat(fd, &stat_now) != 0 || !S_ISREG(stat_now.st_mode)) {
        return ens_fail(diags, ENS_INVALID, path, "not a regular file");
    }
    return write_all(fd, text) ? ENS_OK : fail_errno(diags, path, "can't write the file");
}
