/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Progress on standard error while an operation runs: one line with a bar, how many targets are
 * done and what the others are doing. It is drawn anew with each event, and not at all where
 * standard error is no terminal that can do that.
 */
#ifndef ENSURE_CLI_PROGRESS_H
#define ENSURE_CLI_PROGRESS_H

#include "cli/style.h"

struct ens_progress_counts {
    enum ens_view view;
    size_t total;
    size_t done;
    size_t failed;                      /* of those done */
    size_t by_status[ENS_STATUS_COUNT]; /* of those not done, as far as they were read */
    int64_t elapsed_ms;
};

struct ens_progress {
    bool on;
    struct ens_style style;
    struct ens_progress_counts counts;
    int64_t began_ms;
    struct ens_progress_target *targets; /* in the arena */
};

struct ens_progress ens_progress_begin(struct ens_arena *arena, enum ens_view view, size_t total);

/* What is known of a target now; final: it is finished. */
void ens_progress_update(struct ens_progress *progress, size_t index,
                         const struct ens_result *result, bool final);

void ens_progress_end(struct ens_progress *progress); /* erases the line; may be called again */

/* The text of the line, without line ends; not wider than the style's width. Pure. */
void ens_progress_text(struct ens_buf *out, const struct ens_progress_counts *counts,
                       const struct ens_style *style);

#endif
