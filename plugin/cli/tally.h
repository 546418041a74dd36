/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tally: what is counted and noted of results, of which the summary line, the exit code and the
 * notes are made. It can be kept of results that are not kept themselves.
 */
#ifndef ENSURE_CLI_TALLY_H
#define ENSURE_CLI_TALLY_H

#include "cli/report.h"

/* Of the running instances of an apply. */
enum ens_tally_running {
    ENS_TALLY_STARTED,
    ENS_TALLY_WAITED,
    ENS_TALLY_ALREADY,
};
#define ENS_TALLY_RUNNING_COUNT 3

struct ens_tally {
    size_t count;
    size_t unconfigured; /* nothing was sent: no credentials, or an invalid endpoint */
    size_t failed;       /* as ens_report_failed says */
    size_t unfinished;   /* apply, wait */
    size_t starts[ENS_CONFIDENCE_COUNT]; /* plan: to be started */
    size_t running[ENS_TALLY_RUNNING_COUNT];
    int64_t longest_ms;
    struct ens_notes notes; /* only where it is kept apart from a document with all results */
};

/* The report says how to count; its document is not used. */
void ens_tally_add(struct ens_tally *tally, const struct ens_report *report,
                   const struct ens_result *result);

/* The report's own tally, or of all results of its document. */
struct ens_tally ens_tally_of(const struct ens_report *report);

#endif
