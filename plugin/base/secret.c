/* SPDX-License-Identifier: Apache-2.0 */
#include "base/secret.h"

#include <string.h>

#include "base/alloc.h"

struct ens_secret ens_secret_copy(ens_str text)
{
    struct ens_secret secret = {.ptr = ens_alloc(text.len + 1), .len = text.len};

    if (text.len > 0) {
        memcpy(secret.ptr, text.ptr, text.len);
    }
    return secret;
}

void ens_secret_done(struct ens_secret *secret)
{
    if (secret->ptr != NULL) {
        explicit_bzero(secret->ptr, secret->len);
        ens_free(secret->ptr);
    }
    *secret = (struct ens_secret){0};
}

ens_str ens_secret_reveal(const struct ens_secret *secret)
{
    return (ens_str){secret->ptr, secret->len};
}

bool ens_secret_eq(const struct ens_secret *a, const struct ens_secret *b)
{
    unsigned char difference = 0;

    if (a->len != b->len) {
        return false;
    }
    for (size_t i = 0; i < a->len; i++) {
        difference |= (unsigned char)(a->ptr[i] ^ b->ptr[i]);
    }
    return difference == 0;
}
