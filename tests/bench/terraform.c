/* SPDX-License-Identifier: Apache-2.0 */
/* Wall time of terraform plan with many resources of Ensure, compared with as many of the built-in
 * terraform_data, which does nothing and needs no provider; before anything is applied, and when
 * all instances run. */
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
static const char *variables[VARIABLES];

/* A configuration and its directory. */
struct site {
    const char *name;
    void (*write)(struct ens_buf *text, const struct fleet_cloud *cloud);
    char chdir[PATH_SIZE];
    int expected; /* exit code of the plan */
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

static void set_variables(const struct fleet *fleet)
{
    static const char rc[] = "provider_installation {\n  dev_overrides {\n"
                             "    \"terraform.local/ensure/ensure\" = \"" BIN "\"\n  }\n}\n";
    static char config[PATH_SIZE];
    size_t count = 0;

    (void)snprintf(config, sizeof(config), "TF_CLI_CONFIG_FILE=%s",
                   bench_write("terraform.rc", rc));
    variables[count++] = config;
    variables[count++] = "CHECKPOINT_DISABLE=1";
    variables[count++] = "TF_IN_AUTOMATION=1";
    variables[count++] = "TF_INPUT=0";
    for (size_t i = 0; fleet->variables[i] != NULL; i++) {
        ENS_ASSERT(count + 1 < VARIABLES);
        variables[count++] = fleet->variables[i];
    }
}

static struct bench_take go_plan(void *ud)
{
    const struct site *site = ud;
    const char *const arguments[] = {program,     site->chdir,   "plan", "-detailed-exitcode",
                                     "-no-color", "-lock=false", NULL};

    return process_run(arguments, variables, site->expected, NULL);
}

static void apply(const struct site *site)
{
    const char *const arguments[] = {program,     site->chdir,    "apply", "-auto-approve",
                                     "-no-color", SETUP_PARALLEL, NULL};

    (void)process_run(arguments, variables, 0, NULL);
}

/* ---- comparisons ---------------------------------------------------------------------------- */

static void race(struct site *sites, size_t count, const char *what, int expected,
                 const size_t *options)
{
    struct bench_runner runners[3];
    char title[128];

    for (size_t i = 0; i < count; i++) {
        sites[i].expected = expected;
        runners[i] = (struct bench_runner){sites[i].name, go_plan, &sites[i]};
    }
    (void)snprintf(title, sizeof(title), "terraform plan of %zu instances, %s", options[0], what);
    bench_race(title, "instance", options[0], runners, count, options[1]);
}

int main(int argc, char **argv)
{
    struct bench_option options[] = {
        {"instances", "that the configurations name, up to 3000", 1000},
        {"rounds", "plans of each", 11},
    };
    struct site sites[] = {
        {.name = "terraform_data, one each", .write = write_builtin},
        {.name = "ensure_instance_running, one each", .write = write_singles},
        {.name = "ensure_instances_running, one a cloud", .write = write_sets},
    };
    struct fleet fleet;

    bench_options(argc, argv, "terraform plan of large configurations.", options,
                  ENS_COUNT(options));
    if (!find_program()) {
        (void)printf("\nterraform is not on PATH: nothing measured\n");
        return 0;
    }
    fleet_start(&fleet, options[0].value, NULL, 0);
    set_variables(&fleet);
    for (size_t i = 0; i < ENS_COUNT(sites); i++) {
        char directory[16];
        (void)snprintf(directory, sizeof(directory), "site%zu", i);
        write_site(&fleet, &sites[i], directory);
    }
    const size_t values[] = {options[0].value, options[1].value};
    race(sites, ENS_COUNT(sites), "nothing applied yet", CHANGES_EXPECTED, values);
    for (size_t i = 0; i < ENS_COUNT(sites); i++) {
        apply(&sites[i]);
    }
    race(sites, ENS_COUNT(sites), "all applied", NOTHING_TO_DO, values);
    fleet_stop(&fleet);
    return 0;
}
