/* SPDX-License-Identifier: Apache-2.0 */
#include "terraform/tally.h"

size_t ens_tf_tally(const struct ens_tf_report *report, struct ens_tf_tally ret[ENS_TF_TALLIES_MAX])
{
    size_t counts[2][ENS_REASON_COUNT] = {{0}};
    size_t found = 0;

    for (size_t i = 0; i < report->count; i++) {
        const struct ens_result *result = &report->instances[i].result;
        counts[ens_result_failed(result, true)][result->reason]++;
    }
    for (int failed = 0; failed < 2; failed++) {
        for (int reason = 0; reason < ENS_REASON_COUNT; reason++) {
            if (counts[failed][reason] > 0) {
                ret[found++] = (struct ens_tf_tally){failed == 0, (enum ens_reason)reason,
                                                     counts[failed][reason]};
            }
        }
    }
    return found;
}

ens_str ens_tf_subject(struct ens_arena *arena, const struct ens_tf_report *report, size_t count)
{
    return report->count == 1
               ? ens_target_text(arena, &report->instances[0].result.target)
               : ens_arena_printf(arena, "%zu of %zu instances", count, report->count);
}

ens_str ens_tf_tally_text(struct ens_arena *arena, const struct ens_tf_report *report,
                          const struct ens_tf_tally *tally)
{
    return ens_arena_printf(
        arena, "%.*s %s: %s", ENS_STR_ARG(ens_tf_subject(arena, report, tally->count)),
        tally->running ? "running" : "not running", ens_reason_name(tally->reason));
}
