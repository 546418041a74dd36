/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The results of an apply counted by reason, in the words that diagnostics and progress share.
 * Pure.
 */
#ifndef ENSURE_TERRAFORM_TALLY_H
#define ENSURE_TERRAFORM_TALLY_H

#include "terraform/targets.h"

/* The instances whose results have the same reason. */
struct ens_tf_tally {
    bool running; /* else they do not run */
    enum ens_reason reason;
    size_t count; /* never 0 */
};

#define ENS_TF_TALLIES_MAX ((size_t)2 * ENS_REASON_COUNT)

/* Counts the results of the report, running instances first. Returns how many tallies there are. */
size_t ens_tf_tally(const struct ens_tf_report *report,
                    struct ens_tf_tally ret[ENS_TF_TALLIES_MAX]);

/* "3 of 5 instances running: ok"; "cloud/region/id not running: timed_out" if the report has one
 * instance. */
ens_str ens_tf_tally_text(struct ens_arena *arena, const struct ens_tf_report *report,
                          const struct ens_tf_tally *tally);

/* The subject of a sentence: "3 of 5 instances", or the target if the report has one instance. */
ens_str ens_tf_subject(struct ens_arena *arena, const struct ens_tf_report *report, size_t count);

#endif
