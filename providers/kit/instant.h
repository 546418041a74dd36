/* SPDX-License-Identifier: Apache-2.0 */
/* Formatting and parsing of points in time, in the formats of the clouds' APIs; UTC. */
#ifndef ENSURE_KIT_INSTANT_H
#define ENSURE_KIT_INSTANT_H

#include "ensure/provider.h"

/* Times outside the years 1970 to 9999 are clamped to them. */
ens_str kit_instant_basic(const struct ens_memory *memory, int64_t unix_s); /* 20260901T080910Z */
/* 2026-09-01T08:09:10Z */
ens_str kit_instant_extended(const struct ens_memory *memory, int64_t unix_s);

/* Parses RFC 3339; seconds and their fraction are optional ("2099-12-31T15:59Z"), the zone is Z or
 * an offset. 0: the text has another format. */
int64_t kit_instant_parse(ens_str text);

#endif
