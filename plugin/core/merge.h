/* SPDX-License-Identifier: Apache-2.0 */
/* Puts documents of one kind together, such as those of the shards of a fleet. Pure. */
#ifndef ENSURE_CORE_MERGE_H
#define ENSURE_CORE_MERGE_H

#include "core/document.h"

struct ens_merge_part {
    const char *name; /* of the file, for diagnostics */
    const struct ens_document *document;
};

/*
 * *ret is a document of all instances, in the order of the parts, with a summary of its own, the
 * oldest created_at, each guard and warning once, and a warning that lists missing shards. It is no
 * shard. A plan is marked as applied if one of its parts is. Slices point into the parts or the
 * arena.
 *
 * One diagnostic, which names the files: ENS_INVALID for kinds that differ, for a fleet, for shards
 * beside what is none or of another number of shards, and for a shard or a target that two parts
 * have; ENS_LIMIT for more than ENS_RESULTS_MAX instances. count is at least 1.
 */
ens_rc ens_document_merge(struct ens_arena *arena, const struct ens_merge_part *parts, size_t count,
                          struct ens_document *ret, struct ens_diags *diags) ENS_MUST_USE;

#endif
