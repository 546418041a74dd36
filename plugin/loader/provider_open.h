/* SPDX-License-Identifier: Apache-2.0 */
/* Opening one provider file. Inside loader/ only. */
#ifndef ENSURE_LOADER_PROVIDER_OPEN_H
#define ENSURE_LOADER_PROVIDER_OPEN_H

#include <sys/types.h>

#include "base/diag.h"

/* NULL, or who may own what is loaded, in words: root, this user, the owner of this program. */
const char *ens_provider_owner(uid_t uid);

/* Checks and loads name in the directory (a descriptor, or AT_FDCWD), and asks for its descriptor.
 * The very file that was checked is loaded, whatever the name leads to by then. file is the name
 * for diagnostics. What was loaded stays for the life of the process. */
ens_rc ens_provider_open(int directory, const char *name, const char *file,
                         const struct ens_provider **ret, struct ens_diags *diags) ENS_MUST_USE;

#endif
