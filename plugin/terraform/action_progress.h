/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an action tells while its apply runs, as text; nothing is sent here. Up to
 * ENS_TF_TOLD_EACH_MAX instances have messages of their own, "ID: STATUS. SENTENCE", one whenever
 * that changes; the last one tells the result. More are counted: one line per look at them, and at
 * the end one per reason.
 *
 * Pure: the same events give the same texts. Threads: that of the events.
 */
#ifndef ENSURE_TERRAFORM_ACTION_PROGRESS_H
#define ENSURE_TERRAFORM_ACTION_PROGRESS_H

#include "terraform/targets.h"

#define ENS_TF_TOLD_EACH_MAX 20

struct ens_tf_progress;

/* For that many instances; allocated in the arena. */
struct ens_tf_progress *ens_tf_progress_new(struct ens_arena *arena, size_t count);

/* An event of the instance with that index: its intermediate result, or, once, the final one
 * (decided). Returns what to tell, in the arena; empty: nothing. */
ens_str ens_tf_progress_event(struct ens_tf_progress *progress, struct ens_arena *arena,
                              size_t index, const struct ens_result *result, bool decided);

/* What to tell when all are decided: one text per reason where instances are counted, else none.
 * Returns how many; *ret is in the arena. */
size_t ens_tf_progress_end(const struct ens_tf_progress *progress, struct ens_arena *arena,
                           const struct ens_tf_report *report, const ens_str **ret);

#endif
