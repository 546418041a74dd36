/* SPDX-License-Identifier: Apache-2.0 */
/* The warnings of a job or checkup: what was noticed about the setup, the keys and the audit log.
 * An engine reports each sentence once. */
#ifndef ENSURE_ENGINE_WARNINGS_H
#define ENSURE_ENGINE_WARNINGS_H

#include "engine/account.h"
#include "engine/record.h"

struct ens_warnings {
    struct ens_diags *reported; /* by this engine; borrowed */
    struct ens_arena *arena;    /* of the list; borrowed */
    ens_str *items;
    size_t count;
};

/* Adds the text, unless it is empty or was reported before. */
void ens_warn(struct ens_warnings *warnings, ens_str text);
void ens_warn_of(struct ens_warnings *warnings, const struct ens_diags *diags); /* may be NULL */
/* If a line of the audit log could not be written since there were so many failures. */
void ens_warn_of_audit(struct ens_warnings *warnings, const struct ens_recorder *recorder,
                       unsigned failures_before);

#endif
