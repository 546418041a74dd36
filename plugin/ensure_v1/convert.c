/* SPDX-License-Identifier: Apache-2.0 */
#include "ensure_v1/convert.h"

#include <string.h>

#include "core/plain.h"
#include "core/quote.h"

char *ens_proto_text(struct ens_arena *arena, ens_str text)
{
    if (text.len == 0) {
        return (char *)(uintptr_t) "";
    }
    ens_str clean = ens_plain_text(arena, text);
    char *copy = ens_arena_alloc(arena, clean.len + 1);

    return memcpy(copy, clean.ptr, clean.len);
}

/* A word of the vocabulary, which is not copied. */
static char *word_of(const char *word)
{
    return (char *)(uintptr_t)word;
}

void ens_result_to_proto(struct ens_arena *arena, const struct ens_result *result,
                         Ensure__V1__InstancePlan *ret)
{
    ensure__v1__instance_plan__init(ret);
    ret->target = word_of(ens_target_text(arena, &result->target).ptr);
    ret->status = word_of(ens_status_name(result->status));
    ret->provider_status = ens_proto_text(arena, result->provider_status);
    ret->action = word_of(ens_action_name(result->action));
    ret->confidence = word_of(ens_confidence_name(result->confidence));
    ret->reason = word_of(ens_reason_name(result->reason));
    ret->message = ens_proto_text(arena, result->message);
    ret->advice = ens_proto_text(arena, result->advice);
    ret->provider_code = ens_proto_text(arena, result->provider_code);
    ret->http_status = result->http_status;
    ret->request_id = ens_proto_text(arena, result->request_id);
    ret->client_token = ens_proto_text(arena, result->client_token);
    ret->started = result->started;
    ret->start_request_id = ens_proto_text(arena, result->start_request_id);
    ret->start_sent = result->start_sent;
    ret->elapsed_ms = result->elapsed_ms;
}

static ens_rc fail_word(const char *what, const char *word, const char *where,
                        struct ens_diags *diags)
{
    return ens_fail(diags, ENS_MALFORMED, where, "\"%s\" is not %s",
                    ens_quoted(ens_str_of(word)).text, what);
}

ens_rc ens_planned_from_proto(const Ensure__V1__InstancePlan *message, const char *where,
                              struct ens_result *ret, struct ens_diags *diags)
{
    struct ens_result result = {.client_token = ens_str_of(message->client_token)};

    if (ens_target_parse(ens_str_of(message->target), where, &result.target, diags) != ENS_OK) {
        return ENS_MALFORMED;
    }
    if (!ens_action_parse(ens_str_of(message->action), &result.action)) {
        return fail_word("an action", message->action, where, diags);
    }
    if (!ens_client_token_valid(result.client_token)) {
        return fail_word(ENS_CLIENT_TOKEN_FORM, message->client_token, where, diags);
    }
    *ret = result;
    return ENS_OK;
}

ens_rc ens_result_from_proto(const Ensure__V1__InstancePlan *message, const char *where,
                             struct ens_result *ret, struct ens_diags *diags)
{
    struct ens_result result = {0};
    ens_rc rc = ens_planned_from_proto(message, where, &result, diags);

    if (rc != ENS_OK) {
        return rc;
    }
    if (!ens_status_parse(ens_str_of(message->status), &result.status)) {
        return fail_word("a status", message->status, where, diags);
    }
    if (!ens_confidence_parse(ens_str_of(message->confidence), &result.confidence)) {
        return fail_word("a confidence", message->confidence, where, diags);
    }
    if (!ens_reason_parse(ens_str_of(message->reason), &result.reason)) {
        return fail_word("a reason", message->reason, where, diags);
    }
    result.provider_status = ens_str_of(message->provider_status);
    result.message = ens_str_of(message->message);
    result.advice = ens_str_of(message->advice);
    result.provider_code = ens_str_of(message->provider_code);
    result.http_status = message->http_status;
    result.request_id = ens_str_of(message->request_id);
    result.started = message->started != 0;
    result.start_request_id = ens_str_of(message->start_request_id);
    result.start_sent = message->start_sent != 0;
    result.elapsed_ms = message->elapsed_ms;
    *ret = result;
    return ENS_OK;
}

