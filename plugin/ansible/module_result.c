/* SPDX-License-Identifier: Apache-2.0 */
#include "ansible/module_result.h"

#include "core/document.h"

#define TEXT_MAX  ((size_t)64 * 1024 * 1024)
#define NAMED_MAX 5 /* ids that a message lists */

static bool is_failed(const struct ens_args *args, const struct ens_result *result)
{
    return ens_result_failed(result, !args->check_mode);
}

/* Whether a start was accepted, or in check mode would be sent. */
static bool is_started(const struct ens_args *args, const struct ens_result *result)
{
    return args->check_mode ? result->action == ENS_ACTION_START : result->started;
}

/* Whether a start could not be checked by a dry run although preflight was requested. */
static bool is_unverified(const struct ens_args *args, const struct ens_result *result)
{
    return args->check_mode && result->action == ENS_ACTION_START &&
           result->confidence == ENS_CONFIDENCE_UNVERIFIED && result->reason != ENS_REASON_OK;
}

typedef bool select_fn(const struct ens_args *args, const struct ens_result *result);

struct fleet {
    const struct ens_args *args;
    const struct ens_result *results;
    size_t count;
};

/* ---- messages ---------------------------------------------------------------------------------
 */

static void add_count(struct ens_buf *text, size_t count, const char *what)
{
    if (count > 0) {
        ens_buf_addf(text, "%s%zu %s", text->len > 0 ? ", " : "", count, what);
    }
}

/* Appends the counts of a document's summary, and how running instances came to run. */
static void add_summary(struct ens_buf *text, const struct fleet *fleet)
{
    struct ens_summary summary = {0};
    bool check = fleet->args->check_mode;
    size_t running = 0;
    size_t waited = 0;

    for (size_t i = 0; i < fleet->count; i++) {
        const struct ens_result *result = &fleet->results[i];
        bool succeeded = !is_failed(fleet->args, result);

        ens_summary_add(&summary, result, !check);
        running += succeeded && result->action == ENS_ACTION_NONE ? 1 : 0;
        waited += succeeded && result->action == ENS_ACTION_WAIT ? 1 : 0;
    }
    add_count(text, check ? summary.refuse : summary.refused, "refused");
    add_count(text, summary.failed, "failed");
    add_count(text, summary.unfinished, "unfinished");
    add_count(text, check ? summary.start : summary.started,
              check ? "would be started" : "started");
    add_count(text, running, "already running");
    add_count(text, waited, check ? "coming up by itself" : "came up by itself");
    if (text->len == 0) {
        ens_buf_add(text, ENS_STR("no instances given"));
    }
}

static bool any(const struct fleet *fleet, select_fn *selected)
{
    for (size_t i = 0; i < fleet->count; i++) {
        if (selected(fleet->args, &fleet->results[i])) {
            return true;
        }
    }
    return false;
}

/* Appends the ids of the selected instances with that reason; returns the first of them. */
static const struct ens_result *add_names(struct ens_buf *text, const struct fleet *fleet,
                                          select_fn *selected, enum ens_reason reason)
{
    const struct ens_result *first = NULL;
    size_t names = 0;

    for (size_t i = 0; i < fleet->count; i++) {
        const struct ens_result *result = &fleet->results[i];

        if (result->reason != reason || !selected(fleet->args, result)) {
            continue;
        }
        first = first == NULL ? result : first;
        if (names++ < NAMED_MAX) {
            ens_buf_addf(text, "%s%.*s", names > 1 ? ", " : "", ENS_STR_ARG(result->target.id));
        }
    }
    if (names > NAMED_MAX) {
        ens_buf_addf(text, " and %zu more", names - NAMED_MAX);
    }
    return first;
}

/* Appends "i-1, i-2: message and advice of the first (reason, code, request id)", or nothing if no
 * selected instance has the reason. */
static void add_reason(struct ens_buf *text, const struct fleet *fleet, select_fn *selected,
                       enum ens_reason reason)
{
    const struct ens_result *first = add_names(text, fleet, selected, reason);

    if (first == NULL) {
        return;
    }
    ens_buf_addf(text, ": %.*s %.*s%s(%s", ENS_STR_ARG(first->message), ENS_STR_ARG(first->advice),
                 first->advice.len > 0 ? " " : "", ens_reason_name(reason));
    if (first->provider_code.len > 0) {
        ens_buf_addf(text, ", code %.*s", ENS_STR_ARG(first->provider_code));
    }
    if (first->request_id.len > 0) {
        ens_buf_addf(text, ", request %.*s", ENS_STR_ARG(first->request_id));
    }
    ens_buf_add_char(text, ')');
}

/* ---- members of the result --------------------------------------------------------------------
 */

/* Writes "msg"; returns whether no instance failed. */
static bool write_msg(struct ens_json *json, const struct fleet *fleet)
{
    ENS_AUTO_BUF text = ens_buf_new(TEXT_MAX);

    add_summary(&text, fleet);
    for (int reason = 0; reason < ENS_REASON_COUNT; reason++) {
        ENS_AUTO_BUF clause = ens_buf_new(TEXT_MAX);

        add_reason(&clause, fleet, is_failed, (enum ens_reason)reason);
        if (clause.len > 0) {
            ens_buf_addf(&text, "; %s", ens_buf_text(&clause));
        }
    }
    ens_json_name(json, "msg");
    ens_json_text(json, ens_buf_str(&text));
    return !any(fleet, is_failed);
}

