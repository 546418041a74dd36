/* SPDX-License-Identifier: Apache-2.0 */
/* The path of the plugin executable: ENSURE_PLUGIN, else this program itself. */
#ifndef ENSURE_CLI_PLUGIN_PATH_H
#define ENSURE_CLI_PLUGIN_PATH_H

#include "base/arena.h"
#include "base/diag.h"

/* *ret_own: it is certainly this program, not one of the same name that may have another version.
 */
ens_rc ens_plugin_path(struct ens_arena *arena, const char **ret, bool *ret_own,
                       struct ens_diags *diags) ENS_MUST_USE;

#endif
