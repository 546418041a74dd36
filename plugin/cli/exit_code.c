/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/exit_code.h"

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

enum ens_exit_code ens_exit_code_of(const struct ens_report *report, bool detailed)
{
    const struct ens_document *document = report->document;
    size_t unconfigured = 0;
    size_t failures = 0;
    size_t unended = 0;

    for (size_t i = 0; i < document->count; i++) {
        unconfigured += is_unconfigured(&document->results[i]) ? 1 : 0;
        failures += ens_report_failed(report, &document->results[i]) ? 1 : 0;
        unended += unfinished(report, &document->results[i]) ? 1 : 0;
    }
    if (document->count > 0 && unconfigured == document->count) {
        return ENS_EXIT_USAGE;
    }
    if (failures > 0) {
        return ENS_EXIT_FAILED;
    }
    if (unended > 0) {
        return ENS_EXIT_UNFINISHED;
    }
    bool pending = report->view == ENS_VIEW_PLAN && document->summary.start > 0;
    return pending && detailed ? ENS_EXIT_PENDING : ENS_EXIT_OK;
}

void ens_find_failures_add(struct ens_find_failures *failures,
                           const struct ens_find_failure *failure)
{
    const bool unconfigured =
        failure->http_status == 0 && (failure->reason == ENS_REASON_UNAUTHENTICATED ||
                                      failure->reason == ENS_REASON_INVALID_ARGUMENT);

    failures->count++;
    failures->unconfigured += unconfigured ? 1 : 0;
}

enum ens_exit_code ens_find_exit_code(const struct ens_find_failures *failures, size_t selectors)
{
    if (failures->count > 0 && failures->unconfigured == selectors) {
        return ENS_EXIT_USAGE;
    }
    return failures->count > 0 ? ENS_EXIT_FAILED : ENS_EXIT_OK;
}
