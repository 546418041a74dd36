/* SPDX-License-Identifier: Apache-2.0 */
/* Plan and apply of a large fleet against the emulator: the engine alone and through the ensure
 * command, compared with a minimal load generator that sends the same requests. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/wait.h"
#include "traffic.h"

struct trial {
    const struct fleet *fleet;
    struct ens_engine *engine;
    enum ens_mode mode;
    const char *tool;          /* path of the ensure command */
    struct fleet_traffic seen; /* of the last run */
};

static void check(const struct trial *trial, const struct ens_summary *summary)
{
    const struct fleet *fleet = trial->fleet;
    const size_t starts = trial->mode == ENS_MODE_APPLY ? summary->started : summary->start;

    if (starts != fleet->count) {
        bench_fail("%zu starts of %zu", starts, fleet->count);
    }
}

static void look(struct trial *trial)
{
    const size_t expected = trial->mode == ENS_MODE_APPLY ? trial->fleet->count : 0;

    trial->seen = fleet_traffic(trial->fleet);
    if (trial->seen.starts != expected) {
        bench_fail("%zu instances were started, not %zu", trial->seen.starts, expected);
    }
}

static struct bench_take go_bare(void *ud)
{
    struct trial *trial = ud;
    struct traffic traffic;

    traffic_init(&traffic, trial->fleet, trial->mode);
    fleet_reset(trial->fleet);
    struct bench_watch watch = bench_begin();
    load_run(traffic.endpoints, FLEET_CLOUDS);
    struct bench_take take = bench_end(&watch);
    traffic_done(&traffic);
    look(trial);
    return take;
}

static struct bench_take go_engine(void *ud)
{
    struct trial *trial = ud;
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_collected collected;
    const struct ens_job_request job = {
        .mode = trial->mode, .targets = trial->fleet->targets, .count = trial->fleet->count};

    fleet_reset(trial->fleet);
    struct bench_watch watch = bench_begin();
    ens_engine_run(trial->engine, &job, NULL, arena, &collected);
    struct bench_take take = bench_end(&watch);
    check(trial, &collected.end.summary);
    look(trial);
    return take;
}

static struct bench_take go_command(void *ud)
{
    struct trial *trial = ud;
    const bool plan = trial->mode == ENS_MODE_PLAN;
    const char *const arguments[] = {
        trial->tool, plan ? "plan" : "apply", "-f", trial->fleet->file, "--format",
        "json",      plan ? NULL : "--yes",   NULL};

    fleet_reset(trial->fleet);
    struct bench_take take = process_run(arguments, trial->fleet->variables, 0, NULL);
    look(trial);
    return take;
}

static void race(const struct fleet *fleet, struct ens_engine *engine, enum ens_mode mode,
                 const char *where, size_t rounds)
{
    struct trial trials[] = {{.fleet = fleet, .mode = mode},
                             {.fleet = fleet, .mode = mode, .engine = engine},
                             {.fleet = fleet, .mode = mode, .tool = BIN "/ensure"},
                             {.fleet = fleet, .mode = mode, .tool = getenv("BENCH_TOOL")}};
    const bool released = trials[3].tool != NULL && trials[3].tool[0] != '\0';
    const struct bench_runner runners[] = {
        {"bare load generator", go_bare, &trials[0]},
        {"engine", go_engine, &trials[1]},
        {mode == ENS_MODE_PLAN ? "ensure plan" : "ensure apply", go_command, &trials[2]},
        {"the same, program of the release", go_command, &trials[3]},
    };
    char title[128];

    (void)snprintf(title, sizeof(title), "%s of %zu instances, %s",
                   mode == ENS_MODE_PLAN ? "plan" : "apply", fleet->count, where);
    bench_race(title, "instance", fleet->count, runners, ENS_COUNT(runners) - (released ? 0 : 1),
               rounds);
    if (trials[0].seen.requests + trials[1].seen.requests + trials[2].seen.requests == 0) {
        return; /* none was selected by BENCH_ONLY */
    }
    (void)printf("  requests: bare %zu, engine %zu, command %zu\n", trials[0].seen.requests,
                 trials[1].seen.requests, trials[2].seen.requests);
}

/* The variants: clouds of the instances, and whether replies are delayed. */
static const struct place {
    const char *name;
    const char *cloud; /* NULL: all three */
    bool late;
} places[] = {
    {"three clouds", NULL, false},
    {"volcengine", "volcengine", false},
    {"alibaba", "alibaba", false},
    {"baidu", "baidu", false},
    {"three clouds, replies delayed", NULL, true},
};

int main(int argc, char **argv)
{
    struct bench_option options[] = {
        {"instances", "in the fleet", 10000},
        {"rounds", "runs of each side", 11},
        {"late-ms", "delay of replies in the last comparisons", 20},
    };

    bench_options(argc, argv, "Plan and apply of a fleet, on three clouds and on each alone.",
                  options, ENS_COUNT(options));
    for (size_t i = 0; i < ENS_COUNT(places); i++) {
        const struct place *place = &places[i];
        struct fleet fleet;
        fleet_start(&fleet, options[0].value, place->cloud, place->late ? options[2].value : 0);
        struct ens_engine *engine = fleet_engine(&fleet);
        race(&fleet, engine, ENS_MODE_PLAN, place->name, options[1].value);
        race(&fleet, engine, ENS_MODE_APPLY, place->name, options[1].value);
        ens_engine_free(engine);
        fleet_stop(&fleet);
    }
    return 0;
}
