/* SPDX-License-Identifier: Apache-2.0 */
/* The linker (--wrap) leads the calls of everything that is linked in statically to here. */
#include "memory.h"

#include <jansson.h>
#include <stddef.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *ptr, size_t size);
void __real_free(void *ptr);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *ptr, size_t size);
void __wrap_free(void *ptr);

static long blocks;

void *__wrap_malloc(size_t size)
{
    blocks++;
    return __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    blocks++;
    return __real_calloc(count, size);
}

void *__wrap_realloc(void *ptr, size_t size)
{
    blocks += ptr == NULL;
    return __real_realloc(ptr, size);
}

void __wrap_free(void *ptr)
{
    blocks -= ptr != NULL;
    __real_free(ptr);
}

void sim_memory_begin(void)
{
    json_set_alloc_funcs(__wrap_malloc, __wrap_free);
}

long sim_memory_blocks(void)
{
    return blocks;
}
