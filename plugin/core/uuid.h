/* SPDX-License-Identifier: Apache-2.0 */
/* UUIDs (RFC 9562): random ones (section 5.4), for client tokens and run ids, and their bytes.
 * Pure: entropy is an argument. */
#ifndef ENSURE_CORE_UUID_H
#define ENSURE_CORE_UUID_H

#include "base/arena.h"
#include "base/host.h"

#define ENS_UUID_LEN  36
#define ENS_UUID_SIZE 16 /* its bytes */

/* Whether the text has the form of a UUID as this file writes it: hexadecimal in lower case. */
bool ens_uuid_valid(ens_str text);

/* The bytes of a valid text, and the text of any bytes. */
void ens_uuid_read(ens_str text, uint8_t bytes[ENS_UUID_SIZE]);
ens_str ens_uuid_write(struct ens_arena *arena, const uint8_t bytes[ENS_UUID_SIZE]);

ens_str ens_uuid_random(struct ens_arena *arena, const struct ens_entropy *entropy);

#endif
