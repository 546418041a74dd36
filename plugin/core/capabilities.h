/* SPDX-License-Identifier: Apache-2.0 */
/* Capabilities of an engine: version, loaded providers, and warnings about provider files. */
#ifndef ENSURE_CORE_CAPABILITIES_H
#define ENSURE_CORE_CAPABILITIES_H

#include "base/buf.h"
#include "core/code.h"

struct ens_provider_row {
    ens_str name;
    ens_str title;
    ens_str version;
    uint32_t abi_major;
    uint32_t abi_minor;
    ens_str origin; /* the file it was loaded from; "built in" for one that is linked in */
    bool dry_run;
    bool client_token;
    ens_str dry_run_checks; /* what the dry run checks, one sentence; empty: not declared */
    uint32_t describe_limit;
    uint32_t dry_run_limit;
    uint32_t start_limit;
    const struct ens_code *codes; /* in the order of the provider's tables */
    size_t code_count;
    ens_str advice[ENS_REASON_COUNT]; /* of the cloud for a reason; empty: the general one holds */
};

struct ens_capabilities {
    ens_str version;
    struct ens_provider_row *providers;
    size_t provider_count;
    ens_str *warnings;
    size_t warning_count;
};

/* Describes a provider. The texts are borrowed from its descriptor and from origin; the list of
 * codes is in the arena. */
struct ens_provider_row ens_provider_row(struct ens_arena *arena,
                                         const struct ens_provider *provider, const char *origin);

/* Appends the JSON document, without codes and advice, and a line feed. */
void ens_capabilities_write(struct ens_buf *out, const struct ens_capabilities *capabilities);

#endif
