/* SPDX-License-Identifier: Apache-2.0 */
#include "core/pace.h"

#define FALL_PERCENT 70            /* what is left of the rate */
#define RISE_STEP    ((int64_t)10) /* calls in 1000 s: each rise is so much more than the last */
#define RISE_MAX     ((int64_t)1000)
#define SECOND_MS    ((int64_t)1000)
#define LATE_US      ((int64_t)20000) /* of a timer, which is made good */

int64_t ens_pace_next(const struct ens_pace *pace, int64_t now_ms)
{
    const int64_t next_ms = (pace->next_us + 999) / 1000;

    return pace->rate > 0 && next_ms > now_ms ? next_ms : now_ms;
}

void ens_pace_sent(struct ens_pace *pace, int64_t now_ms)
{
    const int64_t earliest_us = now_ms * 1000 - LATE_US;

    if (pace->rate > 0) {
        pace->next_us = (pace->next_us > earliest_us ? pace->next_us : earliest_us) +
                        SECOND_MS * 1000 * 1000 / pace->rate;
    }
}

/* Begins another second when the one that is counted is over. */
static void count_seconds(struct ens_pace *pace, int64_t now_ms)
{
    const int64_t passed_ms = now_ms - pace->second_ms;

    if (passed_ms >= SECOND_MS) {
        pace->before = passed_ms < 2 * SECOND_MS ? pace->answered : 0;
        pace->answered = 0;
        pace->second_ms = now_ms;
    }
}

void ens_pace_answered(struct ens_pace *pace, int64_t now_ms)
{
    count_seconds(pace, now_ms);
    pace->answered++;
    if (pace->rate > 0) {
        pace->rate += pace->rise;
        pace->rate = pace->rate <= ENS_PACE_MAX ? pace->rate : 0;
        pace->rise += pace->rise < RISE_MAX ? RISE_STEP : 0;
    }
}

void ens_pace_throttled(struct ens_pace *pace, int64_t sent_ms, int64_t now_ms)
{
    count_seconds(pace, now_ms);
    if (pace->rate > 0 && sent_ms <= pace->slowed_ms) {
        return;
    }
    const int64_t answered = pace->answered > pace->before ? pace->answered : pace->before;
    const int64_t rate = (pace->rate > 0 ? pace->rate : answered * 1000) * FALL_PERCENT / 100;
    pace->rise = pace->rate > 0 ? RISE_STEP : RISE_MAX;
    pace->rate = rate > ENS_PACE_MIN ? rate : ENS_PACE_MIN;
    pace->slowed_ms = now_ms;
    pace->next_us = now_ms * 1000;
    ens_pace_sent(pace, now_ms);
}
