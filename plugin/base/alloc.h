/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The only allocator. Memory is zeroed, but for what ens_realloc adds. Running out of memory
 * aborts, so that no caller handles it; sizes that come from a user, a file or the network are
 * limited by the caller.
 */
#ifndef ENSURE_BASE_ALLOC_H
#define ENSURE_BASE_ALLOC_H

#include <stddef.h>

void *ens_alloc(size_t size);

/* count * size bytes; aborts on overflow. */
void *ens_alloc_array(size_t count, size_t size);

/* Keeps the bytes that fit; what is added is not zeroed. */
void *ens_realloc(void *ptr, size_t size);

/* Grows to new_count elements; those beyond old_count are zeroed. */
void *ens_realloc_array(void *ptr, size_t old_count, size_t new_count, size_t size);

void ens_free(void *ptr); /* ptr may be NULL */

char *ens_strdup(const char *text);

/* Cleanup function for ENS_CLEANUP on a `char *` of this allocator. */
void ens_free_char(char **ptr);

#endif
