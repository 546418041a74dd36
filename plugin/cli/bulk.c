/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/bulk.h"

#include <unistd.h>

#include "base/timestamp.h"
#include "cli/notes.h"
#include "cli/operation.h"
#include "cli/runner.h"
#include "cli/sequence.h"
#include "cli/summary.h"
#include "cli/tally.h"
#include "cli/terminal.h"
#include "os/os.h"

#define INDENT 2

/* ---- what can be done so --------------------------------------------------------------------- */

/* What needs all results at once; NULL: nothing. */
static const char *what_needs_all(const struct ens_options *options)
{
    static const char *const formats[] = {
        [ENS_FORMAT_MARKDOWN] = "--format markdown",
        [ENS_FORMAT_HTML] = "--format html",
        [ENS_FORMAT_JUNIT] = "--format junit",
        [ENS_FORMAT_MAN] = NULL,
    };

    if (options->out != NULL) {
        return "--out";
    }
    if (options->verb == ENS_VERB_APPLY && !options->yes) {
        return "an apply without --yes, which shows the plan and asks,";
    }
    return (size_t)options->format < ENS_COUNT(formats) ? formats[options->format] : NULL;
}

ens_rc ens_bulk_check(const struct ens_options *options, size_t count, struct ens_diags *diags)
{
    const char *what = what_needs_all(options);

    return what == NULL || count <= ENS_RESULTS_MAX
               ? ENS_OK
               : ens_fail(diags, ENS_LIMIT, NULL,
                          "%zu targets: %s takes at most %d; --format json without --out%s takes "
                          "more, and --shard divides them",
                          count, what, ENS_RESULTS_MAX,
                          options->verb == ENS_VERB_APPLY ? " and with --yes" : "");
}

bool ens_bulk_is(const struct ens_options *options, size_t count)
{
    const bool written =
        options->format == ENS_FORMAT_JSON || options->format == ENS_FORMAT_TARGETS;

    /* A runner's summary of the step needs all results. */
    return count > ENS_RESULTS_MAX ||
           (count > ENS_WINDOW && written && !ens_runner_is() && what_needs_all(options) == NULL);
}

/* ---- results --------------------------------------------------------------------------------- */

struct bulk {
    const struct ens_options *options;
    struct ens_report report;
    struct ens_document document; /* its results are those that notes name */
    struct ens_tally tally;
    struct ens_sequence sequence;
    struct ens_arena *arena; /* of the document and the notes */
    struct ens_buf out;
    struct ens_json json;
    bool keeps_on; /* what was started has to be followed, also where it can't be written */
    bool closed;   /* standard output can't be written */
    struct ens_diags *diags;
};

static ens_rc write_out(struct bulk *bulk)
{
    if (!bulk->closed) {
        bulk->closed = ens_runner_write(STDOUT_FILENO, bulk->options->format,
                                        ens_buf_str(&bulk->out), bulk->diags) != ENS_OK;
    }
    ens_buf_reset(&bulk->out);
    return bulk->closed && !bulk->keeps_on ? ENS_IO : ENS_OK;
}

static void keep_for_notes(struct bulk *bulk, const struct ens_result *result)
{
    struct ens_document *document = &bulk->document;
    const struct ens_result copy = ens_result_copy(bulk->arena, result);

    document->results =
        ens_arena_grow(bulk->arena, document->results, document->count, sizeof(copy));
    document->results[document->count++] = copy;
}

