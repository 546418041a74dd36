/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Leave to start, for the targets of one job under max_starts: nothing is started before it is
 * known that all that want to start may. Pure.
 */
#ifndef ENSURE_CORE_LEAVE_H
#define ENSURE_CORE_LEAVE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/policy.h"

struct ens_leave {
    const struct ens_guard *limit; /* NULL: starts are not counted */
    size_t undecided;              /* targets that may yet want to start */
    size_t wanted;                 /* that wanted to, up to now */
};

enum ens_leave_answer {
    ENS_LEAVE_WAIT,
    ENS_LEAVE_GIVEN,
    ENS_LEAVE_REFUSED,
};

/* The answer for those that want to start. One that wants to after it was given is refused if it is
 * one too many; after a refusal all are. */
enum ens_leave_answer ens_leave_answer(const struct ens_leave *leave);

#endif
