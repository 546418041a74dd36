/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Results that are kept, each in few bytes: some 30, its id, and the texts that no other has (the
 * id of the reply and the token). Places, messages and advice are kept once for all. Pure.
 */
#ifndef ENSURE_CORE_RESULT_LIST_H
#define ENSURE_CORE_RESULT_LIST_H

#include "core/result_pack.h"
#include "core/text_set.h"

#define ENS_SHARED_TEXTS 4 /* of a result, in the set */

struct ens_kept_result;

struct ens_result_list {
    struct ens_text_set texts; /* its arena is also the list's; set it before the first result */
    size_t last[ENS_SHARED_TEXTS];  /* of the result before: often the same */
    struct ens_kept_result **items; /* NULL: not set yet */
    size_t count;
};

/* Keeps a copy. Indexes may come in any order, each once. */
void ens_result_list_set(struct ens_result_list *list, size_t index,
                         const struct ens_result *result);

/* One that was set. Its texts are valid as long as the list and the room. */
struct ens_result ens_result_list_at(const struct ens_result_list *list, size_t index,
                                     struct ens_result_room *room);

#endif
