/* SPDX-License-Identifier: Apache-2.0 */
/* Memory of a plan over many targets: the engine alone, the engine with all results kept by the
 * caller, and the ensure command with its plugin process. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/wait.h"
#include "fleet.h"

/* Resident memory of one variant. */
struct held {
    size_t before; /* with the targets allocated */
    size_t most;
    double wall_s;
};

struct way {
    const char *name;
    void (*plan)(const struct fleet *fleet, struct ens_engine *engine);
};

/* ---- in a child process --------------------------------------------------------------------- */

struct waiter {
    pthread_mutex_t mutex;
    pthread_cond_t cond;
    size_t total;
};

static void on_done(void *ud, const struct ens_job_end *end)
{
    struct waiter *waiter = ud;

    (void)pthread_mutex_lock(&waiter->mutex);
    waiter->total = end->summary.start;
    (void)pthread_cond_signal(&waiter->cond);
    (void)pthread_mutex_unlock(&waiter->mutex);
}

static void check(const struct fleet *fleet, size_t start)
{
    if (start != fleet->count) {
        bench_fail("%zu of %zu instances were to be started", start, fleet->count);
    }
}

/* Like a front end that streams its results. */
static void plan_dropping(const struct fleet *fleet, struct ens_engine *engine)
{
    struct waiter waiter = {.mutex = PTHREAD_MUTEX_INITIALIZER, .cond = PTHREAD_COND_INITIALIZER};
    const struct ens_job_request job = {.mode = ENS_MODE_PLAN,
                                        .targets = fleet->targets,
                                        .count = fleet->count,
                                        .events = {.done = on_done, .ud = &waiter}};

    (void)ens_engine_submit(engine, &job);
    (void)pthread_mutex_lock(&waiter.mutex);
    while (waiter.total == 0) {
        (void)pthread_cond_wait(&waiter.cond, &waiter.mutex);
    }
    (void)pthread_mutex_unlock(&waiter.mutex);
    check(fleet, waiter.total);
}

/* Like libensure and the Ansible module, which keep all results. */
static void plan_keeping(const struct fleet *fleet, struct ens_engine *engine)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_collected collected;
    const struct ens_job_request job = {
        .mode = ENS_MODE_PLAN, .targets = fleet->targets, .count = fleet->count};

    ens_engine_run(engine, &job, NULL, arena, &collected);
    check(fleet, collected.end.summary.start);
}

static struct held plan_here(const struct fleet *fleet, const struct way *way)
{
    struct ens_engine *engine = fleet_engine(fleet);
    struct held held = {.before = process_status(0, "VmRSS")};
    struct bench_watch watch = bench_begin();

    way->plan(fleet, engine);
    held.wall_s = bench_end(&watch).wall_s;
    held.most = process_status(0, "VmHWM");
    ens_engine_free(engine);
    return held;
}

/* Runs in a fork, so that each variant has its own peak. This process has no threads yet. */
static struct held plan_apart(const struct fleet *fleet, const struct way *way)
{
    struct held held = {0};
    int ends[2];
    int status = 0;

    (void)fflush(stdout);
    if (pipe(ends) != 0) {
        bench_fail("no pipe can be made");
    }
    pid_t pid = fork();
    if (pid == 0) {
        held = plan_here(fleet, way);
        _exit(write(ends[1], &held, sizeof(held)) == (ssize_t)sizeof(held) ? 0 : 1);
    }
    (void)close(ends[1]);
    ssize_t got = read(ends[0], &held, sizeof(held));
    (void)close(ends[0]);
    if (waitpid(pid, &status, 0) != pid || status != 0 || got != (ssize_t)sizeof(held)) {
        bench_fail("%s failed", way->name);
    }
    return held;
}

/* ---- through the command -------------------------------------------------------------------- */

static struct held plan_by_command(const struct fleet *fleet)
{
    const char *const many[] = {BIN "/ensure", "plan", "-f", fleet->file, "--format", "json", NULL};
    const char *const none[] = {BIN "/ensure", "providers", NULL};
    struct held held = {0};

    (void)process_run(none, fleet->variables, 0, &held.before);
    held.wall_s = process_run(many, fleet->variables, 0, &held.most).wall_s;
    return held;
}

/* ---- the table ------------------------------------------------------------------------------ */

static void put(const char *name, const struct held *held, size_t count)
{
    (void)printf("  %-34s  %9zu  %9zu  %9.0f  %8.1f s\n", name, held->before / 1024,
                 held->most / 1024, (double)(held->most - held->before) / (double)count,
                 held->wall_s);
    (void)fflush(stdout);
}

static void measure(size_t count)
{
    static const struct way ways[] = {
        {"engine, results handed on", plan_dropping},
        {"engine, results kept", plan_keeping},
    };
    struct fleet fleet;

    fleet_start(&fleet, count, NULL, 0);
    (void)printf("\nplan over %zu targets on three clouds\n", fleet.count);
    (void)printf("  %-34s  %9s  %9s  %9s  %10s\n", "", "before", "most KiB", "B/target", "time");
    for (size_t i = 0; i < ENS_COUNT(ways); i++) {
        const struct held held = plan_apart(&fleet, &ways[i]);
        put(ways[i].name, &held, fleet.count);
    }
    const struct held held = plan_by_command(&fleet);
    put("ensure plan, the larger process", &held, fleet.count);
    fleet_stop(&fleet);
}

int main(int argc, char **argv)
{
    struct bench_option targets = {"targets", "in the largest plan", 100000};

    bench_options(argc, argv, "The memory of large plans.", &targets, 1);
    for (size_t part = 100; part > 0; part /= 10) {
        if (targets.value / part > 0) {
            measure(targets.value / part);
        }
    }
    (void)printf("\n  a target with its result, as structs without their texts: %zu B\n",
                 sizeof(struct ens_target) + sizeof(struct ens_result));
    return 0;
}
