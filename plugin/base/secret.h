/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A secret owns its bytes, has no formatter, and is wiped when it goes. Only signing looks inside.
 * Its bytes are in pages that core dumps leave out (MADV_DONTDUMP). What a key was copied from,
 * such as the environment or explicit settings, is not: programs make no core dumps at all
 * (os/process.h).
 */
#ifndef ENSURE_BASE_SECRET_H
#define ENSURE_BASE_SECRET_H

#include "base/str.h"

struct ens_secret {
    char *ptr;
    size_t len;
};

struct ens_secret ens_secret_copy(ens_str text);
void ens_secret_done(struct ens_secret *secret); /* wipes and frees; secret may be zeroed */
ens_str ens_secret_reveal(const struct ens_secret *secret);
bool ens_secret_eq(const struct ens_secret *a, const struct ens_secret *b); /* in constant time */

#endif