static void write_warnings(struct ens_json *json, const struct fleet *fleet,
                           const struct ens_job_end *end)
{
    ens_json_name(json, "warnings");
    ens_json_begin(json, '[');
    for (size_t i = 0; i < end->warning_count; i++) {
        ens_json_text(json, end->warnings[i]);
    }
    for (int reason = 0; reason < ENS_REASON_COUNT; reason++) {
        ENS_AUTO_BUF text = ens_buf_new(TEXT_MAX);

        add_reason(&text, fleet, is_unverified, (enum ens_reason)reason);
        if (text.len > 0) {
            ens_json_text(json, ens_buf_str(&text));
        }
    }
    ens_json_end(json, ']');
}

static void write_instances(struct ens_json *json, const struct fleet *fleet)
{
    ens_json_name(json, "instances");
    ens_json_begin(json, '[');
    for (size_t i = 0; i < fleet->count; i++) {
        ens_document_add_result(json, &fleet->results[i], !fleet->args->check_mode);
    }
    ens_json_end(json, ']');
}

/* Writes "before" or "after" of the diff. They differ only in instances that this run starts; those
 * were stopped before, because a start is sent to a stopped instance only. */
static void write_side(struct ens_json *json, const struct fleet *fleet, bool after)
{
    ENS_AUTO_BUF text = ens_buf_new(TEXT_MAX);

    for (size_t i = 0; i < fleet->count; i++) {
        const struct ens_result *result = &fleet->results[i];
        enum ens_status status = result->status;

        if (is_started(fleet->args, result) && after == fleet->args->check_mode) {
            status = after ? ENS_STATUS_RUNNING : ENS_STATUS_STOPPED;
        }
        ens_buf_addf(&text, "%.*s: %s\n", ENS_STR_ARG(result->target.id), ens_status_name(status));
    }
    ens_json_name(json, after ? "after" : "before");
    ens_json_text(json, ens_buf_str(&text));
}

static void write_diff(struct ens_json *json, const struct fleet *fleet)
{
    static const char *const headers[] = {"before_header", "after_header"};
    ENS_AUTO_BUF header = ens_buf_new(ENS_TARGET_MAX + 1);

    ens_buf_addf(&header, "%.*s/%.*s", ENS_STR_ARG(fleet->args->settings.cloud),
                 ENS_STR_ARG(fleet->args->region));
    ens_json_name(json, "diff");
    ens_json_begin(json, '{');
    for (size_t i = 0; i < ENS_COUNT(headers); i++) {
        ens_json_name(json, headers[i]);
        ens_json_text(json, ens_buf_str(&header));
    }
    write_side(json, fleet, false);
    write_side(json, fleet, true);
    ens_json_end(json, '}');
}

static void write_bool(struct ens_json *json, const char *name, bool value)
{
    ens_json_name(json, name);
    ens_json_bool(json, value);
}

static void write_end(struct ens_json *json, const struct ens_args *args)
{
    ens_json_name(json, "invocation");
    ens_args_write(json, args);
    ens_json_end(json, '}');
    ens_buf_add_char(json->out, '\n');
}

/* Non-ASCII characters are escaped, because Ansible splits the output of a module into lines at
 * Unicode line separators too. */
static struct ens_json new_json(struct ens_buf *out)
{
    struct ens_json json = ens_json_new(out, 0);

    json.ascii = true;
    return json;
}

/* ---- results ----------------------------------------------------------------------------------
 */

bool ens_module_results(struct ens_buf *out, const struct ens_args *args,
                        const struct ens_result *results, size_t count,
                        const struct ens_job_end *end)
{
    const struct fleet fleet = {args, results, count};
    struct ens_json json = new_json(out);

    ens_json_begin(&json, '{');
    bool succeeded = write_msg(&json, &fleet);
    write_bool(&json, "changed", any(&fleet, is_started));
    write_bool(&json, "failed", !succeeded);
    write_instances(&json, &fleet);
    if (args->diff) {
        write_diff(&json, &fleet);
    }
    if (end->warning_count > 0 || any(&fleet, is_unverified)) {
        write_warnings(&json, &fleet, end);
    }
    write_end(&json, args);
    return succeeded;
}

void ens_module_failure(struct ens_buf *out, const struct ens_args *args,
                        const struct ens_diags *diags)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_BUF text = ens_buf_new(TEXT_MAX);
    struct ens_json json = new_json(out);

    for (size_t i = 0; i < diags->count; i++) {
        if (diags->items[i].severity == ENS_ERROR) {
            ens_buf_addf(&text, "%s%s", text.len > 0 ? "; " : "",
                         ens_diag_line(arena, &diags->items[i]).ptr);
        }
    }
    ens_json_begin(&json, '{');
    ens_json_name(&json, "msg");
    ens_json_text(&json, ens_buf_str(&text));
    write_bool(&json, "changed", false);
    write_bool(&json, "failed", true);
    write_end(&json, args);
}