/* Takes a result in its turn. */
static ens_rc take(void *ud, const struct ens_result *result, struct ens_diags *diags)
{
    struct bulk *bulk = ud;

    (void)diags;
    ens_document_count_result(&bulk->document, result);
    ens_tally_add(&bulk->tally, &bulk->report, result);
    ens_runner_result(&bulk->report, result);
    if (ens_notes_add(&bulk->tally.notes, &bulk->report, result, bulk->document.count)) {
        keep_for_notes(bulk, result);
    }
    if (bulk->options->format == ENS_FORMAT_JSON) {
        ens_document_add(&bulk->json, &bulk->document, result);
    } else if (bulk->options->format == ENS_FORMAT_TARGETS) {
        const struct ens_target *target = &result->target;
        ens_buf_addf(&bulk->out, "%.*s/%.*s/%.*s\n", ENS_STR_ARG(target->cloud),
                     ENS_STR_ARG(target->region), ENS_STR_ARG(target->id));
    }
    return bulk->out.len < ENS_PIECE_MIN ? ENS_OK : write_out(bulk);
}

static ens_rc on_result(void *ud, size_t index, const struct ens_result *result,
                        struct ens_diags *diags)
{
    struct bulk *bulk = ud;

    return ens_sequence_add(&bulk->sequence, index, result, diags);
}

/* ---- beginning and end ----------------------------------------------------------------------- */

static void begin(struct bulk *bulk)
{
    char now[ENS_TIMESTAMP_SIZE];

    if (bulk->options->format == ENS_FORMAT_JSON) {
        ens_timestamp_format(ens_os_clock.unix_ms(ens_os_clock.ud) / 1000, now);
        bulk->document.created_at = ens_arena_dup(bulk->arena, ens_str_of(now));
        bulk->json = ens_document_begin(&bulk->out, &bulk->document, INDENT);
    }
}

static void end(struct bulk *bulk)
{
    if (bulk->options->format == ENS_FORMAT_JSON) {
        ens_document_end(&bulk->json, &bulk->document);
    } else if (bulk->options->format == ENS_FORMAT_TABLE) {
        const struct ens_style style = ens_terminal_style(STDOUT_FILENO);
        ens_notes_write(&bulk->out, &bulk->report, &style);
        ens_buf_add(&bulk->out, bulk->out.len > 0 ? ENS_STR("\n") : ENS_STR(""));
        ens_summary_line(&bulk->out, &bulk->report, &style);
        ens_buf_addf(&bulk->out, "\nMore than %d instances: --format json shows each of them.\n",
                     ENS_RESULTS_MAX);
    }
    (void)write_out(bulk);
}

static enum ens_exit_code exit_code_of(const struct bulk *bulk, enum ens_operation_end how)
{
    if (how == ENS_OPERATION_INTERRUPTED) {
        return ENS_EXIT_INTERRUPTED;
    }
    return how == ENS_OPERATION_DONE && !bulk->closed
               ? ens_exit_code_of(&bulk->report, bulk->options->detailed_exitcode)
               : ENS_EXIT_USAGE;
}

enum ens_exit_code ens_bulk_run(struct ens_session *session, const struct ens_operation *operation,
                                const struct ens_options *options, struct ens_diags *diags)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct bulk bulk = {
        .options = options,
        .document = ens_operation_document(operation),
        .tally = {.notes = {.arena = arena}},
        .arena = arena,
        .out = ens_buf_new(ENS_DOCUMENT_MAX),
        .keeps_on = operation->apply,
        .diags = diags,
    };
    const struct ens_result_sink sink = {.result = on_result, .ud = &bulk};

    bulk.report = (struct ens_report){.view = operation->view,
                                      .wait = operation->wait,
                                      .document = &bulk.document,
                                      .tally = &bulk.tally,
                                      .only = options->only};
    bulk.sequence = ens_sequence_begin(operation->input->count, take, &bulk);
    begin(&bulk);
    const enum ens_operation_end how =
        ens_operation_follow(session, operation, &sink, arena, &bulk.document, diags);
    ens_session_dismiss(session);
    if (how != ENS_OPERATION_NOTHING && !bulk.closed) {
        end(&bulk);
        ens_runner_tell(&bulk.report, diags);
    }
    ens_sequence_done(&bulk.sequence);
    ens_buf_done(&bulk.out);
    return exit_code_of(&bulk, how);
}
