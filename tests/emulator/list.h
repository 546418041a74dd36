/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EMU_LIST_H
#define EMU_LIST_H

/* Heap arrays that grow by one element; for arrays in an arena there is ens_arena_grow(). */

#include "base/alloc.h"

#include <stdbool.h>

/* Makes room for one more element of `size` bytes in an array that holds `count`. The capacity
 * follows from the count (4, 8, 16 ... elements), and is not stored. */
static inline void *emu_grow(void *array, size_t count, size_t size)
{
    bool full = count == 0 || (count >= 4 && (count & (count - 1)) == 0);
    return full ? ens_realloc_array(array, count, count == 0 ? 4 : count * 2, size) : array;
}

#endif
