/* SPDX-License-Identifier: Apache-2.0 */
/* The search for provider files. Inside loader/ only. */
#ifndef ENSURE_LOADER_PROVIDER_SEARCH_H
#define ENSURE_LOADER_PROVIDER_SEARCH_H

#include "base/buf.h"
#include "loader/registry.h"

struct ens_registry_search {
    struct ens_registry *registry; /* gets what is found */
    const struct ens_environment *environment;
    const struct ens_log *log;
    struct ens_buf *looked_in; /* the directories, in words */
    struct ens_diags *diags;   /* files and directories that were left out, as warnings */
};

/* The usual directories. A static build (provider_search_none.c) looks nowhere. */
void ens_registry_search(const struct ens_registry_search *search);

/* Turns errors into warnings: a file that is refused does not make the search fail. */
void ens_registry_downgrade_errors(struct ens_diags *diags, size_t count_before);

#endif
