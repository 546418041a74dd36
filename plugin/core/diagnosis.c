/* SPDX-License-Identifier: Apache-2.0 */
#include "core/diagnosis.h"

#include "core/advice.h"
#include "core/json.h"
#include "core/policy_read.h"
#include "core/quote.h"

static const char *const may_read_names[] = {
    [ENS_MAY_READ_UNKNOWN] = "unknown",
    [ENS_MAY_READ_YES] = "yes",
    [ENS_MAY_READ_NO] = "no",
};

const char *ens_may_read_name(enum ens_may_read may_read)
{
    ENS_ASSERT((size_t)may_read < ENS_COUNT(may_read_names));
    return may_read_names[may_read];
}

bool ens_may_read_parse(ens_str name, enum ens_may_read *ret)
{
    for (size_t i = 0; i < ENS_COUNT(may_read_names); i++) {
        if (ens_str_is(name, may_read_names[i])) {
            *ret = (enum ens_may_read)i;
            return true;
        }
    }
    return false;
}

ens_rc ens_place_parse(ens_str text, const char *where, struct ens_place *ret,
                       struct ens_diags *diags)
{
    ENS_AUTO_DIAGS own = {0};
    struct ens_place place = {.region = {NULL, 0}};

    place.cloud = ens_str_cut(text, '/', &place.region);
    ens_rc rc = ens_cloud_check(place.cloud, where, &own);
    if (rc == ENS_OK && place.region.ptr != NULL) {
        rc = ens_region_check(place.region, where, &own);
    }
    if (rc != ENS_OK) {
        return ens_fail(diags, rc, where,
                        "\"%s\" is neither a cloud nor a cloud and a region, such as "
                        "alibaba/cn-hangzhou: %s",
                        ens_quoted(text).text, own.items[0].summary);
    }
    *ret = place;
    return ENS_OK;
}

/* ---- conclusions ----------------------------------------------------------------------------- */

int64_t ens_clock_skew_ms(int64_t server_unix_s, int64_t sent_unix_ms, int64_t received_unix_ms)
{
    const int64_t least = server_unix_s * 1000 - received_unix_ms;
    const int64_t most = server_unix_s * 1000 + 999 - sent_unix_ms;

    if (least <= 0 && most >= 0) {
        return 0;
    }
    return least > 0 ? least : most;
}

/* The reason, hint and sentence about the right to read. */
static enum ens_message judge(const struct ens_evidence *evidence, struct ens_diagnosis *ret)
{
    const struct ens_outcome *right = evidence->right;

    ret->may_read = ENS_MAY_READ_UNKNOWN;
    if (right == NULL) {
        ret->reason = evidence->cancelled ? ENS_REASON_CANCELLED : ENS_REASON_TIMED_OUT;
        return ENS_MESSAGE_END_UNASKED;
    }
    ret->reason = right->reason;
    if (!evidence->has_keys) {
        return ENS_MESSAGE_NO_KEYS;
    }
    if (evidence->provider->right_request == NULL) {
        return ENS_MESSAGE_NOT_ASKABLE;
    }
    if (right->reason == ENS_REASON_OK) {
        ret->may_read = ENS_MAY_READ_YES;
        return ENS_MESSAGE_MAY_READ;
    }
    /* An unknown code with the HTTP status of a missing permission may mean anything. */
    if (right->reason == ENS_REASON_PERMISSION_DENIED && right->by_code) {
        ret->may_read = ENS_MAY_READ_NO;
        return ENS_MESSAGE_MAY_NOT_READ;
    }
    return ENS_MESSAGE_RIGHT_UNKNOWN;
}

/* The sentence about the caller with a blank before it; empty: there is nothing to say. */
static ens_str about_caller(struct ens_arena *arena, const struct ens_evidence *evidence,
                            const struct ens_target *target)
{
    const struct ens_outcome *caller = evidence->caller;
    const struct ens_facts facts = {
        .provider = evidence->provider, .target = target, .outcome = caller};
    const bool has_request = evidence->provider->caller_request != NULL;

    if (!evidence->has_keys || (has_request && caller != NULL && caller->reason == ENS_REASON_OK)) {
        return ENS_STR("");
    }
    return ens_arena_printf(
        arena, " %.*s",
        ENS_STR_ARG(ens_message_compose(
            arena, has_request ? ENS_MESSAGE_CALLER_UNKNOWN : ENS_MESSAGE_NO_CALLER, &facts)));
}

/* Likewise, about the clocks. */
static ens_str about_clocks(struct ens_arena *arena, const struct ens_evidence *evidence)
{
    const bool behind = evidence->clock_skew_ms > 0;
    const int64_t apart = behind ? evidence->clock_skew_ms : -evidence->clock_skew_ms;

    return apart < ENS_SKEW_REMARKED_MS
               ? ENS_STR("")
               : ens_arena_printf(arena, " This machine's clock is %lld s %s the cloud's.",
                                  (long long)(apart / 1000), behind ? "behind" : "ahead of");
}

