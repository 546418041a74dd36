/* SPDX-License-Identifier: Apache-2.0 */
/* Points in time as text: RFC 3339, UTC. */
#ifndef ENSURE_BASE_TIMESTAMP_H
#define ENSURE_BASE_TIMESTAMP_H

#include <stdint.h>

#include "base/str.h"

#define ENS_TIMESTAMP_SIZE 32

/* "2026-09-01T08:09:10Z"; out has ENS_TIMESTAMP_SIZE bytes. Times outside the years 1 to 9999 are
 * clamped to them. */
void ens_timestamp_format(int64_t unix_s, char *out);

/* "2026-09-01T08:09:10.123000Z", the form that hclog expects. */
void ens_timestamp_format_us(int64_t unix_ms, char *out);

#endif
