/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When a call that failed is worth sending again, and how long to wait before. Pure: chance is an
 * argument.
 */
#ifndef ENSURE_CORE_RETRY_H
#define ENSURE_CORE_RETRY_H

#include "core/outcome.h"

#define ENS_RETRY_AFTER_MAX_MS                                                                     \
    ((int64_t)24 * 3600 * 1000) /* a cloud that asks for more gets this */

struct ens_retry {
    enum ens_call_kind kind;
    enum ens_reason reason;
    uint32_t flags;         /* ENS_CODE_* */
    unsigned attempt;       /* that failed, from 1 */
    int64_t retry_after_ms; /* what the cloud asked for; 0: nothing */
    int64_t remaining_ms;   /* until the deadline */
    uint32_t random;
};

/* How long one attempt may take, with remaining_ms until the deadline: a read or dry run that hangs
 * leaves time for another one. A start is not cut short, since a lost answer costs more. */
#define ENS_ATTEMPT_MS     ((int64_t)30 * 1000)
#define ENS_ATTEMPT_MIN_MS ((int64_t)2 * 1000)
int64_t ens_retry_attempt_ms(enum ens_call_kind kind, int64_t remaining_ms);

#define ENS_RETRY_NO ((int64_t)-1)

/*
 * Milliseconds to wait, or ENS_RETRY_NO. Exponential with full jitter; what the cloud asked for is
 * waited at least. Never past the deadline: a wait that would reach it is ENS_RETRY_NO at once, so
 * that the reason is the cloud's and not "timed out".
 */
int64_t ens_retry_wait_ms(const struct ens_retry *failed);

#endif
