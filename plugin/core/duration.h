/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Durations in users' input, with one grammar for every front end: one or more of NUMBER[.DIGITS]
 * and a unit (h, m, s or ms), without a sign, such as "10m", "1h30m" or "1.5s".
 */
#ifndef ENSURE_CORE_DURATION_H
#define ENSURE_CORE_DURATION_H

#include "base/arena.h"
#include "base/diag.h"

#define ENS_DURATION_MAX_MS ((int64_t)24 * 3600 * 1000)

/* The sum must be 1 ms to ENS_DURATION_MAX_MS; it is rounded down to milliseconds. */
ens_rc ens_duration_parse(ens_str text, const char *where, int64_t *ret_ms,
                          struct ens_diags *diags) ENS_MUST_USE;

/* A short form for tables: "340 ms", "2.1 s", "1m 05s", "2h 03m". */
ens_str ens_duration_text(struct ens_arena *arena, int64_t ms);

#endif
