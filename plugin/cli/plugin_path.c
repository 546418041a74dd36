/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/plugin_path.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/os.h"
#include "os/os_error.h"

#define VARIABLE "ENSURE_PLUGIN"
#define NAME     "ensure" /* of the program, for a search in PATH */

/* ENS_NOT_FOUND: no such file; adds no diagnostic. */
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

/* In the directories of PATH. An empty one would be the working directory: it is passed over. */
static const char *search(struct ens_arena *arena, ens_str name)
{
    ens_str list = ens_str_of(ens_os_environment.get(ens_os_environment.ud, "PATH"));

    while (list.len > 0) {
        ens_str directory = ens_str_cut(list, ':', &list);
        const char *path =
            ens_arena_printf(arena, "%.*s/%.*s", ENS_STR_ARG(directory), ENS_STR_ARG(name)).ptr;
        if (directory.len > 0 && check_program(path, NULL, NULL) == ENS_OK) {
            return path;
        }
    }
    return NULL;
}

/* By the name that the kernel was given, which needs no /proc. It is relative to the directory in
 * which the program was started, and the host tool never leaves that. */
static ens_rc find_own(struct ens_arena *arena, const char **ret, bool *ret_own,
                       struct ens_diags *diags)
{
    const char *path = (const char *)getauxval(AT_EXECFN);
    const bool own = path != NULL && check_program(path, NULL, NULL) == ENS_OK;

    if (!own) {
        path = search(arena, ENS_STR(NAME));
    }
    if (path == NULL) {
        return ens_fail(
            diags, ENS_NOT_FOUND, NULL,
            "can't find out where this program is, to start it as its own plugin: set " VARIABLE
            " to its path");
    }
    *ret = path;
    *ret_own = own;
    return ENS_OK;
}

ens_rc ens_plugin_path(struct ens_arena *arena, const char **ret, bool *ret_own,
                       struct ens_diags *diags)
{
    char text[ENS_OS_ERROR_SIZE];
    const char *set = ens_os_environment.get(ens_os_environment.ud, VARIABLE);

    if (set == NULL) {
        return find_own(arena, ret, ret_own, diags);
    }
    ens_rc rc = check_program(set, VARIABLE, diags);
    if (rc == ENS_NOT_FOUND) {
        return ens_fail(diags, rc, VARIABLE, "%s can't be run: %s", set,
                        ens_os_error(ENOENT, text));
    }
    *ret = set;
    *ret_own = false;
    return rc;
}
