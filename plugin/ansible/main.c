/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The compiled modules of the collection ensure.cloud. They are one file with the engine and the
 * providers linked in, because Ansible copies a module alone into a temporary directory and runs it
 * with the path of its arguments. The file has a name for each module, which chooses what it does;
 * Ansible puts a prefix before it.
 */
#include <stdio.h>

#include "ansible/info_result.h"
#include "ansible/instance_info.h"
#include "ansible/instance_running.h"
#include "ansible/module_output.h"
#include "linked/linked.h"
#include "os/os.h"
#include "os/process.h"

struct role {
    ens_str name; /* the file's name ends with it */
    enum ens_module module;
    bool (*run)(struct ens_engine *engine, const struct ens_args *args, struct ens_buf *out);
};

static const struct role roles[ENS_MODULE_COUNT] = {
    {ENS_STR_INIT("ensure_cloud_instance_running"), ENS_MODULE_INSTANCE_RUNNING,
     ens_instance_running},
    {ENS_STR_INIT("ensure_cloud_instance_info"), ENS_MODULE_INSTANCE_INFO, ens_instance_info},
};

static void registry_freep(struct ens_registry **registry)
{
    ens_registry_free(*registry);
}

static void engine_freep(struct ens_engine **engine)
{
    ens_engine_free(*engine);
}

/* Runs the module in an engine of its own; *succeeded is whether its result says so. */
static ens_rc run(const struct role *role, const struct ens_args *args, struct ens_buf *out,
                  bool *succeeded, struct ens_diags *diags)
{
    ENS_CLEANUP(registry_freep) struct ens_registry *registry = NULL;
    ENS_CLEANUP(engine_freep) struct ens_engine *engine = NULL;
    struct ens_log log = {0};

    ens_os_log_text(&log, ENS_LOG_ERROR);
    ens_rc rc =
        ens_registry_new(ens_builtin_providers, &ens_os_environment, &log, &registry, diags);
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
        .log = &log,
        .user_agent = "ensure-ansible/" ENS_VERSION,
    };
    rc = ens_engine_new(&options, &engine, diags);
    if (rc != ENS_OK) {
        return rc;
    }
    rc = ens_engine_configure(engine, &args->settings, 1, &args->policy, diags);
    if (rc == ENS_OK) {
        *succeeded = role->run(engine, args, out);
    }
    return rc;
}

/* Runs the module and writes its result to out; returns whether it succeeded. */
static bool run_module(const struct role *role, struct ens_buf *out, const char *path)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_DIAGS diags = {0};
    ENS_AUTO_BUF text = ens_buf_new(ENS_ARGS_MAX);
    struct ens_args args = {.module = role->module};
    bool succeeded = false;

    ens_rc rc = ens_os_read_file(path, &text, &diags);
    if (rc == ENS_OK) {
        rc = ens_args_read(arena, role->module, ens_buf_str(&text), &args, &diags);
    }
    if (rc == ENS_OK) {
        rc = run(role, &args, out, &succeeded, &diags);
    }
    if (rc == ENS_OK && ens_buf_failed(out)) {
        ens_buf_reset(out);
        rc = ens_fail(&diags, ENS_LIMIT, NULL, "the result is larger than %zu bytes", out->max);
    }
    if (rc != ENS_OK) {
        ens_module_failure(out, &args, &diags);
    }
    return rc == ENS_OK && succeeded;
}

static const struct role *role_of(const char *program)
{
    for (size_t i = 0; program != NULL && i < ENS_COUNT(roles); i++) {
        if (ens_str_ends(ens_str_of(program), roles[i].name)) {
            return &roles[i];
        }
    }
    return NULL;
}

int main(int argc, char **argv)
{
    const struct role *role = role_of(argv[0]);
    ENS_AUTO_BUF out = ens_buf_new(ENS_INFO_MAX + ENS_ARGS_MAX);

    ens_linked_begin();
    ens_os_process_begin();
    if (argc != 2 || role == NULL) {
        (void)fputs(
            "This is a module of the Ansible collection ensure.cloud: Ansible runs it under "
            "its name, with the path of an argument file.\n",
            stderr);
        return 1;
    }
    bool succeeded = run_module(role, &out, argv[1]);
    bool written = fputs(ens_buf_text(&out), stdout) != EOF && fflush(stdout) == 0;
    return succeeded && written ? 0 : 1;
}
