/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pace: how often calls may be sent to a cloud that throttles. Pure.
 *
 * There is no limit until the first throttled reply. Then the rate is a part of what was answered
 * within a second, a guess that rises quickly until the next throttled reply. From then on it falls
 * by a part when throttled, and rises with each answer, slowly at first. So processes and machines
 * that share a quota, which none of them knows, come to share it: each is throttled sometimes,
 * and finds out what is left for it.
 */
#ifndef ENSURE_CORE_PACE_H
#define ENSURE_CORE_PACE_H

#include <stdint.h>

#define ENS_PACE_MIN ((int64_t)1000)        /* calls in 1000 s: one a second */
#define ENS_PACE_MAX ((int64_t)1000 * 1000) /* beyond it there is no limit */

/* A zeroed one has no limit. Times are monotonic. */
struct ens_pace {
    int64_t rate;      /* calls in 1000 s; 0: no limit */
    int64_t rise;      /* of the rate, with the next answer */
    int64_t next_us;   /* when the next call is due */
    int64_t slowed_ms; /* when the rate fell last */
    int64_t second_ms; /* the begin of the second that is counted */
    int64_t answered;  /* replies in it */
    int64_t before;    /* replies in the second before it */
};

/* The time, from now on, when a call may be sent. */
int64_t ens_pace_next(const struct ens_pace *pace, int64_t now_ms);

void ens_pace_sent(struct ens_pace *pace, int64_t now_ms);

/* The reply to a call was not "throttled". */
void ens_pace_answered(struct ens_pace *pace, int64_t now_ms);

/* It was. Calls that were sent before the rate fell are of the same burst and make it fall no
 * further. */
void ens_pace_throttled(struct ens_pace *pace, int64_t sent_ms, int64_t now_ms);

#endif
