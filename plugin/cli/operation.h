/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The steps that plan, apply and status share: run the operation through a session, print its
 * report, derive the exit code.
 */
#ifndef ENSURE_CLI_OPERATION_H
#define ENSURE_CLI_OPERATION_H

#include "cli/exit_code.h"
#include "cli/options.h"
#include "cli/session.h"

void ens_session_closep(struct ens_session **session);
#define ENS_AUTO_SESSION ENS_CLEANUP(ens_session_closep) struct ens_session

/* How an operation ended; decides the exit code. */
enum ens_operation_end {
    ENS_OPERATION_DONE,
    ENS_OPERATION_INTERRUPTED, /* the document has the results known so far */
    ENS_OPERATION_BROKEN,      /* the plugin failed on the way; the document is partial */
    ENS_OPERATION_NOTHING,     /* no document */
};

/* Turns the warnings of a document into diagnostics, but for those that are among them already. */
void ens_operation_warn(const struct ens_document *document, struct ens_diags *diags);

/* The document of the operation before it has results. */
struct ens_document ens_operation_document(const struct ens_operation *operation);

/* Runs the operation and passes on its results; sets what else the document has, in the arena. Adds
 * diagnostics unless it returns DONE or INTERRUPTED. */
enum ens_operation_end ens_operation_follow(struct ens_session *session,
                                            const struct ens_operation *operation,
                                            const struct ens_result_sink *sink,
                                            struct ens_arena *arena, struct ens_document *document,
                                            struct ens_diags *diags);

/* Runs the operation and keeps all results; BROKEN is of an apply only. Adds diagnostics unless it
 * returns DONE or INTERRUPTED. */
enum ens_operation_end ens_operation_run(struct ens_session *session,
                                         const struct ens_operation *operation,
                                         struct ens_arena *arena, struct ens_document *ret,
                                         struct ens_diags *diags);

/* Prints a report in a format. Tables are laid out for the terminal on fd; JSON output is exactly
 * one document. */
ens_rc ens_report_print(int fd, enum ens_format format, const struct ens_report *report,
                        struct ens_diags *diags) ENS_MUST_USE;

/* Checks that the verb, which wrote the document of that name, has the format. */
ens_rc ens_operation_check_format(const char *name, enum ens_verb writer, enum ens_format format,
                                  struct ens_diags *diags) ENS_MUST_USE;

/* Prints a plan, result or status of that name on standard output, in a format of the verb that
 * wrote it, and adds its warnings to diags. */
ens_rc ens_operation_print(const char *name, enum ens_format format,
                           const struct ens_document *document,
                           struct ens_diags *diags) ENS_MUST_USE;

/* Saves the document in the file that --out names, if it does. A plan that was interrupted is not
 * saved, with a warning: only a complete one may be applied. */
ens_rc ens_operation_save(const struct ens_options *options, const struct ens_document *document,
                          enum ens_operation_end end, struct ens_diags *diags) ENS_MUST_USE;

/* Prints the report of an operation on standard output and returns the exit code. */
enum ens_exit_code ens_operation_show(const struct ens_options *options,
                                      const struct ens_report *report, enum ens_operation_end end,
                                      struct ens_diags *diags);

#endif
