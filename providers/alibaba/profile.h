/* SPDX-License-Identifier: Apache-2.0 */
/* The profile files of Alibaba Cloud's command line and SDKs; NULL-terminated. */
#ifndef ENSURE_ALIBABA_PROFILE_H
#define ENSURE_ALIBABA_PROFILE_H

#include "ensure/provider.h"

extern const struct ens_profile_file *const alibaba_profile_files[];

#endif
