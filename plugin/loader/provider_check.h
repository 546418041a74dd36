/* SPDX-License-Identifier: Apache-2.0 */
/* Validation of a provider's descriptor against the rules of ensure/provider.h. Used inside loader/
 * only. */
#ifndef ENSURE_LOADER_PROVIDER_CHECK_H
#define ENSURE_LOADER_PROVIDER_CHECK_H

#include "base/diag.h"

#define ENS_TABLE_ROWS_MAX        4096 /* a longer table probably lacks its terminating row */
#define ENS_PROVIDER_TEXT_MAX     64   /* bytes of title and version */
#define ENS_PROVIDER_SENTENCE_MAX 500
#define ENS_BATCH_LIMIT_MAX       1000

/* Checks everything but that the name is unique. The diagnostic names origin (the file), the field,
 * what was expected and what was found. Never reads beyond the provider's struct_size. */
ens_rc ens_provider_check(const struct ens_provider *provider, const char *origin,
                          struct ens_diags *diags) ENS_MUST_USE;

/* Calls the entry function of a provider and sets *ret to its descriptor, not yet checked. */
ens_rc ens_provider_ask(ens_provider_entry_fn *entry, const char *origin,
                        const struct ens_provider **ret, struct ens_diags *diags) ENS_MUST_USE;

/* Whether struct_size covers a member that was added after ABI 1.0. */
#define ENS_PROVIDER_HAS(provider, member)                                                         \
    ((provider)->struct_size >= offsetof(struct ens_provider, member) + sizeof((provider)->member))

#endif
