/* SPDX-License-Identifier: Apache-2.0 */
/* The selectors of a fleet that the host hands over, before the job. */
#include "ensure_private.h"
#include "os/os.h"

struct completion {
    struct ens_target_list targets;
    bool overfull;
};

static void on_found(void *ud, const struct ens_finding *finding)
{
    struct completion *completion = ud;

    if (ens_target_list_add(&completion->targets, &finding->target, NULL, NULL) != ENS_OK ||
        completion->targets.count > ENS_RESULTS_MAX) {
        completion->overfull = true;
    }
}

static ens_rc check_clouds(const struct ensure_session *session, struct ens_arena *arena,
                           const struct ens_document *fleet, struct ens_diags *diags)
{
    ens_rc rc = ENS_OK;

    for (size_t i = 0; rc == ENS_OK && i < fleet->select_count; i++) {
        rc = ens_registry_require(session->registry, fleet->select[i].cloud,
                                  ens_arena_printf(arena, "request: select[%zu].cloud", i).ptr,
                                  diags);
    }
    return rc;
}

static void take(struct ens_document *fleet, const struct ens_target_list *targets,
                 const struct ens_find_end *end)
{
    ens_str *warnings = ens_arena_array(targets->arena, end->warning_count + 1, sizeof(*warnings));

    fleet->targets = *targets;
    fleet->count = targets->count;
    for (size_t i = 0; i < end->warning_count; i++) {
        warnings[i] = end->warnings[i];
    }
    fleet->warnings = warnings;
    fleet->warning_count = end->warning_count;
    if (targets->count == 0) {
        warnings[fleet->warning_count++] = ENS_STR(ENS_FLEET_EMPTY);
    }
}

ens_rc ens_fleet_complete(struct ensure_session *session, struct ens_arena *arena,
                          const struct ensure_call *call, struct ens_document *fleet,
                          int64_t *timeout_ms, struct ens_diags *diags)
{
    struct completion completion = {.targets = fleet->targets};
    struct ens_find_end end = {0};
    const struct ens_find_call find = {
        .selectors = fleet->select,
        .count = fleet->select_count,
        .timeout_ms = *timeout_ms,
        .call = call,
        .found = on_found,
        .ud = &completion,
    };
    const int64_t deadline_ms = ens_os_clock.mono_ms(ens_os_clock.ud) + *timeout_ms;

    ens_rc rc = check_clouds(session, arena, fleet, diags);
    if (rc != ENS_OK || fleet->select_count == 0) {
        return rc;
    }
    rc = ens_find_run(session, arena, &find, &end, diags);
    if (rc == ENS_OK && completion.overfull) {
        rc = ens_fail(diags, ENS_LIMIT, "request",
                      "more than %d targets with what its selectors find", ENS_RESULTS_MAX);
    }
    if (rc == ENS_OK) {
        const int64_t left_ms = deadline_ms - ens_os_clock.mono_ms(ens_os_clock.ud);
        *timeout_ms = left_ms > 0 ? left_ms : 1;
        take(fleet, &completion.targets, &end);
    }
    return rc;
}
