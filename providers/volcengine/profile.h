/* SPDX-License-Identifier: Apache-2.0 */
/* The profile files of Volcengine's command line, newest first; NULL-terminated. */
#ifndef ENSURE_VOLCENGINE_PROFILE_H
#define ENSURE_VOLCENGINE_PROFILE_H

#include "ensure/provider.h"

extern const struct ens_profile_file *const volcengine_profile_files[];

#endif
