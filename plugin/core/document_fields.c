/* SPDX-License-Identifier: Apache-2.0 */
#include "core/document_fields.h"

#define PLAN       (1u << ENS_DOCUMENT_PLAN)
#define APPLY      (1u << ENS_DOCUMENT_APPLY)
#define STATUS     (1u << ENS_DOCUMENT_STATUS)
#define ALL        (PLAN | APPLY | STATUS)

#define AT(member) offsetof(struct ens_result, member)
#define IN(member) offsetof(struct ens_summary, member)

const struct ens_field ens_document_fields[] = {
    {"target", ENS_FIELD_TARGET, 0, ALL},
    {"status", ENS_FIELD_STATUS, 0, ALL},
    {"provider_status", ENS_FIELD_TEXT, AT(provider_status), ALL},
    {"action", ENS_FIELD_ACTION, 0, PLAN | APPLY},
    {"confidence", ENS_FIELD_CONFIDENCE, 0, PLAN | APPLY},
    {"reason", ENS_FIELD_REASON, 0, ALL},
    {"message", ENS_FIELD_TEXT, AT(message), ALL},
    {"advice", ENS_FIELD_TEXT, AT(advice), ALL},
    {"provider_code", ENS_FIELD_TEXT, AT(provider_code), ALL},
    {"http_status", ENS_FIELD_HTTP_STATUS, 0, ALL},
    {"request_id", ENS_FIELD_TEXT, AT(request_id), ALL},
    {"client_token", ENS_FIELD_TOKEN, AT(client_token), PLAN | APPLY},
    {"started", ENS_FIELD_BOOL, AT(started), APPLY},
    {"start_request_id", ENS_FIELD_TEXT, AT(start_request_id), APPLY},
    {"start_sent", ENS_FIELD_BOOL, AT(start_sent), APPLY},
    {"elapsed_ms", ENS_FIELD_ELAPSED, 0, APPLY},
};
const size_t ens_document_field_count = ENS_COUNT(ens_document_fields);

static const struct ens_count plan_counts[] = {
    {"total", IN(total)}, {"none", IN(none)},     {"start", IN(start)},
    {"wait", IN(wait)},   {"refuse", IN(refuse)}, {NULL, 0},
};

static const struct ens_count apply_counts[] = {
    {"total", IN(total)},
    {"running", IN(running)},
    {"started", IN(started)},
    {"refused", IN(refused)},
    {"failed", IN(failed)},
    {"unfinished", IN(unfinished)},
    {NULL, 0},
};

static const struct ens_count status_counts[] = {
    {"total", IN(total)},
    {"running", IN(by_status[ENS_STATUS_RUNNING])},
    {"starting", IN(by_status[ENS_STATUS_STARTING])},
    {"stopped", IN(by_status[ENS_STATUS_STOPPED])},
    {"stopping", IN(by_status[ENS_STATUS_STOPPING])},
    {"busy", IN(by_status[ENS_STATUS_BUSY])},
    {"failed", IN(by_status[ENS_STATUS_FAILED])},
    {"deleting", IN(by_status[ENS_STATUS_DELETING])},
    {"absent", IN(by_status[ENS_STATUS_ABSENT])},
    {"unknown", IN(by_status[ENS_STATUS_UNKNOWN])},
    {NULL, 0},
};

const struct ens_count *ens_document_counts(enum ens_document_kind kind)
{
    switch (kind) {
    case ENS_DOCUMENT_PLAN:
        return plan_counts;
    case ENS_DOCUMENT_APPLY:
        return apply_counts;
    case ENS_DOCUMENT_STATUS:
        return status_counts;
    case ENS_DOCUMENT_FLEET:
        break;
    }
    ens_assert_failed("this kind of document has no summary", __FILE__, __LINE__);
}

size_t ens_document_count_of(const struct ens_summary *summary, const struct ens_count *count)
{
    return *(const size_t *)(const void *)((const char *)summary + count->offset);
}

const char *ens_document_format(enum ens_document_kind kind)
{
    static const char *const formats[] = {
        [ENS_DOCUMENT_PLAN] = "ensure.plan/v1",
        [ENS_DOCUMENT_APPLY] = "ensure.apply/v1",
        [ENS_DOCUMENT_STATUS] = "ensure.status/v1",
    };

    ENS_ASSERT(kind != ENS_DOCUMENT_FLEET);
    return formats[kind];
}
