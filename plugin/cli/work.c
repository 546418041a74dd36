#include <unistd.h>

#include "cli/interrupt.h"
#include "cli/show.h"
#include "cli/work.h"

void ens_session_closep(struct ens_session **session)
{
    ens_session_close(*session);
    *session = NULL;
}

enum ens_outcome ens_work_run(struct ens_session *session, const struct ens_work *work,
                              struct ens_arena *arena, struct ens_document *ret,
                              struct ens_diags *diags)
{
    ENS_AUTO_DIAGS own = {0};
    size_t known = 0;

    ens_interrupt_hold();
    ens_rc rc = ens_session_run(session, work, arena, ret, &known, &own);
    if (ens_interrupted() && (rc == ENS_OK || rc == ENS_CANCELLED)) {
        return ENS_OUTCOME_INTERRUPTED;
    }
    if (rc == ENS_OK) {
        return ENS_OUTCOME_DONE;
    }
    for (size_t i = 0; i < own.count; i++) {
        const struct ens_diag *diag = &own.items[i];
        ens_diags_add(diags, diag->severity, diag->where, diag->detail, "%s", diag->summary);
    }
    /* A plan that broke off is worth nothing; of an apply people must see what was done. */
    return work->apply && known > 0 ? ENS_OUTCOME_BROKEN : ENS_OUTCOME_NOTHING;
}

enum ens_exit_code ens_work_show(const struct ens_options *options, const struct ens_report *report,
                                 enum ens_outcome outcome, struct ens_diags *diags)
{
    if (outcome == ENS_OUTCOME_NOTHING ||
        ens_show(STDOUT_FILENO, options->format, report, diags) != ENS_OK ||
        outcome == ENS_OUTCOME_BROKEN) {
        return ENS_EXIT_USAGE;
    }
    return outcome == ENS_OUTCOME_INTERRUPTED ? ENS_EXIT_INTERRUPTED : ens_exit_code_of(report);
}
