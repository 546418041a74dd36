/* SPDX-License-Identifier: Apache-2.0 */
/* A pointer to the struct that contains a given member, as Linux's container_of. */
#ifndef ENSURE_BASE_CONTAINER_H
#define ENSURE_BASE_CONTAINER_H

#include <stddef.h>

/* The struct of that type whose member is at ptr; ptr is not const. The conditional makes the
 * compiler check that ptr has the member's type. */
#define ENS_CONTAINER_OF(ptr, type, member)                                                        \
    ((type *)(void *)((char *)(1 ? (ptr) : &((type *)0)->member) - offsetof(type, member)))

#endif
