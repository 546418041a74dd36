/* SPDX-License-Identifier: Apache-2.0 */
/* Wall time of terraform plan with many resources of Ensure, compared with as many of the built-in
 * terraform_data, which does nothing and needs no provider, and with the same plugin with an engine
 * that answers from memory (stub_engine.c); before anything is applied, and when all instances
 * run. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "fleet.h"

#define PATH_SIZE        4096
#define VARIABLES        32
#define SETUP_PARALLEL   "-parallelism=250" /* for the apply that prepares the state */
#define NOTHING_TO_DO    0
#define CHANGES_EXPECTED 2

static char program[PATH_SIZE];

/* The variables of terraform and so of the plugin that it starts: that of the build, or the one
 * with the stub engine. */
struct setting {
    char config[PATH_SIZE];
    char stub_status[32];
    const char *variables[VARIABLES];
};

/* A configuration and its directory. */
struct site {
    void (*write)(struct ens_buf *text, const struct fleet_cloud *cloud);
    char chdir[PATH_SIZE];
};

/* A plan of a site by a plugin. */
struct plan {
    const char *name;
    const struct site *site;
    const struct setting *setting;
    int expected; /* exit code */
};

/* ---- configurations ------------------------------------------------------------------------- */

static void write_builtin(struct ens_buf *text, const struct fleet_cloud *cloud)
{
    ens_buf_addf(text,
                 "resource \"terraform_data\" \"%s\" {\n"
                 "  count = %zu\n"
                 "  input = format(\"%s/%s/i-bench-%%06d\", count.index + 1)\n}\n",
                 cloud->name, cloud->count, cloud->name, cloud->region);
}

static void write_singles(struct ens_buf *text, const struct fleet_cloud *cloud)
{
    ens_buf_addf(text,
                 "resource \"ensure_instance_running\" \"%s\" {\n"
                 "  count = %zu\n  cloud = \"%s\"\n  region = \"%s\"\n"
                 "  instance_id = format(\"i-bench-%%06d\", count.index + 1)\n}\n",
                 cloud->name, cloud->count, cloud->name, cloud->region);
}

static void write_sets(struct ens_buf *text, const struct fleet_cloud *cloud)
{
    ens_buf_addf(text,
                 "resource \"ensure_instances_running\" \"%s\" {\n"
                 "  cloud = \"%s\"\n  region = \"%s\"\n"
                 "  instance_ids = [for n in range(%zu) : format(\"i-bench-%%06d\", n + 1)]\n}\n",
                 cloud->name, cloud->name, cloud->region, cloud->count);
}

static void write_site(const struct fleet *fleet, struct site *site, const char *directory)
{
    char name[64];
    ENS_AUTO_BUF text = ens_buf_new(64 * 1024);

    (void)snprintf(site->chdir, sizeof(site->chdir), "-chdir=%s/%s", bench_directory(), directory);
    if (mkdir(strchr(site->chdir, '=') + 1, 0700) != 0) {
        bench_fail("%s can't be made", site->chdir);
    }
    if (site->write != write_builtin) {
        ens_buf_add(&text, ENS_STR("terraform {\n  required_providers {\n    ensure = {\n"
                                   "      source = \"terraform.local/ensure/ensure\"\n"
                                   "    }\n  }\n}\n"));
    }
    for (size_t i = 0; i < FLEET_CLOUDS; i++) {
        site->write(&text, &fleet->clouds[i]);
    }
    (void)snprintf(name, sizeof(name), "%s/main.tf", directory);
    (void)bench_write(name, ens_buf_text(&text));
}

/* ---- terraform ------------------------------------------------------------------------------ */

/* False: terraform is not on PATH. */
static bool find_program(void)
{
    const char *path = getenv("PATH");
    ens_str rest = ens_str_of(path == NULL ? "" : path);

    while (rest.len > 0) {
        ens_str part = ens_str_cut(rest, ':', &rest);
        (void)snprintf(program, sizeof(program), "%.*s/terraform", ENS_STR_ARG(part));
        if (access(program, X_OK) == 0) {
            return true;
        }
    }
    return false;
}

static void set(struct setting *setting, const char *variable)
{
    size_t count = 0;

    while (setting->variables[count] != NULL) {
        count++;
    }
    ENS_ASSERT(count + 1 < VARIABLES);
    setting->variables[count] = variable;
}

/* directory: of the plugin; name: of the file that tells terraform so. */
static void set_variables(const struct fleet *fleet, struct setting *setting, const char *directory,
                          const char *name)
{
    ENS_AUTO_BUF rc = ens_buf_new(PATH_SIZE);

    ens_buf_addf(&rc,
                 "provider_installation {\n  dev_overrides {\n"
                 "    \"terraform.local/ensure/ensure\" = \"%s\"\n  }\n}\n",
                 directory);
    (void)snprintf(setting->config, sizeof(setting->config), "TF_CLI_CONFIG_FILE=%s",
                   bench_write(name, ens_buf_text(&rc)));
    set(setting, setting->config);
    set(setting, "CHECKPOINT_DISABLE=1");
    set(setting, "TF_IN_AUTOMATION=1");
    set(setting, "TF_INPUT=0");
    for (size_t i = 0; fleet->variables[i] != NULL; i++) {
        set(setting, fleet->variables[i]);
    }
}

