/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/sequence.h"

#include "base/alloc.h"

struct ens_sequence ens_sequence_begin(size_t count,
                                       ens_rc (*pass)(void *ud, const struct ens_result *result,
                                                      struct ens_diags *diags),
                                       void *ud)
{
    return (struct ens_sequence){
        .held = ens_alloc_array(count, sizeof(struct ens_result *)),
        .count = count,
        .pass = pass,
        .ud = ud,
    };
}

void ens_sequence_done(struct ens_sequence *sequence)
{
    for (size_t i = 0; i < sequence->count; i++) {
        ens_free(sequence->held[i]);
    }
    ens_free(sequence->held);
    *sequence = (struct ens_sequence){0};
}

/* Passes on those that are held from next on without a gap. */
static ens_rc pass_run(struct ens_sequence *sequence, struct ens_diags *diags)
{
    ens_rc rc = ENS_OK;

    while (rc == ENS_OK && sequence->next < sequence->count &&
           sequence->held[sequence->next] != NULL) {
        struct ens_result *result = sequence->held[sequence->next];
        sequence->held[sequence->next++] = NULL;
        sequence->held_count--;
        rc = sequence->pass(sequence->ud, result, diags);
        ens_free(result);
    }
    return rc;
}

ens_rc ens_sequence_add(struct ens_sequence *sequence, size_t index,
                        const struct ens_result *result, struct ens_diags *diags)
{
    if (index > sequence->next) {
        sequence->held[index] = ens_result_dup(result);
        sequence->held_count++;
        if (sequence->held_count < ENS_HELD_MAX) {
            return ENS_OK;
        }
        while (sequence->held[sequence->next] == NULL) {
            sequence->next++;
        }
        return pass_run(sequence, diags);
    }
    sequence->next += index == sequence->next ? 1 : 0;
    const ens_rc rc = sequence->pass(sequence->ud, result, diags);
    return rc == ENS_OK ? pass_run(sequence, diags) : rc;
}
