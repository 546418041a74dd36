/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sequence: puts results that come in the order of decision into the order of their targets, and
 * holds few of them for it. When it holds ENS_HELD_MAX results that wait for others, it passes on
 * those it has; a result that was overtaken so is passed on when it comes.
 */
#ifndef ENSURE_CLI_SEQUENCE_H
#define ENSURE_CLI_SEQUENCE_H

#include "base/diag.h"
#include "core/result.h"

#define ENS_HELD_MAX (10 * ENS_WINDOW)

struct ens_sequence {
    struct ens_result **held; /* per target; NULL: it has not come, or was passed on */
    size_t held_count;
    size_t count;
    size_t next; /* the first that was not passed on, but for those that were overtaken */
    ens_rc (*pass)(void *ud, const struct ens_result *result, struct ens_diags *diags);
    void *ud;
};

/* For the results of so many targets. */
struct ens_sequence ens_sequence_begin(size_t count,
                                       ens_rc (*pass)(void *ud, const struct ens_result *result,
                                                      struct ens_diags *diags),
                                       void *ud);
void ens_sequence_done(struct ens_sequence *sequence);

/* Takes the result of the target with the index, once for each. Returns what pass returned. After
 * the last of them none is held. */
ens_rc ens_sequence_add(struct ens_sequence *sequence, size_t index,
                        const struct ens_result *result, struct ens_diags *diags) ENS_MUST_USE;

#endif
