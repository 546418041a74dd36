/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/record.h"

#include <string.h>

#include "core/audit_line.h"
#include "core/messages.h"
#include "http/endpoint.h"

#define KEY_TAIL ((size_t)4)

/* ---- the actor ------------------------------------------------------------------------------ */

static ens_str variable(const struct ens_environment *environment, const char *name)
{
    return ens_str_of(environment->get(environment->ud, name));
}

/* The run of the first CI system that is found in the environment; empty: none. */
static ens_str ci_run(struct ens_arena *arena, const struct ens_environment *environment)
{
    static const char *const names[] = {"CI_JOB_URL", "BUILD_URL", "TFC_RUN_ID"};
    const ens_str repository = variable(environment, "GITHUB_REPOSITORY");
    const ens_str run = variable(environment, "GITHUB_RUN_ID");

    if (repository.len > 0 && run.len > 0) {
        return ens_arena_printf(arena, "%.*s/%.*s", ENS_STR_ARG(repository), ENS_STR_ARG(run));
    }
    for (size_t i = 0; i < ENS_COUNT(names); i++) {
        const ens_str value = variable(environment, names[i]);
        if (value.len > 0) {
            return value;
        }
    }
    return ENS_STR("");
}

ens_str ens_record_actor(struct ens_arena *arena, ens_str user,
                         const struct ens_environment *environment)
{
    const ens_str run = ci_run(arena, environment);

    return run.len > 0
               ? ens_arena_printf(arena, "%.*s via %.*s", ENS_STR_ARG(user), ENS_STR_ARG(run))
               : ens_arena_dup(arena, user);
}

ens_str ens_record_key_tail(const struct ens_keys *keys)
{
    ens_str id = ens_secret_reveal(&keys->access_key);

    return id.len > KEY_TAIL ? (ens_str){id.ptr + id.len - KEY_TAIL, KEY_TAIL} : ENS_STR("");
}

/* ---- the audit log -------------------------------------------------------------------------- */

static struct ens_audit_line line_of(const struct ens_recorder *recorder,
                                     const struct ens_record *record)
{
    const struct ens_account *account = record->route->account;
    const struct ens_outcome *outcome = record->outcome;
    struct ens_audit_line line = {
        .unix_ms = record->unix_ms,
        .run_id = record->run->id,
        .sending = outcome == NULL,
        .actor = recorder->actor,
        .source = ens_str_of(record->keys->source),
        .key_id_tail = ens_record_key_tail(record->keys),
        .endpoint = record->route->base,
        .cloud = ens_str_of(account->provider->name),
        .region = record->route->region,
        .ids = record->spec->ids,
        .id_count = record->spec->id_count,
        .action = ens_call_kind_name(record->kind),
        .dry_run = ens_call_is_dry(record->kind),
        .attempt = record->starts_before + record->attempt,
        .client_token = record->spec->client_token,
        .elapsed_ms = record->elapsed_ms,
    };

    if (outcome != NULL) {
        line.outcome = outcome->reason;
        line.http_status = outcome->http_status;
        line.provider_code = outcome->code;
        line.request_id = outcome->request_id;
    }
    return line;
}

static void keep_failure(struct ens_recorder *recorder, const struct ens_diags *diags)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const ens_str why =
        diags->count > 0 ? ens_diag_line(arena, &diags->items[0]) : ENS_STR("it can't be written");

    recorder->failures++;
    recorder->failing = true;
    if (recorder->first_failure.count == 0) {
        ens_diags_add(&recorder->first_failure, ENS_WARNING, NULL, NULL,
                      "ENSURE_AUDIT_LOG: %.*s; no start is sent without its line there",
                      ENS_STR_ARG(why));
    }
}

static bool audit(struct ens_recorder *recorder, const struct ens_record *record)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_BUF text = ens_buf_new(ENS_AUDIT_LINE_MAX);
    ENS_AUTO_DIAGS diags = {0};
    const struct ens_audit_writer *writer = recorder->audit;

    if (writer == NULL) {
        return true;
    }
    struct ens_audit_line line = line_of(recorder, record);
    line.trace_id = ens_trace_id_text(arena, &record->run->trace);
    ens_audit_line_format(&line, &text);
    if (writer->write(writer->ud, ens_buf_str(&text), &diags) == ENS_OK) {
        recorder->failing = false;
        return true;
    }
    keep_failure(recorder, &diags);
    return false;
}

enum ens_audit_state ens_record_state(const struct ens_recorder *recorder)
{
    if (recorder->audit == NULL) {
        return ENS_AUDIT_OFF;
    }
    return recorder->failing ? ENS_AUDIT_FAILING : ENS_AUDIT_WORKING;
}

