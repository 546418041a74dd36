/* SPDX-License-Identifier: Apache-2.0 */
#include "base/secret.h"

#include <string.h>
#include <sys/mman.h>

#include "base/rc.h"

/* The length of a mapping for len bytes and a NUL; the kernel rounds it up to pages. */
static size_t mapped_size(size_t len)
{
    return len + 1;
}

/* Maps separate pages, because MADV_DONTDUMP applies to whole pages. */
static char *map_pages(size_t size)
{
    char *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    ENS_ASSERT(pages != MAP_FAILED);
    (void)madvise(pages, size, MADV_DONTDUMP); /* fails on kernels that do not support it */
    return pages;
}

struct ens_secret ens_secret_copy(ens_str text)
{
    struct ens_secret secret = {.ptr = map_pages(mapped_size(text.len)), .len = text.len};

    if (text.len > 0) {
        memcpy(secret.ptr, text.ptr, text.len);
    }
    return secret;
}

void ens_secret_done(struct ens_secret *secret)
{
    if (secret->ptr != NULL) {
        explicit_bzero(secret->ptr, secret->len);
        (void)munmap(secret->ptr, mapped_size(secret->len));
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
