/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/exit_code.h"

#include "cli/tally.h"

enum ens_exit_code ens_exit_code_of(const struct ens_report *report, bool detailed)
{
    const struct ens_tally tally = ens_tally_of(report);

    if (tally.count > 0 && tally.unconfigured == tally.count) {
        return ENS_EXIT_USAGE;
    }
    if (tally.failed > 0) {
        return ENS_EXIT_FAILED;
    }
    if (tally.unfinished > 0) {
        return ENS_EXIT_UNFINISHED;
    }
    bool pending = report->view == ENS_VIEW_PLAN && report->document->summary.start > 0;
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
