/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/tally.h"

/* No request was sent: its cloud has no credentials, or the endpoint is invalid. */
static bool is_unconfigured(const struct ens_result *result)
{
    return (result->reason == ENS_REASON_UNAUTHENTICATED ||
            result->reason == ENS_REASON_INVALID_ARGUMENT) &&
           result->status == ENS_STATUS_UNKNOWN && result->http_status == 0;
}

static bool unfinished(const struct ens_report *report, const struct ens_result *result)
{
    switch (report->view) {
    case ENS_VIEW_APPLY:
        return ens_result_class(result) == ENS_CLASS_UNFINISHED;
    case ENS_VIEW_STATUS:
        return ens_result_wait_ended(result);
    case ENS_VIEW_PLAN:
        break;
    }
    return false;
}

static enum ens_tally_running running_kind(const struct ens_result *result)
{
    if (result->start_sent) {
        return ENS_TALLY_STARTED;
    }
    return result->action == ENS_ACTION_NONE ? ENS_TALLY_ALREADY : ENS_TALLY_WAITED;
}

void ens_tally_add(struct ens_tally *tally, const struct ens_report *report,
                   const struct ens_result *result)
{
    tally->count++;
    tally->unconfigured += is_unconfigured(result) ? 1 : 0;
    tally->failed += ens_report_failed(report, result) ? 1 : 0;
    tally->unfinished += unfinished(report, result) ? 1 : 0;
    tally->starts[result->confidence] += result->action == ENS_ACTION_START ? 1 : 0;
    if (ens_result_class(result) == ENS_CLASS_RUNNING) {
        tally->running[running_kind(result)]++;
    }
    if (result->elapsed_ms > tally->longest_ms) {
        tally->longest_ms = result->elapsed_ms;
    }
}

struct ens_tally ens_tally_of(const struct ens_report *report)
{
    struct ens_tally tally = {0};

    if (report->tally != NULL) {
        return *report->tally;
    }
    for (size_t i = 0; i < report->document->count; i++) {
        const struct ens_result result = ens_document_result(report->document, i);
        ens_tally_add(&tally, report, &result);
    }
    return tally;
}
