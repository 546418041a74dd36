/* SPDX-License-Identifier: Apache-2.0 */
#include "ansible/instance_running.h"

#include "ansible/module_result.h"
#include "engine/wait.h"

bool ens_instance_running(struct ens_engine *engine, const struct ens_args *args,
                          struct ens_buf *out)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_collected collected = {0};
    struct ens_target_request *targets =
        ens_arena_array(arena, args->targets.count, sizeof(*targets));
    const struct ens_job_request job = {
        .mode = args->check_mode ? ENS_MODE_PLAN : ENS_MODE_APPLY,
        .targets = targets,
        .count = args->targets.count,
        .timeout_ms = args->wait_timeout_ms,
        .no_dry_run = !args->preflight,
    };

    for (size_t i = 0; i < args->targets.count; i++) {
        targets[i].target = ens_target_list_at(&args->targets, i);
    }
    ens_engine_run(engine, &job, NULL, arena, &collected);
    return ens_module_results(out, args, collected.results, collected.count, &collected.end);
}
