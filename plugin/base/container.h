/* SPDX-License-Identifier: Apache-2.0 */
/* From a member to the struct that holds it, as Linux's container_of. */
#ifndef ENSURE_BASE_CONTAINER_H
#define ENSURE_BASE_CONTAINER_H

#include <stddef.h>

/* The type that has its member at ptr, which is not const. The conditional makes the compiler check
 * that ptr points to what the member is. */
#define ENS_CONTAINER_OF(ptr, type, member)                                                        \
    ((type *)(void *)((char *)(1 ? (ptr) : &((type *)0)->member) - offsetof(type, member)))

#endif
