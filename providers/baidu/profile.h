/* SPDX-License-Identifier: Apache-2.0 */
/* The profile file of Baidu's command line; the list is NULL-terminated. */
#ifndef ENSURE_BAIDU_PROFILE_H
#define ENSURE_BAIDU_PROFILE_H

#include "ensure/provider.h"

extern const struct ens_profile_file *const baidu_profile_files[];

#endif
