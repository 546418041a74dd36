/* What plan, apply and status share: a piece of work through a session, its report, its exit code.
 */
#ifndef ENSURE_CLI_OPERATION_H
#define ENSURE_CLI_OPERATION_H

#include "cli/exit_code.h"
#include "cli/options.h"
#include "cli/session.h"

/* Closes the session when it leaves its scope. */
void ens_session_closep(struct ens_session **session);
#define ENS_AUTO_SESSION ENS_CLEANUP(ens_session_closep) struct ens_session

/* How a piece of work went, as far as the exit code goes. */
enum ens_operation_end {
    ENS_OPERATION_DONE,
    ENS_OPERATION_INTERRUPTED, /* there is a document with what is known */
    ENS_OPERATION_BROKEN,      /* the plugin failed; there is a document if something is known */
    ENS_OPERATION_NOTHING,     /* there is nothing to show */
};

/* Runs the work; diagnostics are there for all but DONE and INTERRUPTED. */
enum ens_operation_end ens_operation_run(struct ens_session *session,
                                         const struct ens_operation *work, struct ens_arena *arena,
                                         struct ens_document *ret, struct ens_diags *diags);

/* Shows a report on standard output and gives the exit code for it and its outcome. */
enum ens_exit_code ens_operation_show(const struct ens_options *options,
                                      const struct ens_report *report,
                                      enum ens_operation_end outcome, struct ens_diags *diags);

#endif
