/* SPDX-License-Identifier: Apache-2.0 */
#include <unistd.h>

#include "cli/bulk.h"
#include "cli/input.h"
#include "cli/interrupt.h"
#include "cli/notes.h"
#include "cli/operation.h"
#include "cli/resolve.h"
#include "cli/saved_plan.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "os/os.h"

struct apply {
    struct ens_arena *arena;
    const struct ens_options *options;
    struct ens_session *session;
    const struct ens_saved_plan *saved; /* NULL: the input is no saved plan */
    struct ens_diags *diags;
};

/* Tables show changes since the plan; with JSON they are warnings on standard error. */
static void report_changes(const struct apply *apply, const struct ens_report *report)
{
    const struct ens_document *plan = report->plan;

    for (size_t i = 0; plan != NULL && i < plan->count; i++) {
        const struct ens_result planned = ens_document_result(plan, i);
        const struct ens_result found = ens_document_result(report->document, i);
        if (ens_result_changed(&planned, &found)) {
            ens_diags_add(
                apply->diags, ENS_WARNING, ens_target_text(apply->arena, &found.target).ptr, NULL,
                "changed since the plan: %s", ens_change_text(apply->arena, &planned, &found).ptr);
        }
    }
}

/* input: a fleet, or a plan: then only its planned starts are sent. */
static enum ens_exit_code run(const struct apply *apply, const struct ens_document *input,
                              int64_t timeout_ms)
{
    struct ens_document document = {0};
    const struct ens_report report = {.view = ENS_VIEW_APPLY,
                                      .document = &document,
                                      .plan = input->kind == ENS_DOCUMENT_PLAN ? input : NULL};
    const struct ens_operation operation = {.apply = true,
                                            .input = input,
                                            .timeout_ms = timeout_ms,
                                            .no_dry_run = apply->options->no_dry_run,
                                            .view = ENS_VIEW_APPLY,
                                            .quiet = apply->options->quiet};

    if (input->kind == ENS_DOCUMENT_FLEET && ens_bulk_is(apply->options, input->count)) {
        return ens_bulk_run(apply->session, &operation, apply->options, apply->diags);
    }
    enum ens_operation_end end =
        ens_operation_run(apply->session, &operation, apply->arena, &document, apply->diags);
    ens_session_dismiss(apply->session);
    bool known = end == ENS_OPERATION_DONE || end == ENS_OPERATION_INTERRUPTED;
    if (apply->saved != NULL && known && document.summary.unfinished == 0) {
        ens_saved_plan_mark(apply->saved, apply->diags);
    }
    if (apply->options->format == ENS_FORMAT_JSON && end == ENS_OPERATION_DONE) {
        report_changes(apply, &report);
    }
    ens_rc saved = ens_operation_save(apply->options, &document, end, apply->diags);
    enum ens_exit_code code = ens_operation_show(apply->options, &report, end, apply->diags);
    return saved == ENS_OK ? code : ENS_EXIT_USAGE;
}

static bool approved(const struct apply *apply, const struct ens_summary *summary)
{
    const char *start = ens_arena_printf(apply->arena, "start %zu instance%s", summary->start,
                                         ens_plural(summary->start))
                            .ptr;
    const char *wait = ens_arena_printf(apply->arena, "wait for %zu", summary->wait).ptr;
    const char *question =
        ens_arena_printf(apply->arena,
                         "\nGo on and %s%s%s? Only \"yes\" does: ", summary->start > 0 ? start : "",
                         summary->start > 0 && summary->wait > 0 ? " and " : "",
                         summary->wait > 0 ? wait : "")
            .ptr;

    return ens_terminal_ask(question, ens_interrupt_fd());
}

/* Prints the plan before the question. With another format than the table it goes to standard
 * error, since standard output takes exactly one document: the result, or the plan if nothing is
 * applied. */
