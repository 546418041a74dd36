/* SPDX-License-Identifier: Apache-2.0 */
#include "core/retry.h"

#define UNTIL_DEADLINE 1000000u

struct policy {
    enum ens_reason reason;
    unsigned attempts; /* in all */
    int64_t floor_ms;  /* minimum wait */
    int64_t base_ms;   /* maximum of the first jitter above the floor; doubles per attempt */
    int64_t cap_ms;    /* of the jitter */
};

static const struct policy policies[] = {
    /* Clouds count requests per minute or less, over all tools of the account. */
    {ENS_REASON_THROTTLED, 12, 0, 500, 15000}, {ENS_REASON_UNAVAILABLE, 5, 0, 200, 5000},
    {ENS_REASON_INTERNAL, 4, 0, 300, 3000},    {ENS_REASON_MALFORMED_RESPONSE, 3, 0, 200, 1000},
    {ENS_REASON_CLOCK_SKEW, 2, 0, 0, 0},       {ENS_REASON_IN_PROGRESS, 4, 1000, 1000, 4000},
};

/* A start waits until the deadline for another operation on the instance to end, and is tried more
 * often than a read, since a read before each attempt has shown that the cloud answers. */
static const struct policy start_policies[] = {
    {ENS_REASON_IN_PROGRESS, UNTIL_DEADLINE, 1000, 2000, 9000},
    {ENS_REASON_UNAVAILABLE, 8, 0, 200, 5000},
};

static const struct policy *find_in(const struct policy *rows, size_t count, enum ens_reason reason)
{
    for (size_t i = 0; i < count; i++) {
        if (rows[i].reason == reason) {
            return &rows[i];
        }
    }
    return NULL;
}

static const struct policy *find_policy(const struct ens_retry *failed)
{
    const struct policy *found = NULL;
    enum ens_reason reason = failed->reason;

    if (failed->flags & ENS_CODE_FINAL) {
        return NULL;
    }
    if (failed->flags & ENS_CODE_NEW_NONCE) {
        reason = ENS_REASON_UNAVAILABLE;
    }
    if (failed->kind == ENS_CALL_START) {
        found = find_in(start_policies, ENS_COUNT(start_policies), reason);
    }
    return found != NULL ? found : find_in(policies, ENS_COUNT(policies), reason);
}

int64_t ens_retry_wait_ms(const struct ens_retry *failed)
{
    const struct policy *policy = find_policy(failed);

    if (policy == NULL || failed->attempt >= policy->attempts) {
        return ENS_RETRY_NO;
    }
    int64_t span = policy->base_ms;
    for (unsigned i = 1; i < failed->attempt && span < policy->cap_ms; i++) {
        span *= 2;
    }
    span = span < policy->cap_ms ? span : policy->cap_ms;
    int64_t wait = policy->floor_ms + (int64_t)failed->random % (span + 1);
    if (failed->retry_after_ms > 0) {
        int64_t asked = failed->retry_after_ms < ENS_RETRY_AFTER_MAX_MS ? failed->retry_after_ms
                                                                        : ENS_RETRY_AFTER_MAX_MS;
        wait = asked + (int64_t)failed->random % (policy->base_ms + 1);
    }
    return wait < failed->remaining_ms ? wait : ENS_RETRY_NO;
}

int64_t ens_retry_attempt_ms(enum ens_call_kind kind, int64_t remaining_ms)
{
    const int64_t third = remaining_ms / 3;

    if (kind == ENS_CALL_START || third > ENS_ATTEMPT_MS) {
        return ENS_ATTEMPT_MS;
    }
    return third > ENS_ATTEMPT_MIN_MS ? third : ENS_ATTEMPT_MIN_MS;
}
