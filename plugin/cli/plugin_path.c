/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/plugin_path.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/os.h"
#include "os/os_error.h"

#define PROGRAM  "terraform-provider-ensure"
#define VARIABLE "ENSURE_PLUGIN"

/* The directory of this executable with symbolic links resolved, so that a link to the tool finds
 * the plugin of the installed tree. */
static ens_rc own_directory(struct ens_arena *arena, ens_str *ret, struct ens_diags *diags)
{
    char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof(path));

    if (length <= 0 || (size_t)length == sizeof(path)) {
        return ens_fail(diags, ENS_IO, NULL,
                        "can't find out where this program is: set " VARIABLE
                        " to the path of " PROGRAM);
    }
    while (length > 1 && path[length - 1] != '/') {
        length--;
    }
    *ret = ens_arena_dup(arena, (ens_str){path, (size_t)length});
    return ENS_OK;
}

/* ENS_NOT_FOUND: no such file; adds no diagnostic. An existing file that can't be executed is an
 * error instead of being skipped: a file of this name beside the tool is meant to be its plugin. */
static ens_rc check_program(const char *path, const char *where, struct ens_diags *diags)
{
    char text[ENS_OS_ERROR_SIZE];
    struct stat link = {0};
    struct stat file = {0};

    if (lstat(path, &link) != 0) {
        if (errno == ENOENT || errno == ENOTDIR) {
            return ENS_NOT_FOUND;
        }
        return ens_fail(diags, ENS_IO, where, "%s can't be run: %s", path,
                        ens_os_error(errno, text));
    }
    if (stat(path, &file) != 0) {
        return ens_fail(diags, ENS_INVALID, where,
                        "%s can't be run: it is a symbolic link that leads nowhere (%s)", path,
                        ens_os_error(errno, text));
    }
    if (!S_ISREG(file.st_mode)) {
        return ens_fail(diags, ENS_INVALID, where, "%s can't be run: it is %s", path,
                        S_ISDIR(file.st_mode) ? "a directory" : "no regular file");
    }
    if (access(path, X_OK) != 0) {
        return ens_fail(diags, ENS_INVALID, where, "%s can't be run: %s (mode %04o)", path,
                        ens_os_error(errno, text), (unsigned)(file.st_mode & 07777));
    }
    return ENS_OK;
}

static ens_rc find_own(struct ens_arena *arena, const char **ret, struct ens_diags *diags)
{
    static const char *const places[] = {PROGRAM, "../libexec/ensure/" PROGRAM};
    ens_str directory = {0};
    ens_rc rc = own_directory(arena, &directory, diags);

    for (size_t i = 0; rc == ENS_OK && i < ENS_COUNT(places); i++) {
        const char *path = ens_arena_printf(arena, "%.*s%s", ENS_STR_ARG(directory), places[i]).ptr;
        const ens_rc found = check_program(path, NULL, diags);
        if (found != ENS_NOT_FOUND) {
            *ret = path;
            return found;
        }
    }
    return rc != ENS_OK ? rc
                        : ens_fail(diags, ENS_NOT_FOUND, NULL,
                                   "the plugin process %s is neither in %.*s nor in "
                                   "%.*s../libexec/ensure/: set " VARIABLE " to its path",
                                   PROGRAM, ENS_STR_ARG(directory), ENS_STR_ARG(directory));
}

ens_rc ens_plugin_path(struct ens_arena *arena, const char **ret, struct ens_diags *diags)
{
    char text[ENS_OS_ERROR_SIZE];
    const char *set = ens_os_environment.get(ens_os_environment.ud, VARIABLE);

    if (set == NULL) {
        return find_own(arena, ret, diags);
    }
    ens_rc rc = check_program(set, VARIABLE, diags);
    if (rc == ENS_NOT_FOUND) {
        return ens_fail(diags, rc, VARIABLE, "%s can't be run: %s", set,
                        ens_os_error(ENOENT, text));
    }
    *ret = set;
    return rc;
}
