/* SPDX-License-Identifier: Apache-2.0 */
#include "clock.h"

#include <time.h>

static int64_t clock_ms(clockid_t id)
{
    struct timespec now = {0};
    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t unix_ms(void *ud)
{
    (void)ud;
    return clock_ms(CLOCK_REALTIME);
}

static int64_t mono_ms(void *ud)
{
    (void)ud;
    return clock_ms(CLOCK_MONOTONIC);
}

const struct ens_clock emu_system_clock = {.unix_ms = unix_ms, .mono_ms = mono_ms};
