/* SPDX-License-Identifier: Apache-2.0 */
#include <unistd.h>

#include "base/timestamp.h"
#include "cli/find_output.h"
#include "cli/interrupt.h"
#include "cli/operation.h"
#include "cli/runner.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "core/quote.h"
#include "core/warnings.h"
#include "os/os.h"

struct output {
    struct ens_find_output find;
    struct ens_warnings warnings;
    struct ens_find_failures failures;
    struct ens_diags *diags;
};

/* ---- arguments ------------------------------------------------------------------------------- */

static ens_rc read_place(const struct ens_options *options, const char *argument,
                         struct ens_selector *ret, struct ens_diags *diags)
{
    const ens_str text = ens_str_of(argument);

    *ret = options->conditions;
    ret->cloud = ens_str_cut(text, '/', &ret->region);
    if (ret->region.ptr == NULL) {
        return ens_fail(diags, ENS_INVALID, NULL,
                        "\"%s\" is not CLOUD/REGION, such as "
                        "alibaba/cn-hangzhou",
                        ens_quoted(text).text);
    }
    return ens_selector_check(ret, argument, diags);
}

static ens_rc read_places(struct ens_arena *arena, const struct ens_options *options,
                          struct ens_selector **ret, struct ens_diags *diags)
{
    struct ens_selector *selectors =
        ens_arena_array(arena, options->argument_count, sizeof(*selectors));
    ens_rc first = ENS_OK;

    if (options->argument_count > ENS_SELECTORS_MAX) {
        return ens_fail(diags, ENS_LIMIT, NULL, "ensure find takes at most %d regions",
                        ENS_SELECTORS_MAX);
    }
    for (size_t i = 0; i < options->argument_count; i++) {
        ens_rc rc = read_place(options, options->arguments[i].text, &selectors[i], diags);
        first = first == ENS_OK ? rc : first;
    }
    *ret = selectors;
    return first;
}

/* ---- output ---------------------------------------------------------------------------------- */

static ens_rc on_found(void *ud, const struct ens_finding *finding, struct ens_diags *diags)
{
    struct output *output = ud;

    return ens_find_output_add(&output->find, finding, diags);
}

/* Failures are in the document's warnings, and on standard error with their advice. */
static ens_rc on_failed(void *ud, const struct ens_find_failure *failure, struct ens_diags *diags)
{
    struct output *output = ud;
    struct ens_arena *arena = output->warnings.arena;
    const ens_str text = ens_find_failure_text(arena, failure);

    (void)diags;
    ens_find_failures_add(&output->failures, failure);
    ens_runner_failure(failure);
    ens_warn(&output->warnings, text);
    ens_diags_add(output->diags, ENS_ERROR, NULL, ens_arena_dup(arena, failure->advice).ptr, "%.*s",
                  ENS_STR_ARG(text));
    return ENS_OK;
}

static ens_rc on_warned(void *ud, ens_str warning, struct ens_diags *diags)
{
    struct output *output = ud;

    (void)diags;
    ens_runner_warning(warning);
    ens_warn(&output->warnings, warning);
    ens_diags_add(output->diags, ENS_WARNING, NULL, NULL, "%.*s", ENS_STR_ARG(warning));
    return ENS_OK;
}

/* What was found is a whole document also if the find ended early. */
static ens_rc finish(struct output *output, ens_rc rc, struct ens_diags *diags)
{
    if (output->find.closed || rc == ENS_INVALID) {
        return rc; /* or the request was refused, and nothing was asked */
    }
    if (rc != ENS_OK) {
        ens_warn(&output->warnings, ENS_STR("the find ended before all regions were listed"));
    }
    output->find.table.failed = output->failures.count;
    const ens_rc written =
        ens_find_output_end(&output->find, output->warnings.items, output->warnings.count, diags);
    return rc == ENS_OK ? written : rc;
}

/* ---- the verb -------------------------------------------------------------------------------- */

/* What is written to the terminal as it is found would run into the progress. */
static bool is_quiet(const struct ens_options *options)
{
    return options->quiet ||
           (options->format != ENS_FORMAT_TABLE && ens_terminal_is(STDOUT_FILENO));
}

enum ens_exit_code ens_verb_find(struct ens_arena *arena, const struct ens_options *options,
                                 struct ens_diags *diags)
{
    ENS_AUTO_SESSION *session = NULL;
    struct ens_selector *selectors = NULL;
    struct output output = {.warnings = {.arena = arena}, .diags = diags};
    char created_at[ENS_TIMESTAMP_SIZE];
    const struct ens_find_sink sink = {on_found, on_failed, on_warned, &output};

    ens_rc rc = read_places(arena, options, &selectors, diags);
    const struct ens_find_operation find = {.selectors = selectors,
                                            .count = options->argument_count,
                                            .timeout_ms = options->timeout_ms,
                                            .quiet = is_quiet(options)};
    if (rc == ENS_OK) {
        rc = ens_session_open(&session, diags);
    }
    if (rc == ENS_OK) {
        ens_interrupt_hold();
        ens_timestamp_format(ens_os_clock.unix_ms(ens_os_clock.ud) / 1000, created_at);
        ens_find_output_begin(&output.find, options->format, arena, ens_str_of(created_at));
        rc = ens_session_find(session, &find, &sink, diags);
        rc = finish(&output, rc, diags);
    }
    ens_find_output_done(&output.find);
    if (rc != ENS_OK) {
        return ens_interrupted() && rc == ENS_CANCELLED ? ENS_EXIT_INTERRUPTED : ENS_EXIT_USAGE;
    }
    return ens_interrupted() ? ENS_EXIT_INTERRUPTED
                             : ens_find_exit_code(&output.failures, options->argument_count);
}
