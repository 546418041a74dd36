/* SPDX-License-Identifier: Apache-2.0 */
/* Opens one provider file. Used inside loader/ only. */
#ifndef ENSURE_LOADER_PROVIDER_OPEN_H
#define ENSURE_LOADER_PROVIDER_OPEN_H

#include <sys/types.h>

#include "base/diag.h"

/* Checks the owner of a file or directory: NULL if it is accepted, else a text that names the
 * accepted owners. */
const char *ens_provider_owner(uid_t uid);

/* Checks and loads name in the directory (a file descriptor, or AT_FDCWD), and calls its entry
 * function. Loads through the file descriptor that was checked, so that the file can't be exchanged
 * in between. file is the path for diagnostics. The object stays loaded until the process ends. */
ens_rc ens_provider_open(int directory, const char *name, const char *file,
                         const struct ens_provider **ret, struct ens_diags *diags) ENS_MUST_USE;

#endif
