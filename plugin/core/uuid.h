/* SPDX-License-Identifier: Apache-2.0 */
/* A random UUID (RFC 9562, section 5.4), for client tokens and run ids. Pure: entropy is an
 * argument. */
#ifndef ENSURE_CORE_UUID_H
#define ENSURE_CORE_UUID_H

#include "base/arena.h"
#include "base/host.h"

#define ENS_UUID_LEN 36

/* Whether the text has the form of a UUID as this file writes it: hexadecimal in lower case. */
bool ens_uuid_valid(ens_str text);

ens_str ens_uuid_random(struct ens_arena *arena, const struct ens_entropy *entropy);

#endif
