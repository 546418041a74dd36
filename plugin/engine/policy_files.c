/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/policy_files.h"

#include "core/policy_read.h"
#include "os/os.h"

static ens_rc read_file(const char *path, struct ens_arena *arena, struct ens_policy *policy,
                        struct ens_diags *diags)
{
    ENS_AUTO_BUF text = ens_buf_new(ENS_POLICY_FILE_MAX);

    ens_rc rc = ens_os_read_trusted_file(path, &text, diags);
    return rc == ENS_OK ? ens_policy_read_text(arena, ens_buf_str(&text), path, policy, diags) : rc;
}

/* What is wrong with it is told with the variable that names it. */
static ens_rc read_named(const char *path, struct ens_arena *arena, struct ens_policy *policy,
                         struct ens_diags *diags)
{
    ENS_AUTO_DIAGS own = {0};

    ens_rc rc = read_file(path, arena, policy, &own);
    for (size_t i = 0; i < own.count; i++) {
        const struct ens_diag *diag = &own.items[i];
        ens_diags_add(diags, diag->severity,
                      ens_arena_printf(arena, ENS_POLICY_VARIABLE ": %s", diag->where).ptr,
                      diag->detail, "%s", diag->summary);
    }
    return rc;
}

ens_rc ens_policy_files_read(const struct ens_environment *environment, struct ens_arena *arena,
                             struct ens_policy *policy, struct ens_diags *diags)
{
    const char *named = environment->get(environment->ud, ENS_POLICY_VARIABLE);
    ENS_AUTO_DIAGS own = {0};

    ens_rc rc = read_file(ENS_POLICY_FILE, arena, policy, &own);
    if (rc == ENS_OK || rc == ENS_NOT_FOUND) {
        return named != NULL && named[0] != '\0' ? read_named(named, arena, policy, diags) : ENS_OK;
    }
    ens_diags_append(diags, &own);
    return rc;
}
