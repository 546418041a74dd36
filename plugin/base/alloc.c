/* SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rc.h"

void ens_assert_failed(const char *condition, const char *file, int line)
{
    /* base does no I/O otherwise; the process aborts here, so no caller could report it. */
    (void)fprintf(stderr, "panic: assertion failed: %s (%s:%d)\n", condition, file, line);
    abort();
}

void *ens_alloc(size_t size)
{
    void *ptr = calloc(1, size == 0 ? 1 : size);

    ENS_ASSERT(ptr != NULL);
    return ptr;
}

void *ens_alloc_array(size_t count, size_t size)
{
    size_t bytes = 0;

    ENS_ASSERT(!__builtin_mul_overflow(count, size, &bytes));
    return ens_alloc(bytes);
}

void *ens_realloc(void *ptr, size_t size)
{
    void *resized = realloc(ptr, size == 0 ? 1 : size);

    ENS_ASSERT(resized != NULL);
    return resized;
}

void *ens_realloc_array(void *ptr, size_t old_count, size_t new_count, size_t size)
{
    size_t bytes = 0;

    ENS_ASSERT(new_count >= old_count && !__builtin_mul_overflow(new_count, size, &bytes));
    char *grown = ens_realloc(ptr, bytes);
    memset(grown + old_count * size, 0, (new_count - old_count) * size);
    return grown;
}

void ens_free(void *ptr)
{
    free(ptr);
}

char *ens_strdup(const char *text)
{
    size_t size = strlen(text) + 1;

    return memcpy(ens_alloc(size), text, size);
}

void ens_free_char(char **ptr)
{
    ens_free(*ptr);
    *ptr = NULL;
}
