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
