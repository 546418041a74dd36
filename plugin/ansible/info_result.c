/* SPDX-License-Identifier: Apache-2.0 */
#include "ansible/info_result.h"

#include "ansible/fleet.h"
#include "ansible/module_output.h"
#include "core/document.h"

/* Appends "3 found: 1 running, 2 stopped". */
static void add_counts(struct ens_buf *text, const char *what,
                       const size_t by_status[ENS_STATUS_COUNT])
{
    size_t total = 0;
    const char *before = ": ";

    for (unsigned status = 0; status < ENS_STATUS_COUNT; status++) {
        total += by_status[status];
    }
    ens_buf_addf(text, "%zu %s", total, what);
    for (unsigned status = 0; status < ENS_STATUS_COUNT; status++) {
        if (by_status[status] > 0) {
            ens_buf_addf(text, "%s%zu %s", before, by_status[status],
                         ens_status_name((enum ens_status)status));
            before = ", ";
        }
    }
}

/* Writes what both results begin with. */
static void begin(struct ens_json *json, ens_str msg, bool failed)
{
    ens_json_begin(json, '{');
    ens_json_name(json, "msg");
    ens_json_text(json, msg);
    ens_module_bool(json, "changed", false);
    ens_module_bool(json, "failed", failed);
}

static void end_with_warnings(struct ens_json *json, const struct ens_args *args,
                              const ens_str *warnings, size_t count)
{
    if (count > 0) {
        ens_json_name(json, "warnings");
        ens_json_begin(json, '[');
        for (size_t i = 0; i < count; i++) {
            ens_json_text(json, warnings[i]);
        }
        ens_json_end(json, ']');
    }
    ens_module_end(json, args);
}

/* ---- finds ----------------------------------------------------------------------------------- */

void ens_info_list_begin(struct ens_info_list *list)
{
    *list = (struct ens_info_list){
        .instances = ens_buf_new(ENS_INFO_MAX),
        .failure = ens_buf_new(ENS_MODULE_TEXT_MAX),
    };
    list->json = ens_module_json(&list->instances);
    ens_json_begin(&list->json, '[');
}

void ens_info_list_done(struct ens_info_list *list)
{
    ens_buf_done(&list->instances);
    ens_buf_done(&list->failure);
}

void ens_info_list_add(struct ens_info_list *list, const struct ens_finding *finding)
{
    list->by_status[finding->status]++;
    ens_finding_write(&list->json, finding);
}

void ens_info_list_fail(struct ens_info_list *list, const struct ens_find_failure *failure)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const ens_str text = ens_find_failure_text(arena, failure);
    ENS_AUTO_BUF reply = ens_buf_new(ENS_MODULE_TEXT_MAX);

    ens_module_add_reply(&reply, failure->provider_code, failure->request_id);
    ens_buf_addf(&list->failure, "%.*s%s%.*s", ENS_STR_ARG(text),
                 failure->advice.len > 0 ? " " : "", ENS_STR_ARG(failure->advice));
    if (reply.len > 0) {
        ens_buf_addf(&list->failure, " (%s)", ens_buf_text(&reply));
    }
}

bool ens_info_found(struct ens_buf *out, const struct ens_args *args, struct ens_info_list *list,
                    const ens_str *warnings, size_t warning_count)
{
    ENS_AUTO_BUF counts = ens_buf_new(ENS_MODULE_TEXT_MAX);
    struct ens_json json = ens_module_json(out);

    ens_json_end(&list->json, ']');
    if (ens_buf_failed(&list->instances)) {
        ens_buf_addf(&list->failure, "the instances need more than %zu bytes: set a limit",
                     list->instances.max);
    }
    const bool failed = list->failure.len > 0;
    add_counts(&counts, "found", list->by_status);
    begin(&json, ens_buf_str(failed ? &list->failure : &counts), failed);
    if (!failed) {
        ens_json_name(&json, "instances");
        ens_json_raw(&json, ens_buf_str(&list->instances));
    }
    end_with_warnings(&json, args, warnings, warning_count);
    return !failed;
}

/* ---- reads ----------------------------------------------------------------------------------- */

/* Whether the cloud gave no answer on the instance. */
static bool is_unread(const struct ens_args *args, const struct ens_result *result)
{
    (void)args;
    return result->status == ENS_STATUS_UNKNOWN && result->provider_status.len == 0;
}

bool ens_info_read(struct ens_buf *out, const struct ens_args *args,
                   const struct ens_result *results, size_t count, const struct ens_job_end *end)
{
    const struct ens_fleet fleet = {args, results, count};
    ENS_AUTO_BUF msg = ens_buf_new(ENS_MODULE_TEXT_MAX);
    struct ens_json json = ens_module_json(out);
    size_t by_status[ENS_STATUS_COUNT] = {0};
    const bool failed = ens_fleet_any(&fleet, is_unread);

    for (size_t i = 0; i < count; i++) {
        by_status[results[i].status]++;
    }
    add_counts(&msg, "read", by_status);
    ens_fleet_add_reasons(&msg, &fleet, is_unread);
    begin(&json, ens_buf_str(&msg), failed);
    ens_json_name(&json, "instances");
    ens_json_begin(&json, '[');
    for (size_t i = 0; i < count; i++) {
        ens_document_add_read(&json, &results[i]);
    }
    ens_json_end(&json, ']');
    end_with_warnings(&json, args, end->warnings, end->warning_count);
    return !failed;
}
