/* SPDX-License-Identifier: Apache-2.0 */
#include "terraform/planned_private.h"

#include <stdlib.h>

#include <jansson.h>

#include "base/buf.h"
#include "core/quote.h"
#include "core/uuid.h"

#define VERSION 1

struct ens_tf_planned_start {
    ens_str id;
    enum ens_reason reason;
    enum ens_confidence confidence;
    ens_str token; /* empty: none */
};

/* ---- reading --------------------------------------------------------------------------------- */

static ens_str text_of(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);

    return (ens_str){json_string_value(value), json_string_length(value)};
}

/* A token is one that the engine made, or empty. */
static bool is_token(ens_str text)
{
    return text.ptr != NULL && (text.len == 0 || ens_uuid_valid(text));
}

static ens_rc read_start(struct ens_arena *arena, const char *id, const json_t *json,
                         struct ens_tf_planned_start *ret, struct ens_diags *diags)
{
    const ens_str token = text_of(json, "token");

    if (ens_id_check(ens_str_of(id), NULL, NULL) != ENS_OK) {
        return ens_fail(diags, ENS_MALFORMED, NULL, "\"%s\" is not an instance id",
                        ens_quoted(ens_str_of(id)).text);
    }
    if (json_object_size(json) != 3 || !is_token(token) ||
        !ens_reason_parse(text_of(json, "reason"), &ret->reason) ||
        !ens_confidence_parse(text_of(json, "confidence"), &ret->confidence)) {
        return ens_fail(diags, ENS_MALFORMED, NULL,
                        "%s is not an object of a reason, a confidence and a token", id);
    }
    ret->id = ens_arena_dup(arena, ens_str_of(id));
    ret->token = ens_arena_dup(arena, token);
    return ENS_OK;
}

static int by_token(const void *a, const void *b)
{
    return ens_str_cmp(((const struct ens_tf_planned_start *)a)->token,
                       ((const struct ens_tf_planned_start *)b)->token);
}

static int by_id(const void *a, const void *b)
{
    return ens_str_cmp(((const struct ens_tf_planned_start *)a)->id,
                       ((const struct ens_tf_planned_start *)b)->id);
}

/* Sorts the starts by id. A token of two starts would let the cloud ignore one of them. */
static ens_rc sort_starts(struct ens_tf_planned_start *starts, size_t count,
                          struct ens_diags *diags)
{
    qsort(starts, count, sizeof(*starts), by_token);
    for (size_t i = 1; i < count; i++) {
        if (starts[i].token.len > 0 && by_token(&starts[i - 1], &starts[i]) == 0) {
            return ens_fail(diags, ENS_MALFORMED, NULL, "%.*s and %.*s have the same token",
                            ENS_STR_ARG(starts[i - 1].id), ENS_STR_ARG(starts[i].id));
        }
    }
    qsort(starts, count, sizeof(*starts), by_id);
    return ENS_OK;
}

static ens_rc read_starts(struct ens_arena *arena, json_t *json, struct ens_tf_planned *ret,
                          struct ens_diags *diags)
{
    const size_t count = json_object_size(json);
    const char *id = NULL;
    json_t *member = NULL;
    size_t at = 0;

    if (count > ENS_TF_INSTANCES_MAX) {
        return ens_fail(diags, ENS_LIMIT, NULL, "%zu instances; at most %d are allowed", count,
                        ENS_TF_INSTANCES_MAX);
    }
    struct ens_tf_planned_start *starts = ens_arena_array(arena, count, sizeof(*starts));
    json_object_foreach(json, id, member)
    {
        ens_rc rc = read_start(arena, id, member, &starts[at++], diags);
        if (rc != ENS_OK) {
            return rc;
        }
    }
    ret->starts = starts;
    ret->count = count;
    return sort_starts(starts, count, diags);
}

ens_rc ens_tf_planned_read(struct ens_arena *arena, ens_str bytes, int64_t now_unix_s,
                           struct ens_tf_planned *ret, struct ens_diags *diags)
{
    struct ens_tf_planned planned = {0};
    json_error_t error;