static void guard_to_proto(struct ens_arena *arena, const struct ens_guard *guard,
                           Ensure__V1__Guard *ret)
{
    ensure__v1__guard__init(ret);
    ret->rule = word_of(ens_rule_name(guard->rule));
    ret->source = ens_proto_text(arena, guard->source);
    ret->n_value = guard->value_count;
    ret->value = ens_arena_array(arena, guard->value_count, sizeof(char *));
    for (size_t i = 0; i < guard->value_count; i++) {
        ret->value[i] = ens_proto_text(arena, guard->values[i]);
    }
}

Ensure__V1__Guard **ens_policy_to_proto(struct ens_arena *arena, const struct ens_policy *policy,
                                        size_t *ret_count)
{
    Ensure__V1__Guard **list = ens_arena_array(arena, policy->count, sizeof(*list));

    for (size_t i = 0; i < policy->count; i++) {
        list[i] = ens_arena_alloc(arena, sizeof(*list[i]));
        guard_to_proto(arena, &policy->guards[i], list[i]);
    }
    *ret_count = policy->count;
    return list;
}

static ens_rc guard_from_proto(struct ens_arena *arena, const Ensure__V1__Guard *message,
                               const char *source, const char *where, struct ens_policy *ret,
                               struct ens_diags *diags)
{
    ens_str *values = ens_arena_array(arena, message->n_value, sizeof(*values));
    struct ens_guard guard = {
        .source = ens_str_of(message->source[0] != '\0' ? message->source : source),
        .values = values,
        .value_count = message->n_value,
    };

    if (!ens_rule_parse(ens_str_of(message->rule), &guard.rule)) {
        return fail_word("a rule of a guard", message->rule, where, diags);
    }
    for (size_t i = 0; i < message->n_value; i++) {
        values[i] = ens_str_of(message->value[i]);
    }
    return ens_policy_read_guard(arena, ret, &guard, where, diags);
}

ens_rc ens_policy_from_proto(struct ens_arena *arena, Ensure__V1__Guard *const *list, size_t count,
                             const char *source, struct ens_policy *ret, struct ens_diags *diags)
{
    for (size_t i = 0; i < count; i++) {
        const char *where = ens_arena_printf(arena, "policy[%zu]", i).ptr;
        ens_rc rc = guard_from_proto(arena, list[i], source, where, ret, diags);
        if (rc != ENS_OK) {
            return rc;
        }
    }
    return ENS_OK;
}

void ens_summary_to_proto(struct ens_arena *arena, const struct ens_job_end *end,
                          ens_str created_at, Ensure__V1__Summary *ret)
{
    const struct ens_summary *summary = &end->summary;

    ensure__v1__summary__init(ret);
    ret->total = summary->total;
    ret->none = summary->none;
    ret->start = summary->start;
    ret->wait = summary->wait;
    ret->refuse = summary->refuse;
    ret->running = summary->running;
    ret->started = summary->started;
    ret->refused = summary->refused;
    ret->failed = summary->failed;
    ret->unfinished = summary->unfinished;
    ret->created_at = ens_proto_text(arena, created_at);
    ret->policy = ens_policy_to_proto(arena, &end->policy, &ret->n_policy);
    ret->n_warnings = end->warning_count;
    ret->warnings = ens_arena_array(arena, end->warning_count, sizeof(char *));
    for (size_t i = 0; i < end->warning_count; i++) {
        ret->warnings[i] = ens_proto_text(arena, end->warnings[i]);
    }
}

struct ens_job_end ens_summary_from_proto(struct ens_arena *arena,
                                          const Ensure__V1__Summary *message)
{
    ens_str *warnings = ens_arena_array(arena, message->n_warnings, sizeof(*warnings));
    struct ens_job_end end = {.warnings = warnings, .warning_count = message->n_warnings};

    for (size_t i = 0; i < message->n_warnings; i++) {
        warnings[i] = ens_arena_dup(arena, ens_str_of(message->warnings[i]));
    }
    end.summary = (struct ens_summary){
        .total = message->total,
        .none = message->none,
        .start = message->start,
        .wait = message->wait,
        .refuse = message->refuse,
        .running = message->running,
        .started = message->started,
        .refused = message->refused,
        .failed = message->failed,
        .unfinished = message->unfinished,
    };
    return end;
}
