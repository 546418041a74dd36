/* SPDX-License-Identifier: Apache-2.0 */
#include "ansible/module_result.h"

#include "ansible/fleet.h"
#include "ansible/module_output.h"
#include "core/document.h"

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

/* ---- messages ------------------------------------------------------------------------------- */

static void add_count(struct ens_buf *text, size_t count, const char *what)
{
    if (count > 0) {
        ens_buf_addf(text, "%s%zu %s", text->len > 0 ? ", " : "", count, what);
    }
}

/* Appends the counts of a document's summary, and how running instances came to run. */
static void add_summary(struct ens_buf *text, const struct ens_fleet *fleet)
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

/* ---- members of the result ------------------------------------------------------------------ */

/* Writes "msg"; returns whether no instance failed. */
static bool write_msg(struct ens_json *json, const struct ens_fleet *fleet)
{
    ENS_AUTO_BUF text = ens_buf_new(ENS_MODULE_TEXT_MAX);

    add_summary(&text, fleet);
    ens_fleet_add_reasons(&text, fleet, is_failed);
    ens_json_name(json, "msg");
    ens_json_text(json, ens_buf_str(&text));
    return !ens_fleet_any(fleet, is_failed);
}

static void write_warnings(struct ens_json *json, const struct ens_fleet *fleet,
                           const struct ens_job_end *end)
{
    ens_json_name(json, "warnings");
    ens_json_begin(json, '[');
    for (size_t i = 0; i < end->warning_count; i++) {
        ens_json_text(json, end->warnings[i]);
    }
    for (int reason = 0; reason < ENS_REASON_COUNT; reason++) {
        ENS_AUTO_BUF text = ens_buf_new(ENS_MODULE_TEXT_MAX);

        ens_fleet_add_reason(&text, fleet, is_unverified, (enum ens_reason)reason);
        if (text.len > 0) {
            ens_json_text(json, ens_buf_str(&text));
        }
    }
    ens_json_end(json, ']');
}

static void write_instances(struct ens_json *json, const struct ens_fleet *fleet)
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
static void write_side(struct ens_json *json, const struct ens_fleet *fleet, bool after)
{
    ENS_AUTO_BUF text = ens_buf_new(ENS_MODULE_TEXT_MAX);

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

static void write_diff(struct ens_json *json, const struct ens_fleet *fleet)
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

/* ---- results -------------------------------------------------------------------------------- */

bool ens_module_results(struct ens_buf *out, const struct ens_args *args,
                        const struct ens_result *results, size_t count,
                        const struct ens_job_end *end)
{
    const struct ens_fleet fleet = {args, results, count};
    struct ens_json json = ens_module_json(out);

    ens_json_begin(&json, '{');
    bool succeeded = write_msg(&json, &fleet);
    ens_module_bool(&json, "changed", ens_fleet_any(&fleet, is_started));
    ens_module_bool(&json, "failed", !succeeded);
    write_instances(&json, &fleet);
    if (args->diff) {
        write_diff(&json, &fleet);
    }
    if (end->warning_count > 0 || ens_fleet_any(&fleet, is_unverified)) {
        write_warnings(&json, &fleet, end);
    }
    ens_module_end(&json, args);
    return succeeded;
}