/* The providers are not beside the program with the stub engine. */
static void set_stub(struct setting *setting)
{
    set(setting, "ENSURE_PROVIDER_PATH=" BIN "/providers");
    set(setting, setting->stub_status);
}

static void set_stub_status(struct setting *setting, const char *status)
{
    (void)snprintf(setting->stub_status, sizeof(setting->stub_status), "BENCH_STUB_STATUS=%s",
                   status);
}

static struct bench_take go_plan(void *ud)
{
    const struct plan *plan = ud;
    const char *const arguments[] = {program,     plan->site->chdir, "plan", "-detailed-exitcode",
                                     "-no-color", "-lock=false",     NULL};

    return process_run(arguments, plan->setting->variables, plan->expected, NULL);
}

static void apply(const struct site *site, const struct setting *setting)
{
    const char *const arguments[] = {program,     site->chdir,    "apply", "-auto-approve",
                                     "-no-color", SETUP_PARALLEL, NULL};

    (void)process_run(arguments, setting->variables, 0, NULL);
}

/* ---- comparisons ---------------------------------------------------------------------------- */

struct comparison {
    const char *title;
    struct plan *plans;
    size_t count;
};

static void race(const struct comparison *comparison, const char *when, int expected,
                 const struct bench_option *options)
{
    struct bench_runner runners[3];
    char title[128];

    ENS_ASSERT(comparison->count <= ENS_COUNT(runners));
    for (size_t i = 0; i < comparison->count; i++) {
        struct plan *plan = &comparison->plans[i];
        plan->expected = expected;
        runners[i] = (struct bench_runner){plan->name, go_plan, plan};
    }
    (void)snprintf(title, sizeof(title), "%s of %zu instances, %s", comparison->title,
                   options[0].value, when);
    bench_race(title, "instance", options[0].value, runners, comparison->count, options[1].value);
}

/* Both comparisons, before and after an apply. */
static void compare(const struct site *sites, size_t count, struct setting *plugin,
                    struct setting *stub, const struct bench_option *options)
{
    struct plan plans[] = {
        {.name = "terraform_data, one each", .site = &sites[0], .setting = plugin},
        {.name = "ensure_instance_running, one each", .site = &sites[1], .setting = plugin},
        {.name = "ensure_instances_running, one a cloud", .site = &sites[2], .setting = plugin},
    };
    struct plan engines[] = {
        {.name = "one each, with a stub engine", .site = &sites[1], .setting = stub},
        {.name = "one each", .site = &sites[1], .setting = plugin},
    };
    const struct comparison comparisons[] = {
        {"terraform plan", plans, ENS_COUNT(plans)},
        {"engine and stub: terraform plan", engines, ENS_COUNT(engines)},
    };

    set_stub_status(stub, "stopped");
    for (size_t i = 0; i < ENS_COUNT(comparisons); i++) {
        race(&comparisons[i], "nothing applied yet", CHANGES_EXPECTED, options);
    }
    for (size_t i = 0; i < count; i++) {
        apply(&sites[i], plugin);
    }
    set_stub_status(stub, "running");
    for (size_t i = 0; i < ENS_COUNT(comparisons); i++) {
        race(&comparisons[i], "all applied", NOTHING_TO_DO, options);
    }
}

int main(int argc, char **argv)
{
    struct bench_option options[] = {
        {"instances", "that the configurations name, up to 3000", 1000},
        {"rounds", "plans of each", 11},
    };
    struct site sites[] = {{write_builtin, ""}, {write_singles, ""}, {write_sets, ""}};
    struct setting plugin = {0};
    struct setting stub = {0};
    struct fleet fleet;

    bench_options(argc, argv, "terraform plan of large configurations.", options,
                  ENS_COUNT(options));
    if (!find_program()) {
        (void)printf("\nterraform is not on PATH: nothing measured\n");
        return 0;
    }
    fleet_start(&fleet, options[0].value, NULL, 0);
    set_variables(&fleet, &plugin, BIN, "plugin.rc");
    set_variables(&fleet, &stub, STUB_DIRECTORY, "stub.rc");
    set_stub(&stub);
    for (size_t i = 0; i < ENS_COUNT(sites); i++) {
        char directory[16];
        (void)snprintf(directory, sizeof(directory), "site%zu", i);
        write_site(&fleet, &sites[i], directory);
    }
    compare(sites, ENS_COUNT(sites), &plugin, &stub, options);
    fleet_stop(&fleet);
    return 0;
}
