/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The instances that a find has shown, so that none is shown twice. Made for many: an entry takes
 * the bytes of its id, 3 more, and at most 11 of the table.
 */
#ifndef ENSURE_CORE_TARGET_SET_H
#define ENSURE_CORE_TARGET_SET_H

#include "core/target.h"

struct ens_target_set {
    uint32_t *slots;   /* open addressing: numbers of entries from 1 on; 0: free */
    size_t slot_count; /* a power of two; 0: none yet */
    size_t count;
    unsigned char **blocks; /* that hold the entries */
    size_t block_count;
    size_t used; /* bytes of the last block */
};

/* place: a number below 65536 that stands for the cloud and region. True: it was not in the set.
 * The id has at most ENS_ID_MAX bytes. The set is valid when zeroed. */
bool ens_target_set_add(struct ens_target_set *set, unsigned place, ens_str id);
void ens_target_set_done(struct ens_target_set *set);

#endif
