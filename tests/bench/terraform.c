/* SPDX-License-Identifier: Apache-2.0 */
/* Wall time of terraform plan with many resources of Ensure, compared with as many of the built-in
 * terraform_data, which does nothing and needs no provider, and with the same plugin with an engine
 * that answers from memory (stub/stub_engine.c); before anything is applied, and when all instances
 * run. The plugin is that of the build, and the static one of the release if BENCH_STATIC names it;
 * BENCH_STATIC_STUB names that with the other engine. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "fleet.h"

#define PATH_SIZE        4096
#define VARIABLES        32
#define LINES            5                  /* of a table, at most */
#define SETUP_PARALLEL   "-parallelism=250" /* for the apply that prepares the state */
#define NOTHING_TO_DO    0
#define CHANGES_EXPECTED 2

static char program[PATH_SIZE];

/* A plugin, and the variables of terraform, which starts it. */
struct setting {
    const char *program; /* NULL: that which variable names; then without one it is left out */
    const char *variable;
    const char *providers; /* a variable that says where they are, if they are not beside it */
    char config[PATH_SIZE];
    char stub_status[32];
    const char *variables[VARIABLES];
};

#define NAME "terraform-provider-ensure"

static struct setting built = {.program = BIN "/" NAME};
static struct setting built_stub = {.program = STUB_DIRECTORY "/" NAME,
                                    .providers = "ENSURE_PROVIDER_PATH=" BIN "/providers"};
static struct setting release = {.variable = "BENCH_STATIC"};
static struct setting release_stub = {.variable = "BENCH_STATIC_STUB"};
static struct setting *const settings[] = {&built, &built_stub, &release, &release_stub};

/* A configuration and its directory. */
struct site {
    void (*write)(struct ens_buf *text, const struct fleet_cloud *cloud);
    char chdir[PATH_SIZE];
};

/* A plan of a site by a plugin. */
struct plan {
    const char *name;
    const struct site *site;
    struct setting *setting;
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

/* name: of the file that tells terraform the directory of the plugin. */
static void set_variables(const struct fleet *fleet, struct setting *setting, const char *name)
{
    const char *end = strrchr(setting->program, '/');
    ENS_AUTO_BUF rc = ens_buf_new(PATH_SIZE);

    if (end == NULL) {
        bench_fail("%s must be a path", setting->variable);
    }
    ens_buf_addf(&rc,
                 "provider_installation {\n  dev_overrides {\n"
                 "    \"terraform.local/ensure/ensure\" = \"%.*s\"\n  }\n}\n",
                 (int)(end - setting->program), setting->program);
    (void)snprintf(setting->config, sizeof(setting->config), "TF_CLI_CONFIG_FILE=%s",
                   bench_write(name, ens_buf_text(&rc)));
    set(setting, setting->config);
    set(setting, setting->stub_status);
    set(setting, "CHECKPOINT_DISABLE=1");
    set(setting, "TF_IN_AUTOMATION=1");
    set(setting, "TF_INPUT=0");
    if (setting->providers != NULL) {
        set(setting, setting->providers);
    }
    for (size_t i = 0; fleet->variables[i] != NULL; i++) {
        set(setting, fleet->variables[i]);
    }
}

static void find_plugins(const struct fleet *fleet)
{
    for (size_t i = 0; i < ENS_COUNT(settings); i++) {
        struct setting *setting = settings[i];
        char name[16];
        if (setting->program == NULL) {
            setting->program = getenv(setting->variable);
        }
        if (setting->program != NULL && setting->program[0] != '\0') {
            (void)snprintf(name, sizeof(name), "%zu.rc", i);
            set_variables(fleet, setting, name);
        }
    }
}

/* The engine answers so if it is the stub. */
static void set_stub_status(const char *status)
{
    for (size_t i = 0; i < ENS_COUNT(settings); i++) {
        (void)snprintf(settings[i]->stub_status, sizeof(settings[i]->stub_status),
                       "BENCH_STUB_STATUS=%s", status);
    }
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

/* The lines of a table, as many as there are plugins for; none if there is one alone. */
struct comparison {
    const char *title;
    struct plan plans[LINES];
};

static struct site builtins = {write_builtin, ""};
static struct site singles = {write_singles, ""};
static struct site sets = {write_sets, ""};
static struct site *const sites[] = {&builtins, &singles, &sets};

static struct comparison comparisons[] = {
    {"terraform plan",
     {{.name = "terraform_data, one each", .site = &builtins, .setting = &built},
      {.name = "ensure_instance_running, one each", .site = &singles, .setting = &built},
      {.name = "the same, static program", .site = &singles, .setting = &release},
      {.name = "ensure_instances_running, one a cloud", .site = &sets, .setting = &built},
      {.name = "the same, static program", .site = &sets, .setting = &release}}},
    {"engine and stub: terraform plan",
     {{.name = "one each, with a stub engine", .site = &singles, .setting = &built_stub},
      {.name = "one each", .site = &singles, .setting = &built}}},
    {"engine and stub, static programs: terraform plan",
     {{.name = "one each, with a stub engine", .site = &singles, .setting = &release_stub},
      {.name = "one each", .site = &singles, .setting = &release}}},
};

static void race(struct comparison *comparison, const char *when, int expected,
                 const struct bench_option *options)
{
    struct bench_runner runners[LINES];
    size_t count = 0;
    char title[128];

    for (size_t i = 0; i < LINES && comparison->plans[i].name != NULL; i++) {
        struct plan *plan = &comparison->plans[i];
        plan->expected = expected;
        if (plan->setting->variables[0] != NULL) {
            runners[count++] = (struct bench_runner){plan->name, go_plan, plan};
        }
    }
    if (count > 1) {
        (void)snprintf(title, sizeof(title), "%s of %zu instances, %s", comparison->title,
                       options[0].value, when);
        bench_race(title, "instance", options[0].value, runners, count, options[1].value);
    }
}

/* All comparisons, before and after an apply. */
static void compare(const struct bench_option *options)
{
    set_stub_status("stopped");
    for (size_t i = 0; i < ENS_COUNT(comparisons); i++) {
        race(&comparisons[i], "nothing applied yet", CHANGES_EXPECTED, options);
    }
    for (size_t i = 0; i < ENS_COUNT(sites); i++) {
        apply(sites[i], &built);
    }
    set_stub_status("running");
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
    struct fleet fleet;

    bench_options(argc, argv, "terraform plan of large configurations.", options,
                  ENS_COUNT(options));
    if (!find_program()) {
        (void)printf("\nterraform is not on PATH: nothing measured\n");
        return 0;
    }
    fleet_start(&fleet, options[0].value, NULL, 0);
    find_plugins(&fleet);
    for (size_t i = 0; i < ENS_COUNT(sites); i++) {
        char directory[16];
        (void)snprintf(directory, sizeof(directory), "site%zu", i);
        write_site(&fleet, sites[i], directory);
    }
    compare(options);
    fleet_stop(&fleet);
    return 0;
}
