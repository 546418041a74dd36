/* SPDX-License-Identifier: Apache-2.0 */
#include "core/classify.h"

/* Rejects reasons that only a newer version knows, and POLICY, which only the engine gives. */
static bool is_of_a_cloud(uint32_t reason)
{
    return reason < ENS_REASON_COUNT && reason != ENS_REASON_POLICY;
}

static enum ens_reason known_reason(uint32_t reason, enum ens_reason otherwise)
{
    return is_of_a_cloud(reason) ? (enum ens_reason)reason : otherwise;
}

enum ens_reason ens_classify_row(const struct ens_code_row *row)
{
    return known_reason(row->reason, ENS_REASON_INTERNAL);
}

static const struct ens_code_row *find_code(const struct ens_provider *provider, ens_str code)
{
    for (const struct ens_code_row *row = provider->codes; row->pattern != NULL; row++) {
        if (ens_str_matches(code, ens_str_of(row->pattern))) {
            return row;
        }
    }
    return NULL;
}

static enum ens_reason by_http_status(uint32_t status, bool has_code)
{
    switch (status) {
    case 401:
        return ENS_REASON_UNAUTHENTICATED;
    case 403:
        return ENS_REASON_PERMISSION_DENIED;
    case 404: /* without a code it may be a proxy's error page */
        return has_code ? ENS_REASON_INVALID_ARGUMENT : ENS_REASON_MALFORMED_RESPONSE;
    case 409:
    case 412:
        return ENS_REASON_LOCKED;
    case 429:
        return ENS_REASON_THROTTLED;
    default:
        break;
    }
    if (status >= 500 && status <= 599) {
        return ENS_REASON_INTERNAL;
    }
    if (status >= 400 && status <= 499) {
        return ENS_REASON_INVALID_ARGUMENT;
    }
    if (status >= 200 && status <= 299) {
        /* An error code in a 2xx reply: the request was rejected, as by a 4xx. */
        return has_code ? ENS_REASON_INVALID_ARGUMENT : ENS_REASON_OK;
    }
    return ENS_REASON_MALFORMED_RESPONSE; /* 1xx; 3xx, since redirects are not followed */
}

bool ens_classify_denies(ens_str code)
{
    static const char *const patterns[] = {"*AccessDenied*", "*Unauthorized*", "*NotAuthorized*",
                                           "*NoPermission*", "*PermissionDenied*"};

    for (size_t i = 0; i < ENS_COUNT(patterns); i++) {
        if (ens_str_matches(code, ens_str_of(patterns[i]))) {
            return true;
        }
    }
    return false;
}

static struct ens_verdict by_code(const struct ens_provider *provider, uint32_t http_status,
                                  ens_str code)
{
    const struct ens_code_row *row = code.len > 0 ? find_code(provider, code) : NULL;

    if (row != NULL) {
        return (struct ens_verdict){ens_classify_row(row), row->flags, true};
    }
    if (ens_classify_denies(code)) {
        return (struct ens_verdict){.reason = ENS_REASON_PERMISSION_DENIED, .by_code = true};
    }
    return (struct ens_verdict){.reason = by_http_status(http_status, code.len > 0)};
}

struct ens_verdict ens_classify(const struct ens_provider *provider, enum ens_call_kind kind,
                                uint32_t http_status, const struct ens_answer *answer)
{
    if (http_status >= 502 && http_status <= 504) {
        return (struct ens_verdict){.reason = ENS_REASON_UNAVAILABLE};
    }
    if (http_status == 429 && answer->malformed) {
        return (struct ens_verdict){.reason = ENS_REASON_THROTTLED};
    }
    const bool accepted_dry_run = kind == ENS_CALL_DRY_RUN && http_status / 100 == 2;
    if (answer->malformed && !accepted_dry_run) {
        return (struct ens_verdict){.reason = ENS_REASON_MALFORMED_RESPONSE};
    }
    struct ens_verdict verdict = by_code(provider, http_status, answer->code);
    if (verdict.reason != ENS_REASON_OK) {
        return verdict;
    }
    /* A passed dry run is reported as an HTTP error. A 2xx, whatever its body, may mean that the
     * start was carried out. */
    if (accepted_dry_run) {
        verdict.reason = ENS_REASON_DRY_RUN_NOT_HONOURED;
        return verdict;
    }
    /* A dry run or probe is only ok by a row of the code table, any other call only by a 2xx. */
    const bool dry = kind == ENS_CALL_DRY_RUN || kind == ENS_CALL_PROBE;
    if (verdict.by_code != dry) {
        verdict.reason = ENS_REASON_MALFORMED_RESPONSE;
    }
    return verdict;
}

struct ens_verdict ens_classify_item(const struct ens_provider *provider, uint32_t http_status,
                                     ens_str code)
{
    struct ens_verdict verdict = by_code(provider, http_status, code);

    if (verdict.reason == ENS_REASON_OK && verdict.by_code) {
        verdict.reason = ENS_REASON_MALFORMED_RESPONSE;
    }
    return verdict;
}

const struct ens_status_row *ens_classify_status(const struct ens_provider *provider, ens_str word)
{
    for (const struct ens_status_row *row = provider->statuses; row->word != NULL; row++) {
        if (ens_str_is(word, row->word)) {
            return row->status < ENS_STATUS_COUNT && is_of_a_cloud(row->reason) ? row : NULL;
        }
    }
    return NULL;
}

enum ens_reason ens_classify_lock(const struct ens_provider *provider, ens_str lock)
{
    for (const struct ens_lock_row *row = provider->locks; row != NULL && row->word != NULL;
         row++) {
        if (ens_str_is(lock, row->word)) {
            return known_reason(row->reason, ENS_REASON_LOCKED);
        }
    }
    return ENS_REASON_LOCKED;
}
