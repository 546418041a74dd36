/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/resolve.h"

#include <unistd.h>

#include "base/timestamp.h"
#include "cli/interrupt.h"
#include "cli/operation.h"
#include "cli/runner.h"
#include "core/warnings.h"
#include "os/os.h"

struct resolution {
    struct ens_arena *arena;
    struct ens_target_list targets;
    struct ens_warnings warnings;
    struct ens_find_failures failures;
    struct ens_diags *diags;
};

static ens_rc on_found(void *ud, const struct ens_finding *finding, struct ens_diags *diags)
{
    struct resolution *resolution = ud;

    return ens_target_list_add(&resolution->targets, &finding->target, NULL, diags);
}

/* Several selectors of a region fail for one reason: it is told once. */
static void report_failure(struct resolution *resolution, const struct ens_find_failure *failure,
                           ens_str failure_text)
{
    const ens_str text = ens_arena_printf(
        resolution->arena, "not all of the fleet is known, so nothing was done with it: %.*s",
        ENS_STR_ARG(failure_text));

    if (!ens_diags_has(resolution->diags, text)) {
        ens_runner_failure(failure);
        ens_warn(&resolution->warnings, text);
        ens_diags_add(resolution->diags, ENS_ERROR, NULL,
                      ens_arena_dup(resolution->arena, failure->advice).ptr, "%.*s",
                      ENS_STR_ARG(text));
    }
}

static ens_rc on_failed(void *ud, const struct ens_find_failure *failure, struct ens_diags *diags)
{
    struct resolution *resolution = ud;
    const ens_str text = ens_find_failure_text(resolution->arena, failure);

    (void)diags;
    ens_find_failures_add(&resolution->failures, failure);
    if (ens_interrupted()) {
        ens_warn(&resolution->warnings, text); /* the verb still writes its document */
    } else {
        report_failure(resolution, failure, text);
    }
    return ENS_OK;
}

static ens_rc on_warned(void *ud, ens_str warning, struct ens_diags *diags)
{
    struct resolution *resolution = ud;

    (void)diags;
    ens_warn(&resolution->warnings, warning);
    return ENS_OK;
}

static void complete(struct resolution *resolution, struct ens_document *fleet)
{
    if (resolution->targets.count == 0 && !ens_interrupted()) {
        ens_warn(&resolution->warnings, ENS_STR(ENS_FLEET_EMPTY));
    }
    fleet->warnings = resolution->warnings.items;
    fleet->warning_count = resolution->warnings.count;
    fleet->targets = resolution->targets;
    fleet->count = fleet->targets.count;
}

/* The one document that JSON promises. It is of no instance: nothing was done with any. */
static ens_rc write_unresolved(const struct resolution *resolution,
                               const struct ens_options *options)
{
    static const enum ens_document_kind kinds[] = {
        [ENS_VERB_PLAN] = ENS_DOCUMENT_PLAN,
        [ENS_VERB_APPLY] = ENS_DOCUMENT_APPLY,
        [ENS_VERB_STATUS] = ENS_DOCUMENT_STATUS,
        [ENS_VERB_WAIT] = ENS_DOCUMENT_STATUS,
    };
    char created_at[ENS_TIMESTAMP_SIZE];

    ens_timestamp_format(ens_os_clock.unix_ms(ens_os_clock.ud) / 1000, created_at);
    const struct ens_document document = {
        .kind = kinds[options->verb],
        .created_at = ens_str_of(created_at),
        .warnings = resolution->warnings.items,
        .warning_count = resolution->warnings.count,
    };
    const struct ens_report report = {.document = &document};
    return options->format == ENS_FORMAT_JSON
               ? ens_report_print(STDOUT_FILENO, ENS_FORMAT_JSON, &report, resolution->diags)
               : ENS_OK;
}

static int64_t now_ms(void)
{
    return ens_os_clock.mono_ms(ens_os_clock.ud);
}

/* Of the operation that follows. */
static int64_t whole_ms(const struct ens_options *options)
{
    const bool apply = options->verb == ENS_VERB_APPLY && options->yes;
    const int64_t default_ms = apply ? ENS_SESSION_APPLY_MS : ENS_SESSION_READ_MS;

    return options->timeout_ms > 0 ? options->timeout_ms : default_ms;
}

enum ens_exit_code ens_fleet_resolve(struct ens_session *session, struct ens_arena *arena,
                                     const struct ens_options *options, struct ens_document *fleet,
                                     int64_t *timeout_ms, struct ens_diags *diags)
{
    struct resolution resolution = {
        .arena = arena, .targets = fleet->targets, .warnings = {.arena = arena}, .diags = diags};
    const struct ens_find_sink sink = {on_found, on_failed, on_warned, &resolution};
    const struct ens_find_operation find = {.selectors = fleet->select,
                                            .count = fleet->select_count,
                                            .timeout_ms = whole_ms(options),
                                            .quiet = options->quiet};
    const int64_t deadline_ms = now_ms() + find.timeout_ms;

    if (fleet->select_count == 0) {
        return ENS_EXIT_OK;
    }
    ens_interrupt_hold();
    const ens_rc rc = ens_session_find(session, &find, &sink, diags);
    const bool interrupted = ens_interrupted() && (rc == ENS_OK || rc == ENS_CANCELLED);
    if (rc != ENS_OK && !interrupted) {
        return ENS_EXIT_USAGE;
    }
    if (resolution.failures.count > 0 && !interrupted) {
        return write_unresolved(&resolution, options) == ENS_OK
                   ? ens_find_exit_code(&resolution.failures, fleet->select_count)
                   : ENS_EXIT_USAGE;
    }
    complete(&resolution, fleet);
    const int64_t left_ms = deadline_ms - now_ms();
    *timeout_ms = left_ms > 0 ? left_ms : 1;
    return ENS_EXIT_OK;
}
