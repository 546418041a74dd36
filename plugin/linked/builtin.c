/* SPDX-License-Identifier: Apache-2.0 */
#include "linked/linked.h"

/* Their entries, renamed by the build. */
#define X(name) ens_provider_entry_fn ens_provider_entry_##name;
ENS_STATIC_PROVIDERS
#undef X

#define X(name) ens_provider_entry_##name,
ens_provider_entry_fn *const ens_builtin_providers[] = {ENS_STATIC_PROVIDERS NULL};
#undef X
