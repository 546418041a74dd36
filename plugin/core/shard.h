/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shards: the division of a list of targets among the members of a job array. Pure: it depends on
 * the set of targets and the number of shards alone, so members that were given the same list agree
 * without talking to each other.
 */
#ifndef ENSURE_CORE_SHARD_H
#define ENSURE_CORE_SHARD_H

#include "base/host.h"
#include "core/target.h"

#define ENS_SHARDS_MAX  100000
#define ENS_SHARD_BATCH 100 /* targets that stay together: the most in one call to any cloud */

struct ens_shard {
    size_t index; /* 0 to count - 1 */
    size_t count; /* 0: not a shard */
};

/* Parses "I/N". */
ens_rc ens_shard_parse(ens_str text, struct ens_shard *ret, struct ens_diags *diags) ENS_MUST_USE;

/* The shard of this member of an array: of an indexed Job of Kubernetes (JOB_COMPLETION_INDEX, and
 * ENSURE_SHARDS as the number of shards), or of a job array of Slurm (SLURM_ARRAY_TASK_ID, _MIN,
 * _COUNT, which must have no gaps). */
ens_rc ens_shard_auto(const struct ens_environment *environment, struct ens_shard *ret,
                      struct ens_diags *diags) ENS_MUST_USE;

/*
 * Copies the targets of the shard to ret, in their order, and returns their number. ret has room
 * for all. Targets without duplicates are sorted, those of each cloud and region are cut into
 * batches of ENS_SHARD_BATCH, and the batches are dealt out in turn: each target is in exactly one
 * shard, and no shard has two batches more than another.
 */
size_t ens_shard_take(const struct ens_shard *shard, const struct ens_target *targets, size_t count,
                      struct ens_target *ret);

#endif
