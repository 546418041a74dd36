/* SPDX-License-Identifier: Apache-2.0 */
#include "linked/linked.h"

ens_provider_entry_fn *const *const ens_linked_providers = NULL;
const struct ens_linked_library *const ens_linked_libraries = NULL;
const size_t ens_linked_library_count = 0;

void ens_linked_begin(void)
{
}
