/* SPDX-License-Identifier: Apache-2.0 */
#include <unistd.h>

#include "cli/bulk.h"
#include "cli/input.h"
#include "cli/operation.h"
#include "cli/resolve.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "os/os.h"

/* Prints how to apply the saved plan; only with tables, which are read by users. */
static void print_apply_hint(const struct ens_options *options)
{
    ENS_AUTO_BUF text = ens_buf_new((size_t)64 * 1024);

    if (options->format == ENS_FORMAT_TABLE && !options->quiet && ens_terminal_is(STDERR_FILENO)) {
        ens_buf_addf(&text, "Saved. To do just this: ensure apply %s\n", options->out);
        ens_terminal_note(ens_buf_str(&text));
    }
}

/* plan, status and wait differ in the dry run, the view, the end and the exit code. */
static enum ens_exit_code read_and_show(struct ens_arena *arena, const struct ens_options *options,
                                        enum ens_view view, struct ens_diags *diags)
{
    ENS_AUTO_SESSION *session = ens_session_begin();
    struct ens_document input = {0};
    struct ens_document plan = {0};
    const char *saved_plan = NULL;
    const bool wait = options->verb == ENS_VERB_WAIT;
    const struct ens_report report = {
        .view = view, .wait = wait, .document = &plan, .only = options->only};
    struct ens_operation operation = {.input = &input,
                                      .timeout_ms = options->timeout_ms,
                                      .no_dry_run = options->no_dry_run || view == ENS_VIEW_STATUS,
                                      .wait = wait,
                                      .view = view,
                                      .quiet = options->quiet};

    if (ens_input_read(arena, options, &input, &saved_plan, diags) != ENS_OK ||
        ens_bulk_check(options, input.count, diags) != ENS_OK ||
        (options->out != NULL && ens_os_check_writable(options->out, diags) != ENS_OK) ||
        ens_session_ready(session, diags) != ENS_OK) {
        return ENS_EXIT_USAGE;
    }
    enum ens_exit_code code =
        ens_fleet_resolve(session, arena, options, &input, &operation.timeout_ms, diags);
    if (code != ENS_EXIT_OK) {
        return code;
    }
    if (ens_bulk_check(options, input.count, diags) != ENS_OK) {
        return ENS_EXIT_USAGE; /* its selectors found that many */
    }
    if (ens_bulk_is(options, input.count)) {
        return ens_bulk_run(session, &operation, options, diags);
    }
    enum ens_operation_end end = ens_operation_run(session, &operation, arena, &plan, diags);
    ens_session_dismiss(session);
    ens_rc saved = ens_operation_save(options, &plan, end, diags);
    code = ens_operation_show(options, &report, end, diags);
    if (saved != ENS_OK) {
        return ENS_EXIT_USAGE;
    }
    if (options->out != NULL && options->verb == ENS_VERB_PLAN && end == ENS_OPERATION_DONE) {
        print_apply_hint(options);
    }
    return code;
}

enum ens_exit_code ens_verb_plan(struct ens_arena *arena, const struct ens_options *options,
                                 struct ens_diags *diags)
{
    return read_and_show(arena, options, ENS_VIEW_PLAN, diags);
}

enum ens_exit_code ens_verb_status(struct ens_arena *arena, const struct ens_options *options,
                                   struct ens_diags *diags)
{
    return read_and_show(arena, options, ENS_VIEW_STATUS, diags);
}

enum ens_exit_code ens_verb_wait(struct ens_arena *arena, const struct ens_options *options,
                                 struct ens_diags *diags)
{
    return read_and_show(arena, options, ENS_VIEW_STATUS, diags);
}
