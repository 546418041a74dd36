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

struct ens_document ens_operation_document(const struct ens_operation *operation)
{
    static const enum ens_document_kind kinds[] = {
        [ENS_VIEW_PLAN] = ENS_DOCUMENT_PLAN,
        [ENS_VIEW_APPLY] = ENS_DOCUMENT_APPLY,
        [ENS_VIEW_STATUS] = ENS_DOCUMENT_STATUS,
    };

    return (struct ens_document){.kind = kinds[operation->view], .shard = operation->input->shard};
}

static void add_warnings(struct ens_arena *arena, struct ens_document *document,
                         const ens_str *warnings, size_t count)
{
    ens_str *all = ens_arena_array(arena, document->warning_count + count, sizeof(*all));

    for (size_t i = 0; i < document->warning_count; i++) {
        all[i] = document->warnings[i];
    }
    for (size_t i = 0; i < count; i++) {
        all[document->warning_count + i] = warnings[i];
    }
    document->warnings = all;
    document->warning_count += count;
}

enum ens_operation_end ens_operation_follow(struct ens_session *session,
                                            const struct ens_operation *operation,
                                            const struct ens_result_sink *sink,
                                            struct ens_arena *arena, struct ens_document *document,
                                            struct ens_diags *diags)
{
    ENS_AUTO_DIAGS own = {0};
    struct ens_session_end session_end = {0};

    ens_interrupt_hold();
    ens_rc rc = ens_session_run(session, operation, sink, arena, &session_end, &own);
    document->created_at = session_end.created_at;
    document->policy = session_end.policy;
    if (operation->input->kind == ENS_DOCUMENT_FLEET) {
        add_warnings(arena, document, operation->input->warnings, operation->input->warning_count);
    }
    add_warnings(arena, document, session_end.warnings, session_end.warning_count);
    ens_operation_warn(document, diags);
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
    return session_end.known > 0 ? ENS_OPERATION_BROKEN : ENS_OPERATION_NOTHING;
}

static ens_rc keep(void *ud, size_t index, const struct ens_result *result, struct ens_diags *diags)
{
    struct ens_document *document = ud;

    (void)diags;
    ens_result_list_set(&document->kept, index, result);
    ens_document_count_result(document, result);
    return ENS_OK;
}

enum ens_operation_end ens_operation_run(struct ens_session *session,
                                         const struct ens_operation *operation,
                                         struct ens_arena *arena, struct ens_document *ret,
                                         struct ens_diags *diags)
{
    const struct ens_result_sink sink = {.result = keep, .ud = ret};

    *ret = ens_operation_document(operation);
    ret->count = operation->input->count;
    ret->kept.texts.arena = arena;
    enum ens_operation_end end = ens_operation_follow(session, operation, &sink, arena, ret, diags);
    /* An incomplete plan is discarded; of an incomplete apply the user must see what was started.
     */
    return end == ENS_OPERATION_BROKEN && !operation->apply ? ENS_OPERATION_NOTHING : end;
}

static void write_targets(struct ens_buf *out, const struct ens_document *document)
{
    for (size_t i = 0; i < document->count; i++) {
        const struct ens_target target = ens_document_result(document, i).target;
        ens_buf_addf(out, "%.*s/%.*s/%.*s\n", ENS_STR_ARG(target.cloud), ENS_STR_ARG(target.region),
                     ENS_STR_ARG(target.id));
    }
}

/* Where pieces of a document are written. */
struct printer {
    int fd;
    struct ens_diags *diags;
};

static ens_rc print_piece(void *ud, ens_str piece)
{
    const struct printer *printer = ud;

    return ens_runner_write(printer->fd, ENS_FORMAT_JSON, piece, printer->diags);
}

static ens_rc fail_too_large(struct ens_diags *diags)
{
    return ens_fail(diags, ENS_LIMIT, NULL, "the result is larger than %zu bytes",
                    ENS_DOCUMENT_MAX);
}

static ens_rc print_document(int fd, const struct ens_document *document, struct ens_diags *diags)
{
    struct printer printer = {fd, diags};
    const struct ens_document_sink sink = {print_piece, &printer};
    ens_rc rc = ens_document_pass(document, JSON_INDENT, &sink);

    return rc == ENS_LIMIT ? fail_too_large(diags) : rc;
}

static void render(struct ens_buf *out, enum ens_format format, const struct ens_report *report)
{
    switch (format) {
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
    case ENS_FORMAT_JSON:
    case ENS_FORMAT_TABLE:
    case ENS_FORMAT_TEXT:
    case ENS_FORMAT_MAN:
        break;
    }
    ens_assert_failed("documents and tables are printed in pieces", __FILE__, __LINE__);
}

static ens_rc write_out(int fd, enum ens_format format, struct ens_buf *out,
                        struct ens_diags *diags)
{
    if (ens_buf_failed(out)) {
        return fail_too_large(diags);
    }
    const ens_rc rc = ens_runner_write(fd, format, ens_buf_str(out), diags);
    ens_buf_reset(out);
    return rc;
}

/* In pieces, since it can be long. */
static ens_rc print_table(int fd, const struct ens_report *report, struct ens_diags *diags)
{
    const struct ens_style style = ens_terminal_style(fd);
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_BUF out = ens_buf_new(ENS_DOCUMENT_MAX);
    struct ens_table *table = ens_table_begin(arena, &out, report, &style);
    ens_rc rc = ENS_OK;

    while (rc == ENS_OK && ens_table_next(table)) {
        if (out.len >= ENS_PIECE_MIN) {
            rc = write_out(fd, ENS_FORMAT_TABLE, &out, diags);
        }
    }
    return rc == ENS_OK ? write_out(fd, ENS_FORMAT_TABLE, &out, diags) : rc;
}

ens_rc ens_report_print(int fd, enum ens_format format, const struct ens_report *report,
                        struct ens_diags *diags)
{
    ENS_AUTO_BUF out = ens_buf_new(ENS_DOCUMENT_MAX);

    if (format == ENS_FORMAT_JSON) {
        return print_document(fd, report->document, diags);
    }
    if (format == ENS_FORMAT_TABLE) {
        return print_table(fd, report, diags);
    }
    render(&out, format, report);
    return write_out(fd, format, &out, diags);
}

ens_rc ens_operation_check_format(const char *name, enum ens_verb writer, enum ens_format format,
                                  struct ens_diags *diags)
{
    const char *formats = NULL;

    return ens_verb_has_format(writer, format, &formats)
               ? ENS_OK
               : ens_fail(diags, ENS_INVALID, NULL,
                          "%s was written by ensure %s, which has the formats: %s", name,
                          ens_verbs[writer].name, formats);
}

ens_rc ens_operation_print(const char *name, enum ens_format format,
                           const struct ens_document *document, struct ens_diags *diags)
{
    static const enum ens_verb writers[] = {
        [ENS_DOCUMENT_PLAN] = ENS_VERB_PLAN,
        [ENS_DOCUMENT_APPLY] = ENS_VERB_APPLY,
        [ENS_DOCUMENT_STATUS] = ENS_VERB_STATUS,
    };
    const struct ens_report report = {.view = ens_view_of(document->kind), .document = document};
    ens_rc rc = ens_operation_check_format(name, writers[document->kind], format, diags);

    if (rc != ENS_OK) {
        return rc;
    }
    ens_operation_warn(document, diags);
    return ens_report_print(STDOUT_FILENO, format, &report, diags);
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
