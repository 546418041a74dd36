/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the policy files: the system's, if it exists, and the user's, which ENSURE_POLICY names. */
#ifndef ENSURE_ENGINE_POLICY_FILES_H
#define ENSURE_ENGINE_POLICY_FILES_H

#include "base/host.h"
#include "core/policy.h"

/* Adds the guards of both. Fails, with one diagnostic that names the file, if one can't be read or
 * used, if others may write it, or if the named one does not exist. */
ens_rc ens_policy_files_read(const struct ens_environment *environment, struct ens_arena *arena,
                             struct ens_policy *policy, struct ens_diags *diags) ENS_MUST_USE;

#endif
