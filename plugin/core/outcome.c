/* SPDX-License-Identifier: Apache-2.0 */
#include "core/outcome.h"

const char *ens_call_kind_name(enum ens_call_kind kind)
{
    static const char *const names[ENS_CALL_KIND_COUNT] = {
        [ENS_CALL_READ] = "describe",   [ENS_CALL_PROBE] = "probe",
        [ENS_CALL_DRY_RUN] = "dry_run", [ENS_CALL_START] = "start",
        [ENS_CALL_FIND] = "find",       [ENS_CALL_FIND_PROBE] = "find_probe",
    };

    ENS_ASSERT((size_t)kind < ENS_COUNT(names));
    return names[kind];
}

bool ens_call_is_dry(enum ens_call_kind kind)
{
    return kind == ENS_CALL_PROBE || kind == ENS_CALL_DRY_RUN || kind == ENS_CALL_FIND_PROBE;
}

bool ens_call_is_list(enum ens_call_kind kind)
{
    return kind == ENS_CALL_FIND || kind == ENS_CALL_FIND_PROBE;
}

bool ens_reason_is_answer(enum ens_reason reason)
{
    switch (reason) {
    case ENS_REASON_CLOCK_SKEW:
    case ENS_REASON_THROTTLED:
    case ENS_REASON_TIMED_OUT:
    case ENS_REASON_AMBIGUOUS:
    case ENS_REASON_UNAVAILABLE:
    case ENS_REASON_INTERNAL:
    case ENS_REASON_MALFORMED_RESPONSE:
    case ENS_REASON_CANCELLED:
        return false;
    case ENS_REASON_OK:
    case ENS_REASON_ALREADY_RUNNING:
    case ENS_REASON_NOT_FOUND:
    case ENS_REASON_INVALID_ARGUMENT:
    case ENS_REASON_WRONG_STATE:
    case ENS_REASON_LOCKED:
    case ENS_REASON_EXPIRED:
    case ENS_REASON_INSUFFICIENT_BALANCE:
    case ENS_REASON_NO_CAPACITY:
    case ENS_REASON_SPOT_PRICE:
    case ENS_REASON_KEY_DISABLED:
    case ENS_REASON_PERMISSION_DENIED:
    case ENS_REASON_UNAUTHENTICATED:
    case ENS_REASON_TOKEN_MISMATCH:
    case ENS_REASON_IN_PROGRESS:
    case ENS_REASON_FELL_BACK:
    case ENS_REASON_DRY_RUN_NOT_HONOURED:
    case ENS_REASON_POLICY: /* decided by the engine, and as final */
        return true;
    }
    return false;
}

/* Throttled and clock-skewed requests are rejected before processing; other faults may occur after
 * the start took effect. */
bool ens_outcome_ambiguous(const struct ens_outcome *outcome)
{
    return outcome->kind == ENS_CALL_START && outcome->sent &&
           !ens_reason_is_answer(outcome->reason) && outcome->reason != ENS_REASON_THROTTLED &&
           outcome->reason != ENS_REASON_CLOCK_SKEW;
}
