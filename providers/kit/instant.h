/* SPDX-License-Identifier: Apache-2.0 */
/* Points in time as the clouds write them, in UTC. */
#ifndef ENSURE_KIT_INSTANT_H
#define ENSURE_KIT_INSTANT_H

#include "ensure/provider.h"

/* Times outside the years 1970 to 9999 are clamped to them. */
ens_str kit_instant_basic(const struct ens_memory *memory, int64_t unix_s); /* 20260901T080910Z */
ens_str kit_instant_extended(const struct ens_memory *memory, int64_t unix_s); /* with - and : */

/* Reads RFC 3339, with or without seconds and their fraction ("2099-12-31T15:59Z"), with Z or an
 * offset. 0 when the text is anything else. */
int64_t kit_instant_parse(ens_str text);

#endif
