/* SPDX-License-Identifier: Apache-2.0 */
/* UUIDs (RFC 9562): random ones (section 5.4), for client tokens and run ids, and their bytes.
 * Pure: entropy is an argument. */
#ifndef ENSURE_CORE_UUID_H
#define ENSURE_CORE_UUID_H

#include "base/arena.h"
#include "base/host.h"

#define ENS_UUID_LEN  36
#define ENS_UUID_SIZE 16 /* its bytes */

/* The letters of its hexadecimal digits; without any it is lower. */
enum ens_uuid_case {
    ENS_UUID_NONE, /* the text has not the form of a UUID, or letters of both cases */
    ENS_UUID_LOWER,
    ENS_UUID_UPPER,
};

/* Reads the bytes of a text, and writes the text of any bytes, with a NUL behind it. What is read
 * of a text that is none has no meaning. */
enum ens_uuid_case ens_uuid_read(ens_str text, uint8_t bytes[ENS_UUID_SIZE]);
void ens_uuid_write(const uint8_t bytes[ENS_UUID_SIZE], enum ens_uuid_case letters,
                    char ret[ENS_UUID_LEN + 1]);

/* Whether the text is a UUID in lower case, as ens_uuid_random makes it. */
bool ens_uuid_valid(ens_str text);

ens_str ens_uuid_random(struct ens_arena *arena, const struct ens_entropy *entropy);

#endif
