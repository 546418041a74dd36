/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Retry policy: whether a failed call is sent again, and the wait before. Pure: the random number
 * is an argument.
 */
#ifndef ENSURE_CORE_RETRY_H
#define ENSURE_CORE_RETRY_H

#include "core/outcome.h"

#define ENS_RETRY_AFTER_MAX_MS                                                                     \
    ((int64_t)24 * 3600 * 1000) /* a longer Retry-After is reduced to this */

struct ens_retry {
    enum ens_call_kind kind;
    enum ens_reason reason;
    uint32_t flags;         /* ENS_CODE_* */
    unsigned attempt;       /* the failed one, from 1 */
    int64_t retry_after_ms; /* from the reply; 0: none */
    int64_t remaining_ms;   /* until the deadline */
    uint32_t random;
};

/* Timeout of one attempt, with remaining_ms until the deadline. A read or dry run gets a part of
 * it, so that time for another attempt is left. A start always gets ENS_ATTEMPT_MS, since a lost
 * answer costs more. */
#define ENS_ATTEMPT_MS     ((int64_t)30 * 1000)
#define ENS_ATTEMPT_MIN_MS ((int64_t)2 * 1000)
int64_t ens_retry_attempt_ms(enum ens_call_kind kind, int64_t remaining_ms);

#define ENS_RETRY_NO ((int64_t)-1)

/*
 * Milliseconds to wait, or ENS_RETRY_NO. Exponential backoff with full jitter, at least the cloud's
 * Retry-After. A wait that would reach the deadline is ENS_RETRY_NO, so that the result has the
 * cloud's reason instead of "timed out".
 */
int64_t ens_retry_wait_ms(const struct ens_retry *failed);

#endif
