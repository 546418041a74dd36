/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Results that are kept, each in few bytes: some 20, its id, and the texts that no other has (the
 * ids of replies and the token). What many have in common, such as messages, is kept once for all.
 * Pure.
 */
#ifndef ENSURE_CORE_RESULT_LIST_H
#define ENSURE_CORE_RESULT_LIST_H

#include "core/pack.h"
#include "core/result.h"
#include "core/text_set.h"

#define ENS_SHARED_TEXTS 6 /* of a result, in the set */

struct ens_result_list {
    struct ens_text_set texts; /* its arena is also the list's; set it before the first result */
    uint64_t last[ENS_SHARED_TEXTS]; /* of the result before: often the same */
    unsigned char **items;           /* records; NULL: not set yet */
    size_t count;
};

/* Keeps a copy. Indexes may come in any order, each once. */
void ens_result_list_set(struct ens_result_list *list, size_t index,
                         const struct ens_result *result);

/* One that was set. Its texts are in the list. */
struct ens_result ens_result_list_at(const struct ens_result_list *list, size_t index);

#endif
