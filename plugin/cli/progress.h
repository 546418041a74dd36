/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Progress on standard error while an operation runs: how many targets are done, and the status of
 * the others; of a find, how many instances were found. On a terminal it is one line with a bar,
 * redrawn when no further event is there and, for the elapsed time, at least four times a second.
 * Elsewhere, as in the log of a CI job, a plain line is written every ten seconds. With more than
 * ENS_WINDOW targets events alone are not drawn.
 */
#ifndef ENSURE_CLI_PROGRESS_H
#define ENSURE_CLI_PROGRESS_H

#include "cli/style.h"

struct ens_progress_counts {
    enum ens_view view;
    bool wait; /* for the instances of a status to run */
    bool find; /* only done and elapsed_ms count: what will be found is not known */
    size_t total;
    size_t done;
    size_t failed;                      /* of those done */
    size_t by_status[ENS_STATUS_COUNT]; /* of those not done, as far as they were read */
    int64_t elapsed_ms;
};

enum ens_progress_mode {
    ENS_PROGRESS_OFF,
    ENS_PROGRESS_REDRAWN,
    ENS_PROGRESS_LINES,
};

struct ens_progress {
    enum ens_progress_mode mode;
    struct ens_style style;
    struct ens_progress_counts counts;
    int64_t began_ms;
    int64_t shown_ms; /* when it was last written */
    bool changed;     /* since then */
    uint8_t *targets; /* in the arena */
};

struct ens_progress ens_progress_begin(struct ens_arena *arena, enum ens_view view, bool wait,
                                       size_t total, bool quiet);

/* Of a find. */
struct ens_progress ens_progress_begin_find(bool quiet);
void ens_progress_found(struct ens_progress *progress); /* another instance */

/* Records the state of a target; final: it is finished. */
void ens_progress_update(struct ens_progress *progress, size_t index,
                         const struct ens_result *result, bool final);

/* Writes the progress if it is due. Returns in how many ms it is due again; negative: never. */
int64_t ens_progress_tick(struct ens_progress *progress);

void ens_progress_end(struct ens_progress *progress); /* erases the line; may be called again */

/* The text of the line, without line ends; not wider than the style's width, and without a bar
 * where that is 0. Pure. */
void ens_progress_text(struct ens_buf *out, const struct ens_progress_counts *counts,
                       const struct ens_style *style);

#endif