static enum ens_exit_code ask_and_run(const struct apply *apply, const struct ens_document *fleet,
                                      int64_t timeout_ms)
{
    struct ens_document plan = {0};
    const struct ens_report report = {.view = ENS_VIEW_PLAN, .document = &plan};
    const struct ens_operation operation = {.input = fleet,
                                            .timeout_ms = timeout_ms,
                                            .no_dry_run = apply->options->no_dry_run,
                                            .view = ENS_VIEW_PLAN,
                                            .quiet = apply->options->quiet};
    bool table = apply->options->format == ENS_FORMAT_TABLE;
    int fd = table ? STDOUT_FILENO : STDERR_FILENO;

    enum ens_operation_end end =
        ens_operation_run(apply->session, &operation, apply->arena, &plan, apply->diags);
    if (end != ENS_OPERATION_DONE) {
        return ens_operation_show(apply->options, &report, end, apply->diags);
    }
    if (ens_report_print(fd, ENS_FORMAT_TABLE, &report, apply->diags) != ENS_OK) {
        return ENS_EXIT_USAGE;
    }
    bool asked = plan.summary.start + plan.summary.wait > 0;
    if (asked && approved(apply, &plan.summary)) {
        return run(apply, &plan, apply->options->timeout_ms);
    }
    if (!table &&
        ens_report_print(STDOUT_FILENO, apply->options->format, &report, apply->diags) != ENS_OK) {
        return ENS_EXIT_USAGE;
    }
    if (asked) {
        ens_terminal_note(ENS_STR("ensure: nothing was started\n"));
    }
    if (ens_interrupted()) {
        return ENS_EXIT_INTERRUPTED;
    }
    return asked ? ENS_EXIT_USAGE : ens_exit_code_of(&report, false);
}

enum ens_exit_code ens_verb_apply(struct ens_arena *arena, const struct ens_options *options,
                                  struct ens_diags *diags)
{
    ENS_AUTO_SESSION *session = ens_session_begin();
    ENS_AUTO_SAVED_PLAN saved_plan = {0};
    struct ens_document input = {0};
    const char *path = NULL;

    if (ens_input_read(arena, options, &input, &path, diags) != ENS_OK ||
        (path != NULL && ens_saved_plan_open(arena, path, &saved_plan, &input, diags) != ENS_OK)) {
        return ENS_EXIT_USAGE;
    }
    bool saved = path != NULL;
    if (ens_bulk_check(options, input.count, diags) != ENS_OK) {
        return ENS_EXIT_USAGE;
    }
    if (saved) {
        ens_policy_name_plan(arena, &input.policy, path);
    }
    bool terminal = ens_terminal_is(STDIN_FILENO) && ens_terminal_is(STDERR_FILENO);
    if (!saved && !options->yes && !terminal) {
        ens_diags_add(diags, ENS_ERROR, NULL, NULL,
                      "there is no terminal to ask on: say --yes, or apply a plan saved with "
                      "ensure plan --out");
        return ENS_EXIT_USAGE;
    }
    if ((options->out != NULL && ens_os_check_writable(options->out, diags) != ENS_OK) ||
        ens_session_ready(session, diags) != ENS_OK) {
        return ENS_EXIT_USAGE;
    }
    const struct apply apply = {.arena = arena,
                                .options = options,
                                .session = session,
                                .saved = saved ? &saved_plan : NULL,
                                .diags = diags};
    int64_t timeout_ms = options->timeout_ms;
    const enum ens_exit_code code =
        ens_fleet_resolve(session, arena, options, &input, &timeout_ms, diags);
    if (code != ENS_EXIT_OK) {
        return code;
    }
    if (ens_bulk_check(options, input.count, diags) != ENS_OK) {
        return ENS_EXIT_USAGE; /* its selectors found that many */
    }
    return saved || options->yes ? run(&apply, &input, timeout_ms)
                                 : ask_and_run(&apply, &input, timeout_ms);
}