    if (bytes.len > ENS_TF_PLANNED_BYTES_MAX) {
        return ens_fail(diags, ENS_LIMIT, NULL, "%zu bytes; at most %zu are allowed", bytes.len,
                        ENS_TF_PLANNED_BYTES_MAX);
    }
    json_auto_t *root =
        json_loadb(bytes.len == 0 ? "" : bytes.ptr, bytes.len, JSON_REJECT_DUPLICATES, &error);
    const json_t *version = json_object_get(root, "v");
    const json_t *at = json_object_get(root, "at");
    json_t *starts = json_object_get(root, "i");
    if (root == NULL) {
        return ens_fail(diags, ENS_MALFORMED, NULL, "it is not JSON");
    }
    if (json_is_integer(version) && json_integer_value(version) != VERSION) {
        return ens_fail(diags, ENS_MALFORMED, NULL,
                        "it is of version %" JSON_INTEGER_FORMAT "; this provider knows version %d",
                        json_integer_value(version), VERSION);
    }
    if (!json_is_integer(version) || !json_is_integer(at) || !json_is_object(starts) ||
        json_object_size(root) != 3) {
        return ens_fail(diags, ENS_MALFORMED, NULL, "it is not an object of v, at and i");
    }
    planned.at_unix_s = json_integer_value(at);
    planned.dry_runs_hold =
        planned.at_unix_s <= now_unix_s && planned.at_unix_s > now_unix_s - ENS_TF_DRY_RUN_HOLDS_S;
    ens_rc rc = read_starts(arena, starts, &planned, diags);
    if (rc == ENS_OK) {
        *ret = planned;
    }
    return rc;
}

/* ---- use ------------------------------------------------------------------------------------- */

void ens_tf_planned_request(const struct ens_tf_planned *planned,
                            struct ens_target_request *request)
{
    const struct ens_tf_planned_start wanted = {.id = request->target.id};
    const struct ens_tf_planned_start *start =
        planned->count == 0
            ? NULL
            : bsearch(&wanted, planned->starts, planned->count, sizeof(wanted), by_id);

    if (start != NULL) {
        request->client_token = start->token;
        request->dry_run_known =
            planned->dry_runs_hold && start->confidence == ENS_CONFIDENCE_VALIDATED;
        request->dry_run_reason = start->reason;
        request->confidence_known =
            request->dry_run_known && request->dry_run_reason == ENS_REASON_OK;
        request->confidence = start->confidence;
    }
}

/* ---- writing --------------------------------------------------------------------------------- */

/* Whether there is something to keep: a start, or a refusal by the dry run. */
static bool is_kept(const struct ens_result *result)
{
    return result->action == ENS_ACTION_START ||
           (result->action == ENS_ACTION_REFUSE && result->status == ENS_STATUS_STOPPED &&
            result->confidence == ENS_CONFIDENCE_VALIDATED);
}

ens_str ens_tf_planned_write(struct ens_arena *arena, const struct ens_tf_report *report,
                             int64_t began_unix_s, const struct ens_tf_planned *previous)
{
    const bool carried = previous != NULL && previous->dry_runs_hold;
    ENS_AUTO_BUF out = ens_buf_new(ENS_TF_PLANNED_BYTES_MAX);
    size_t kept = 0;

    ens_buf_addf(&out, "{\"v\":%d,\"at\":%lld,\"i\":{", VERSION,
                 (long long)(carried ? previous->at_unix_s : began_unix_s));
    for (size_t i = 0; i < report->count; i++) {
        const struct ens_result *result = &report->instances[i].result;
        if (is_kept(result)) { /* none of these texts needs an escape */
            ens_buf_addf(&out,
                         "%s\"%.*s\":{\"reason\":\"%s\",\"confidence\":\"%s\",\"token\":\"%.*s\"}",
                         kept++ > 0 ? "," : "", ENS_STR_ARG(result->target.id),
                         ens_reason_name(result->reason), ens_confidence_name(result->confidence),
                         ENS_STR_ARG(result->client_token));
        }
    }
    ens_buf_add(&out, ENS_STR("}}"));
    ENS_ASSERT(!ens_buf_failed(&out));
    return kept == 0 ? (ens_str){NULL, 0} : ens_arena_dup(arena, ens_buf_str(&out));
}
