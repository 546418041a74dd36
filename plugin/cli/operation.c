/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/operation.h"

#include <unistd.h>

#include "cli/interrupt.h"
#include "cli/junit.h"
#include "cli/markdown.h"
#include "cli/page.h"
#include "cli/runner.h"
#include "cli/table.h"
#include "cli/terminal.h"
#include "os/os.h"

#define JSON_INDENT 2
#define SAVED_MODE  0600u /* a plan holds the client tokens of its starts */

void ens_session_closep(struct ens_session **session)
{
    ens_session_close(*session);
    *session = NULL;
}

void ens_operation_warn(const struct ens_document *document, struct ens_diags *diags)
{
    for (size_t i = 0; i < document->warning_count; i++) {
        const ens_str warning = document->warnings[i];
        if (!ens_diags_has(diags, warning)) { /* of the plan before an apply */
            ens_diags_add(diags, ENS_WARNING, NULL, NULL, "%.*s", ENS_STR_ARG(warning));
        }
    }
}

enum ens_operation_end ens_operation_run(struct ens_session *session,
                                         const struct ens_operation *operation,
                                         struct ens_arena *arena, struct ens_document *ret,
                                         struct ens_diags *diags)
{
    ENS_AUTO_DIAGS own = {0};
    size_t known = 0;

    ens_interrupt_hold();
    ens_rc rc = ens_session_run(session, operation, arena, ret, &known, &own);
    ens_operation_warn(ret, diags);
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
    /* An incomplete plan is discarded; of an incomplete apply the user must see what was started.
     */
    return operation->apply && known > 0 ? ENS_OPERATION_BROKEN : ENS_OPERATION_NOTHING;
}

static void write_targets(struct ens_buf *out, const struct ens_document *document)
{
    for (size_t i = 0; i < document->count; i++) {
        const struct ens_target *target = &document->results[i].target;
        ens_buf_addf(out, "%.*s/%.*s/%.*s\n", ENS_STR_ARG(target->cloud),
                     ENS_STR_ARG(target->region), ENS_STR_ARG(target->id));
    }
}

static void render(struct ens_buf *out, int fd, enum ens_format format,
                   const struct ens_report *report)
{
    const struct ens_style style = ens_terminal_style(fd);

    switch (format) {
    case ENS_FORMAT_JSON:
        ens_document_write(out, report->document, JSON_INDENT);
        return;
    case ENS_FORMAT_MARKDOWN:
        ens_markdown_write(out, report);
        return;
    case ENS_FORMAT_HTML:
        ens_page_write(out, report);
        return;
    case ENS_FORMAT_JUNIT:
        ens_junit_write(out, report);
        return;
    case ENS_FORMAT_TARGETS:
        write_targets(out, report->document);
        return;
    case ENS_FORMAT_TABLE:
    case ENS_FORMAT_TEXT:
    case ENS_FORMAT_MAN:
        ens_table_write(out, report, &style);
        return;
    }
}

ens_rc ens_report_print(int fd, enum ens_format format, const struct ens_report *report,
                        struct ens_diags *diags)
{
    ENS_AUTO_BUF out = ens_buf_new(ENS_DOCUMENT_MAX);

    render(&out, fd, format, report);
    if (ens_buf_failed(&out)) {
        return ens_fail(diags, ENS_LIMIT, NULL, "the result is larger than %zu bytes",
                        ENS_DOCUMENT_MAX);
    }
    return ens_runner_write(fd, format, ens_buf_str(&out), diags);
}

ens_rc ens_operation_save(const struct ens_options *options, const struct ens_document *document,
                          enum ens_operation_end end, struct ens_diags *diags)
{
    ENS_AUTO_BUF text = ens_buf_new(ENS_DOCUMENT_MAX);

    if (options->out == NULL || end == ENS_OPERATION_NOTHING) {
        return ENS_OK;
    }
    if (document->kind == ENS_DOCUMENT_PLAN && end == ENS_OPERATION_INTERRUPTED) {
        ens_diags_add(diags, ENS_WARNING, options->out, NULL,
                      "not saved: the plan was interrupted before it was complete");
        return ENS_OK;
    }
    ens_document_write(&text, document, JSON_INDENT);
    if (ens_buf_failed(&text)) {
        return ens_fail(diags, ENS_LIMIT, options->out, "the document is larger than %zu bytes",
                        ENS_DOCUMENT_MAX);
    }
    return ens_os_write_file(options->out, ens_buf_str(&text), SAVED_MODE, diags);
}

enum ens_exit_code ens_operation_show(const struct ens_options *options,
                                      const struct ens_report *report, enum ens_operation_end end,
                                      struct ens_diags *diags)
{
    bool shown = end != ENS_OPERATION_NOTHING &&
                 ens_report_print(STDOUT_FILENO, options->format, report, diags) == ENS_OK;
    if (end != ENS_OPERATION_NOTHING) {
        ens_runner_tell(report, diags);
    }
    if (!shown || end == ENS_OPERATION_BROKEN) {
        return end == ENS_OPERATION_INTERRUPTED ? ENS_EXIT_INTERRUPTED : ENS_EXIT_USAGE;
    }
    return end == ENS_OPERATION_INTERRUPTED ? ENS_EXIT_INTERRUPTED
                                            : ens_exit_code_of(report, options->detailed_exitcode);
}
