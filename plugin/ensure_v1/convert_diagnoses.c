/* SPDX-License-Identifier: Apache-2.0 */
#include "core/quote.h"
#include "ensure_v1/convert.h"

static char **texts_to_proto(struct ens_arena *arena, const ens_str *texts, size_t count)
{
    char **copies = ens_arena_array(arena, count, sizeof(*copies));

    for (size_t i = 0; i < count; i++) {
        copies[i] = ens_proto_text(arena, texts[i]);
    }
    return copies;
}

static const ens_str *texts_from_proto(struct ens_arena *arena, char *const *texts, size_t count)
{
    ens_str *slices = ens_arena_array(arena, count, sizeof(*slices));

    for (size_t i = 0; i < count; i++) {
        slices[i] = ens_str_of(texts[i]);
    }
    return slices;
}

static void diagnosis_to_proto(struct ens_arena *arena, const struct ens_diagnosis *diagnosis,
                               Ensure__V1__CloudDiagnosis *ret)
{
    ensure__v1__cloud_diagnosis__init(ret);
    ret->cloud = ens_proto_text(arena, diagnosis->cloud);
    ret->region = ens_proto_text(arena, diagnosis->region);
    ret->source = ens_proto_text(arena, diagnosis->source);
    ret->key_id_tail = ens_proto_text(arena, diagnosis->key_id_tail);
    ret->expires_at = ens_proto_text(arena, diagnosis->expires_at);
    ret->identity = ens_proto_text(arena, diagnosis->identity);
    ret->endpoint = ens_proto_text(arena, diagnosis->endpoint);
    ret->clock_skew_ms = diagnosis->clock_skew_ms;
    ret->may_read = ens_proto_text(arena, ens_str_of(ens_may_read_name(diagnosis->may_read)));
    ret->reason = ens_proto_text(arena, ens_str_of(ens_reason_name(diagnosis->reason)));
    ret->message = ens_proto_text(arena, diagnosis->message);
    ret->advice = ens_proto_text(arena, diagnosis->advice);
    ret->n_looked_at = diagnosis->looked_at_count;
    ret->looked_at = texts_to_proto(arena, diagnosis->looked_at, diagnosis->looked_at_count);
}

void ens_diagnoses_to_proto(struct ens_arena *arena, const struct ens_diagnoses *diagnoses,
                            Ensure__V1__DiagnoseResponse *ret)
{
    ensure__v1__diagnose_response__init(ret);
    ret->created_at = ens_proto_text(arena, diagnoses->created_at);
    ret->n_warnings = diagnoses->warning_count;
    ret->warnings = texts_to_proto(arena, diagnoses->warnings, diagnoses->warning_count);
    ret->policy = ens_policy_to_proto(arena, &diagnoses->policy, &ret->n_policy);
    ret->n_clouds = diagnoses->count;
    ret->clouds = ens_arena_array(arena, diagnoses->count, sizeof(*ret->clouds));
    for (size_t i = 0; i < diagnoses->count; i++) {
        ret->clouds[i] = ens_arena_alloc(arena, sizeof(*ret->clouds[i]));
        diagnosis_to_proto(arena, &diagnoses->items[i], ret->clouds[i]);
    }
}

static ens_rc diagnosis_from_proto(struct ens_arena *arena,
                                   const Ensure__V1__CloudDiagnosis *message, const char *where,
                                   struct ens_diagnosis *ret, struct ens_diags *diags)
{
    if (!ens_may_read_parse(ens_str_of(message->may_read), &ret->may_read)) {
        return ens_fail(diags, ENS_MALFORMED, where, "\"%s\" is not yes, no or unknown",
                        ens_quoted(ens_str_of(message->may_read)).text);
    }
    if (!ens_reason_parse(ens_str_of(message->reason), &ret->reason)) {
        return ens_fail(diags, ENS_MALFORMED, where, "\"%s\" is not a reason",
                        ens_quoted(ens_str_of(message->reason)).text);
    }
    ret->cloud = ens_str_of(message->cloud);
    ret->region = ens_str_of(message->region);
    ret->source = ens_str_of(message->source);
    ret->key_id_tail = ens_str_of(message->key_id_tail);
    ret->expires_at = ens_str_of(message->expires_at);
    ret->identity = ens_str_of(message->identity);
    ret->endpoint = ens_str_of(message->endpoint);
    ret->clock_skew_ms = message->clock_skew_ms;
    ret->message = ens_str_of(message->message);
    ret->advice = ens_str_of(message->advice);
    ret->looked_at = texts_from_proto(arena, message->looked_at, message->n_looked_at);
    ret->looked_at_count = message->n_looked_at;
    return ENS_OK;
}

ens_rc ens_diagnoses_from_proto(struct ens_arena *arena,
                                const Ensure__V1__DiagnoseResponse *message, const char *where,
                                struct ens_diagnoses *ret, struct ens_diags *diags)
{
    struct ens_diagnosis *items = ens_arena_array(arena, message->n_clouds, sizeof(*items));

    for (size_t i = 0; i < message->n_clouds; i++) {
        ens_rc rc = diagnosis_from_proto(arena, message->clouds[i], where, &items[i], diags);
        if (rc != ENS_OK) {
            return rc;
        }
    }
    *ret = (struct ens_diagnoses){
        .created_at = ens_str_of(message->created_at),
        .warnings = texts_from_proto(arena, message->warnings, message->n_warnings),
        .warning_count = message->n_warnings,
        .items = items,
        .count = message->n_clouds,
    };
    return ens_policy_from_proto(arena, message->policy, message->n_policy, where, &ret->policy,
                                 diags);
}
