/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A secret owns its bytes, has no formatter, and is zeroed when it is freed. Only signing reads it.
 * Its bytes are in pages that core dumps exclude (MADV_DONTDUMP). The source that a key was copied
 * from, such as the environment or explicit settings, is not in such pages: therefore the programs
 * disable core dumps (os/process.h).
 */
#ifndef ENSURE_BASE_SECRET_H
#define ENSURE_BASE_SECRET_H

#include "base/str.h"

struct ens_secret {
    char *ptr;
    size_t len;
};

struct ens_secret ens_secret_copy(ens_str text);
void ens_secret_done(struct ens_secret *secret); /* zeroes and frees; secret may be zeroed */
ens_str ens_secret_reveal(const struct ens_secret *secret);
bool ens_secret_eq(const struct ens_secret *a, const struct ens_secret *b); /* in constant time */

#endif
