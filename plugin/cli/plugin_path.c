/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/plugin_path.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "os/os.h"

#define PROGRAM  "terraform-provider-ensure"
#define VARIABLE "ENSURE_PLUGIN"

/* Absolute, and without symbolic links, so that an installed tree may be linked to from elsewhere.
 */
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

ens_rc ens_plugin_path(struct ens_arena *arena, const char **ret, struct ens_diags *diags)
{
    static const char *const places[] = {PROGRAM, "../libexec/ensure/" PROGRAM};
    const char *set = ens_os_environment.get(ens_os_environment.ud, VARIABLE);
    ens_str directory = {0};

    if (set != NULL) {
        if (access(set, X_OK) != 0) {
            return ens_fail(diags, ENS_NOT_FOUND, VARIABLE, "%s can't be run: %s", set,
                            strerror(errno));
        }
        *ret = set;
        return ENS_OK;
    }
    ens_rc rc = own_directory(arena, &directory, diags);
    for (size_t i = 0; rc == ENS_OK && i < ENS_COUNT(places); i++) {
        const char *path = ens_arena_printf(arena, "%.*s%s", ENS_STR_ARG(directory), places[i]).ptr;
        if (access(path, X_OK) == 0) {
            *ret = path;
            return ENS_OK;
        }
    }
    return rc != ENS_OK ? rc
                        : ens_fail(diags, ENS_NOT_FOUND, NULL,
                                   "the plugin process %s is neither in %.*s nor in "
                                   "%.*s../libexec/ensure/: set " VARIABLE " to its path",
                                   PROGRAM, ENS_STR_ARG(directory), ENS_STR_ARG(directory));
}
