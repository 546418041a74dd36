#include <unistd.h>

#include "cli/interrupt.h"
#include "cli/operation.h"
#include "cli/show.h"

void ens_session_closep(struct ens_session **session)
{
    ens_session_close(*session);
    *session = NULL;
}

enum ens_operation_end ens_operation_run(struct ens_session *session,
                                         const struct ens_operation *work, struct ens_arena *arena,
                                         struct ens_document *ret, struct ens_diags *diags)
{
    ENS_AUTO_DIAGS own = {0};
    size_t known = 0;

    ens_interrupt_hold();
    ens_rc rc = ens_session_run(session, work, arena, ret, &known, &own);
    if (ens_interrupted() && (rc == ENS_OK || rc == ENS_CANCELLED)) {
        return ENS_OPERATION_INTERRUPTED;
    }
    if (rc == ENS_OK) {
        return ENS_OPERATION_DONE;
    }
    for (size_t i = 0; i < own.count; i++) {
        const struct ens_diag *diag = &own.items[i];
        ens_diags_add(diags, diag->severity, diag->where, diag->detail, "%s", diag->summary);
    }
    /* A plan that broke off is worth nothing; of an apply people must see what was done. */
    return work->apply && known > 0 ? ENS_OPERATION_BROKEN : ENS_OPERATION_NOTHING;
}

enum ens_exit_code ens_operation_show(const struct ens_options *options,
                                      const struct ens_report *report,
                                      enum ens_operation_end outcome, struct ens_diags *diags)
{
    if (outcome == ENS_OPERATION_NOTHING ||
        ens_show(STDOUT_FILENO, options->format, report, diags) != ENS_OK ||
        outcome == ENS_OPERATION_BROKEN) {
        return ENS_EXIT_USAGE;
    }
    return outcome == ENS_OPERATION_INTERRUPTED ? ENS_EXIT_INTERRUPTED : ens_exit_code_of(report);
}