void ens_diagnosis_conclude(struct ens_arena *arena, const struct ens_evidence *evidence,
                            struct ens_diagnosis *ret)
{
    const struct ens_outcome *right = evidence->right;
    const enum ens_message message = judge(evidence, ret);
    const struct ens_target target = {.cloud = ens_str_of(evidence->provider->name),
                                      .region = evidence->region};
    const struct ens_facts facts = {
        .provider = evidence->provider,
        .target = &target,
        .cancelled = evidence->cancelled,
        .outcome = right != NULL || evidence->pending == NULL ? right : evidence->pending->last,
        .pending = evidence->pending,
    };
    const ens_str clocks = about_clocks(arena, evidence);
    const enum ens_hint hint = right != NULL ? right->hint
                               : evidence->pending != NULL
                                   ? ens_hint_of_phase(evidence->pending->phase)
                                   : ENS_HINT_NONE;

    ret->clock_skew_ms = evidence->clock_skew_ms;
    ret->message = ens_arena_printf(
        arena, "%.*s%.*s%.*s", ENS_STR_ARG(ens_message_compose(arena, message, &facts)),
        ENS_STR_ARG(about_caller(arena, evidence, &target)), ENS_STR_ARG(clocks));
    ret->advice = ens_advice_for(evidence->provider, ret->reason, right, hint);
    if (clocks.len > 0 && ret->advice.len == 0) {
        ret->advice = ens_str_of(ens_reason_advice(ENS_REASON_CLOCK_SKEW));
    }
}

/* ---- the document ---------------------------------------------------------------------------- */

static void write_texts(struct ens_json *json, const char *name, const ens_str *texts, size_t count)
{
    ens_json_name(json, name);
    ens_json_begin(json, '[');
    for (size_t i = 0; i < count; i++) {
        ens_json_text(json, texts[i]);
    }
    ens_json_end(json, ']');
}

static void write_text(struct ens_json *json, const char *name, ens_str text)
{
    ens_json_name(json, name);
    ens_json_text(json, text);
}

static void write_diagnosis(struct ens_json *json, const struct ens_diagnosis *diagnosis)
{
    ens_json_begin(json, '{');
    write_text(json, "cloud", diagnosis->cloud);
    write_text(json, "region", diagnosis->region);
    write_text(json, "source", diagnosis->source);
    write_text(json, "key_id_tail", diagnosis->key_id_tail);
    write_text(json, "expires_at", diagnosis->expires_at);
    write_text(json, "identity", diagnosis->identity);
    write_text(json, "endpoint", diagnosis->endpoint);
    ens_json_name(json, "clock_skew_ms");
    ens_json_int(json, diagnosis->clock_skew_ms);
    write_text(json, "may_read", ens_str_of(ens_may_read_name(diagnosis->may_read)));
    write_text(json, "reason", ens_str_of(ens_reason_name(diagnosis->reason)));
    write_text(json, "message", diagnosis->message);
    write_text(json, "advice", diagnosis->advice);
    write_texts(json, "looked_at", diagnosis->looked_at, diagnosis->looked_at_count);
    ens_json_end(json, '}');
}

void ens_diagnoses_write(struct ens_buf *out, const struct ens_diagnoses *diagnoses,
                         unsigned indent)
{
    struct ens_json json = ens_json_new(out, indent);

    ens_json_begin(&json, '{');
    write_text(&json, "format", ENS_STR(ENS_DOCTOR_FORMAT));
    write_text(&json, "created_at", diagnoses->created_at);
    write_texts(&json, "warnings", diagnoses->warnings, diagnoses->warning_count);
    ens_json_name(&json, "policy");
    ens_policy_write_list(&json, &diagnoses->policy);
    ens_json_name(&json, "clouds");
    ens_json_begin(&json, '[');
    for (size_t i = 0; i < diagnoses->count; i++) {
        write_diagnosis(&json, &diagnoses->items[i]);
    }
    ens_json_end(&json, ']');
    ens_json_end(&json, '}');
    ens_buf_add_char(out, '\n');
}

bool ens_diagnosis_has_keys(const struct ens_diagnosis *diagnosis)
{
    /* a key id that is too short has no tail */
    return diagnosis->key_id_tail.len > 0 || diagnosis->may_read != ENS_MAY_READ_UNKNOWN;
}

/* Whether no source of keys is set up. */
static bool is_unused(const struct ens_diagnosis *diagnosis)
{
    return !ens_diagnosis_has_keys(diagnosis) && diagnosis->source.len == 0 &&
           diagnosis->reason == ENS_REASON_UNAUTHENTICATED;
}

enum ens_health ens_diagnoses_health(const struct ens_diagnoses *diagnoses, bool named)
{
    size_t with_keys = 0;
    size_t sick = 0;

    for (size_t i = 0; i < diagnoses->count; i++) {
        const struct ens_diagnosis *diagnosis = &diagnoses->items[i];
        with_keys += ens_diagnosis_has_keys(diagnosis) ? 1 : 0;
        sick += diagnosis->may_read != ENS_MAY_READ_YES && (named || !is_unused(diagnosis)) ? 1 : 0;
    }
    if (with_keys == 0) {
        return ENS_HEALTH_NO_KEYS;
    }
    return sick > 0 ? ENS_HEALTH_SICK : ENS_HEALTH_GOOD;
}