ens_str ens_record_warning(const struct ens_recorder *recorder)
{
    return recorder->first_failure.count > 0 ? ens_str_of(recorder->first_failure.items[0].summary)
                                             : ENS_STR("");
}

void ens_recorder_done(struct ens_recorder *recorder)
{
    ens_diags_done(&recorder->first_failure);
}

/* ---- the log -------------------------------------------------------------------------------- */

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
        {ENS_STR("first_id"), record->spec->id_count > 0 ? record->spec->ids[0] : ENS_STR("")},
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

/* ---- traces --------------------------------------------------------------------------------- */

static struct ens_attribute text(const char *key, ens_str value)
{
    return (struct ens_attribute){ENS_ATTRIBUTE_TEXT, ens_str_of(key), value, 0};
}

/* NONE if it is 0. */
static struct ens_attribute count(const char *key, int64_t value)
{
    return (struct ens_attribute){value != 0 ? ENS_ATTRIBUTE_NUMBER : ENS_ATTRIBUTE_NONE,
                                  ens_str_of(key), ENS_STR(""), value};
}

static int64_t port_of(const struct ens_endpoint *endpoint)
{
    int64_t port = endpoint->tls ? 443 : 80;

    (void)ens_str_to_i64(endpoint->port, &port);
    return port;
}

/* The name of the API's request. */
static const char *method_of(const struct ens_trace_names *names, enum ens_call_kind kind)
{
    switch (kind) {
    case ENS_CALL_READ:
    case ENS_CALL_PROBE:
        return names->describe;
    case ENS_CALL_DRY_RUN:
    case ENS_CALL_START:
        return names->start;
    case ENS_CALL_FIND:
    case ENS_CALL_FIND_PROBE:
        return names->find;
    }
    return NULL;
}

/* Adds a span with the names of the semantic conventions of OpenTelemetry. */
static void trace(struct ens_tracing *tracing, const struct ens_record *record)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const struct ens_route *route = record->route;
    const struct ens_outcome *outcome = record->outcome;
    const bool failed = outcome->reason != ENS_REASON_OK;
    const struct ens_provider *provider = route->account->provider;
    const struct ens_trace_names *names = provider->trace_names;
    const ens_str action = ens_str_of(ens_call_kind_name(record->kind));
    const ens_str method = names != NULL ? ens_str_of(method_of(names, record->kind)) : action;
    const ens_str service = ens_str_of(names != NULL ? names->service : provider->name);
    const int64_t end_ms = ens_tracing_unix_ms(tracing, ens_timers_now(tracing->timers));
    struct ens_endpoint endpoint = {0};

    (void)ens_endpoint_parse(route->base, &endpoint);
    const struct ens_attribute attributes[] = {
        text("rpc.system", ens_str_of(provider->name)),
        text("rpc.service", service),
        text("rpc.method", method),
        text("cloud.provider", ens_str_of(names != NULL ? names->cloud : provider->name)),
        text("cloud.region", route->region),
        text("server.address", endpoint.host),
        count("server.port", port_of(&endpoint)),
        count("http.response.status_code", outcome->http_status),
        count("http.request.resend_count", record->attempt - 1),
        text("error.type", failed ? ens_str_of(ens_reason_name(outcome->reason)) : ENS_STR("")),
        text("ensure.run_id", record->run->id),
        text("ensure.action", action),
        text("ensure.provider_code", outcome->code),
        text("ensure.request_id", outcome->request_id),
        count("ensure.targets", (int64_t)record->spec->id_count),
    };
    struct ens_span span = {
        .trace = ens_trace_below(&record->run->trace, tracing->timers->entropy),
        .kind = ENS_SPAN_CLIENT,
        .name = ens_arena_printf(arena, "%.*s/%.*s", ENS_STR_ARG(service), ENS_STR_ARG(method)),
        .start_unix_ms = end_ms - record->elapsed_ms,
        .end_unix_ms = end_ms,
        .attributes = attributes,
        .attribute_count = ENS_COUNT(attributes),
        .failed = failed,
        .failure = outcome->detail,
    };
    memcpy(span.parent_id, record->run->trace.span_id, sizeof(span.parent_id));
    ens_tracing_add(tracing, &span);
}

bool ens_record_sending(struct ens_recorder *recorder, const struct ens_record *record)
{
    return audit(recorder, record);
}

void ens_record_attempt(struct ens_recorder *recorder, const struct ens_record *record)
{
    (void)audit(recorder, record);
    if (ens_tracing_wants(recorder->tracing, &record->run->trace)) {
        trace(recorder->tracing, record);
    }
    if (recorder->log != NULL && recorder->log->level >= ENS_LOG_DEBUG) {
        log_attempt(recorder->log, record);
    }
}
