/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ensure.cloud.instance_running, a compiled Ansible module: one file with the engine and the
 * providers linked in, because Ansible copies it alone into a temporary directory and runs it with
 * the path of its arguments.
 */
#include <stdio.h>

#include "ansible/module_result.h"
#include "core/document.h"
#include "engine/wait.h"
#include "linked/linked.h"
#include "os/os.h"
#include "os/process.h"

static void registry_freep(struct ens_registry **registry)
{
    ens_registry_free(*registry);
}

static void engine_freep(struct ens_engine **engine)
{
    ens_engine_free(*engine);
}

static ens_rc run(struct ens_arena *arena, const struct ens_args *args, const struct ens_log *log,
                  struct ens_collected *ret, struct ens_diags *diags)
{
    ENS_CLEANUP(registry_freep) struct ens_registry *registry = NULL;
    ENS_CLEANUP(engine_freep) struct ens_engine *engine = NULL;

    ens_rc rc = ens_registry_new(ens_builtin_providers, &ens_os_environment, log, &registry, diags);
    if (rc != ENS_OK) {
        return rc;
    }
    rc = ens_registry_require(registry, args->settings.cloud, "cloud", diags);
    if (rc != ENS_OK) {
        return rc;
    }
    const struct ens_engine_options options = {
        .registry = registry,
        .clock = &ens_os_clock,
        .entropy = &ens_os_entropy,
        .environment = &ens_os_environment,
        .log = log,
        .user_agent = "ensure-ansible/" ENS_VERSION,
    };
    rc = ens_engine_new(&options, &engine, diags);
    if (rc != ENS_OK) {
        return rc;
    }
    rc = ens_engine_configure(engine, &args->settings, 1, diags);
    if (rc != ENS_OK) {
        return rc;
    }
    struct ens_target_request *targets =
        ens_arena_array(arena, args->targets.count, sizeof(*targets));
    for (size_t i = 0; i < args->targets.count; i++) {
        targets[i].target = ens_target_list_at(&args->targets, i);
    }
    const struct ens_job_request job = {
        .mode = args->check_mode ? ENS_MODE_PLAN : ENS_MODE_APPLY,
        .targets = targets,
        .count = args->targets.count,
        .timeout_ms = args->wait_timeout_ms,
        .no_dry_run = !args->preflight,
    };
    ens_engine_run(engine, &job, NULL, arena, ret);
    return ENS_OK;
}

/* Runs the module and writes its result to out; returns whether it succeeded. */
static bool run_module(struct ens_buf *out, const char *path)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_DIAGS diags = {0};
    ENS_AUTO_BUF text = ens_buf_new(ENS_ARGS_MAX);
    struct ens_args args = {0};
    struct ens_collected collected = {0};
    struct ens_log log = {0};

    ens_os_log_text(&log, ENS_LOG_ERROR);
    ens_rc rc = ens_os_read_file(path, &text, &diags);
    if (rc == ENS_OK) {
        rc = ens_args_read(arena, ens_buf_str(&text), &args, &diags);
    }
    if (rc == ENS_OK) {
        rc = run(arena, &args, &log, &collected, &diags);
    }
    if (rc != ENS_OK) {
        ens_module_failure(out, &args, &diags);
        return false;
    }
    return ens_module_results(out, &args, collected.results, collected.count, &collected.end);
}

int main(int argc, char **argv)
{
    ENS_AUTO_BUF out = ens_buf_new(ENS_DOCUMENT_MAX);

    ens_linked_begin();
    ens_os_process_begin();
    if (argc != 2) {
        (void)fputs("This is the Ansible module ensure.cloud.instance_running: Ansible runs it "
                    "with the path of an argument file.\n",
                    stderr);
        return 1;
    }
    bool succeeded = run_module(&out, argv[1]);
    bool written = fputs(ens_buf_text(&out), stdout) != EOF && fflush(stdout) == 0;
    return succeeded && written ? 0 : 1;
}
