/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/record.h"

#include "core/audit_line.h"
#include "core/messages.h"

static void audit(const struct ens_audit_writer *writer, const struct ens_record *record)
{
    const struct ens_outcome *outcome = record->outcome;
    ENS_AUTO_BUF text = ens_buf_new(ENS_AUDIT_LINE_MAX);
    const struct ens_audit_line line = {
        .unix_ms = record->unix_ms,
        .cloud = ens_str_of(record->route->account->provider->name),
        .region = record->route->region,
        .ids = record->spec->ids,
        .id_count = record->spec->id_count,
        .action = ens_call_kind_name(record->kind),
        .dry_run = ens_call_is_dry(record->kind),
        .outcome = outcome->reason,
        .http_status = outcome->http_status,
        .provider_code = outcome->code,
        .request_id = outcome->request_id,
        .client_token = record->spec->client_token,
        .attempt = record->starts_before + record->attempt,
    };

    ens_audit_line_format(&line, &text);
    (void)writer->write(writer->ud, ens_buf_str(&text));
}

static ens_str number(struct ens_arena *arena, int64_t value)
{
    return ens_arena_printf(arena, "%lld", (long long)value);
}

static void log_attempt(const struct ens_log *log, const struct ens_record *record)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const struct ens_outcome *outcome = record->outcome;
    const struct ens_pair pairs[] = {
        {ENS_STR("cloud"), ens_str_of(record->route->account->provider->name)},
        {ENS_STR("region"), record->route->region},
        {ENS_STR("action"), ens_str_of(ens_call_kind_name(record->kind))},
        {ENS_STR("first_id"), record->spec->ids[0]},
        {ENS_STR("ids"), number(arena, (int64_t)record->spec->id_count)},
        {ENS_STR("attempt"), number(arena, record->attempt)},
        {ENS_STR("elapsed_ms"), number(arena, record->elapsed_ms)},
        {ENS_STR("reason"), ens_str_of(ens_reason_name(outcome->reason))},
        {ENS_STR("http_status"), number(arena, outcome->http_status)},
        {ENS_STR("code"), ens_cloud_text(arena, outcome->code, ENS_CLOUD_WORD_MAX)},
        {ENS_STR("request_id"), ens_cloud_text(arena, outcome->request_id, ENS_CLOUD_WORD_MAX)},
        {ENS_STR("detail"), ens_cloud_text(arena, outcome->detail, ENS_CLOUD_MESSAGE_MAX)},
    };

    ens_log_pairs(log, ENS_LOG_DEBUG, "engine", "called", pairs, ENS_COUNT(pairs));
}

void ens_record_attempt(const struct ens_recorder *recorder, const struct ens_record *record)
{
    if (recorder->audit != NULL) {
        audit(recorder->audit, record);
    }
    if (recorder->log != NULL && recorder->log->level >= ENS_LOG_DEBUG) {
        log_attempt(recorder->log, record);
    }
}
