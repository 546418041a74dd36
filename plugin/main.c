/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The program, which has two roles: the plugin process and the host tool. It is the plugin
 *
 *   - under a name that begins with terraform-provider-ensure, whatever the directory is
 *   - without arguments when the environment holds the cookie of a host
 *
 * and else the host tool, which starts this program again as its plugin.
 */
#include <string.h>

#include "cli/cli.h"
#include "linked/linked.h"
#include "os/os.h"
#include "role_plugin.h"

#define PLUGIN_NAME "terraform-provider-ensure"

static bool is_plugin(int argc, char **argv)
{
    const char *path = argc > 0 ? argv[0] : "";
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;

    return strncmp(name, PLUGIN_NAME, strlen(PLUGIN_NAME)) == 0 ||
           (argc < 2 && ens_role_plugin_invited(&ens_os_environment));
}

int main(int argc, char **argv)
{
    ens_linked_begin();
    return is_plugin(argc, argv)
               ? ens_role_plugin(argc, argv)
               : ens_cli(argc, argv, ens_linked_libraries, ens_linked_library_count);
}
