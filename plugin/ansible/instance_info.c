/* SPDX-License-Identifier: Apache-2.0 */
#include "ansible/instance_info.h"

#include "ansible/info_result.h"
#include "engine/wait.h"

static bool read_instances(struct ens_engine *engine, struct ens_arena *arena,
                           const struct ens_args *args, struct ens_buf *out)
{
    struct ens_collected collected = {0};
    struct ens_target_request *targets =
        ens_arena_array(arena, args->targets.count, sizeof(*targets));
    const struct ens_job_request job = {
        .mode = ENS_MODE_PLAN,
        .targets = targets,
        .count = args->targets.count,
        .timeout_ms = args->wait_timeout_ms,
        .states_only = true,
        .no_dry_run = true,
    };

    for (size_t i = 0; i < args->targets.count; i++) {
        targets[i].target = ens_target_list_at(&args->targets, i);
    }
    ens_engine_run(engine, &job, NULL, arena, &collected);
    for (size_t i = 0; i < collected.count; i++) {
        ens_result_keep_read(&collected.results[i]);
    }
    return ens_info_read(out, args, collected.results, collected.count, &collected.end);
}

static void on_found(void *ud, const struct ens_finding *finding)
{
    ens_info_list_add(ud, finding);
}

static void on_failed(void *ud, const struct ens_find_failure *failure)
{
    ens_info_list_fail(ud, failure);
}

static bool list_instances(struct ens_engine *engine, struct ens_arena *arena,
                           const struct ens_args *args, struct ens_buf *out)
{
    ENS_CLEANUP(ens_info_list_done) struct ens_info_list list = {0};
    struct ens_find_end end = {0};
    const struct ens_find_request find = {
        .selectors = &args->selector,
        .count = 1,
        .timeout_ms = args->wait_timeout_ms,
        .events = {.found = on_found, .failed = on_failed, .ud = &list},
    };

    ens_info_list_begin(&list);
    ens_engine_find_all(engine, &find, NULL, arena, &end);
    return ens_info_found(out, args, &list, end.warnings, end.warning_count);
}

bool ens_instance_info(struct ens_engine *engine, const struct ens_args *args, struct ens_buf *out)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();

    return args->instance_ids.given ? read_instances(engine, arena, args, out)
                                    : list_instances(engine, arena, args, out);
}
