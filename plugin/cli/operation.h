/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What plan, apply and status share: a plan or an apply is run through a session, its report is
 * printed, and both together give the exit code.
 */
#ifndef ENSURE_CLI_OPERATION_H
#define ENSURE_CLI_OPERATION_H

#include "cli/exit_code.h"
#include "cli/options.h"
#include "cli/session.h"

/* Closes the session when it leaves its scope. */
void ens_session_closep(struct ens_session **session);
#define ENS_AUTO_SESSION ENS_CLEANUP(ens_session_closep) struct ens_session

/* How an operation ended, as far as the exit code goes. */
enum ens_operation_end {
    ENS_OPERATION_DONE,
    ENS_OPERATION_INTERRUPTED, /* there is a document with what is known */
    ENS_OPERATION_BROKEN,      /* the plugin failed; there is a document if something is known */
    ENS_OPERATION_NOTHING,     /* there is nothing to show */
};

/* Runs the operation; diagnostics are there for all but DONE and INTERRUPTED. */
enum ens_operation_end ens_operation_run(struct ens_session *session,
                                         const struct ens_operation *operation,
                                         struct ens_arena *arena, struct ens_document *ret,
                                         struct ens_diags *diags);

/* Prints a report in a format. fd decides what tables look like; JSON is one document and nothing
 * else. */
ens_rc ens_report_print(int fd, enum ens_format format, const struct ens_report *report,
                        struct ens_diags *diags) ENS_MUST_USE;

/* Prints the report of an operation on standard output and returns the exit code. */
enum ens_exit_code ens_operation_show(const struct ens_options *options,
                                      const struct ens_report *report, enum ens_operation_end end,
                                      struct ens_diags *diags);

#endif
