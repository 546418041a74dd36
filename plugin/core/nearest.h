/* SPDX-License-Identifier: Apache-2.0 */
/* The known word that a mistyped one is most likely meant to be. Pure. */
#ifndef ENSURE_CORE_NEAREST_H
#define ENSURE_CORE_NEAREST_H

#include "base/str.h"

#define ENS_NEAREST_WORD_MAX ((size_t)64) /* bytes; a longer word has no near one */

struct ens_nearest {
    ens_str word;    /* that was given */
    ens_str best;    /* empty: no candidate is near */
    size_t distance; /* of best: letters inserted, removed, replaced or swapped */
};

struct ens_nearest ens_nearest_begin(ens_str word);

/* Takes the candidate if it is nearer than the best so far, and near: it differs in at most a third
 * of its letters, or in two where it has fewer than six. It is borrowed. */
void ens_nearest_try(struct ens_nearest *nearest, ens_str candidate);

#endif
