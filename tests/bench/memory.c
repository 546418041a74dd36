/* SPDX-License-Identifier: Apache-2.0 */
/* Memory of a plan over many targets: the engine alone, the engine with all results kept by the
 * caller, and the ensure command and its plugin process; and of an apply whose targets all wait. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/wait.h"
#include "fleet.h"

#define TIMEOUT_MS ((int64_t)3600 * 1000)

/* Resident memory of one variant. */
struct held {
    size_t most; /* of the engine alone: beyond what the process had before; 0: not measured */
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
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_target_list list = {.arena = arena};
    const struct ens_job_request job = {.mode = ENS_MODE_PLAN,
                                        .list = &list,
                                        .timeout_ms = TIMEOUT_MS,
                                        .events = {.done = on_done, .ud = &waiter}};

    for (size_t i = 0; i < fleet->count; i++) {
        if (ens_target_list_add(&list, &fleet->targets[i].target, NULL, NULL) != ENS_OK) {
            bench_fail("more than %d targets", ENS_TARGETS_MAX);
        }
    }
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
    const struct ens_job_request job = {.mode = ENS_MODE_PLAN,
                                        .targets = fleet->targets,
                                        .count = fleet->count,
                                        .timeout_ms = TIMEOUT_MS};

    ens_engine_run(engine, &job, NULL, arena, &collected);
    check(fleet, collected.end.summary.start);
}

static struct held plan_here(const struct fleet *fleet, const struct way *way)
{
    struct ens_engine *engine = fleet_engine(fleet);
    const size_t before = process_status(0, "VmRSS");
    struct bench_watch watch = bench_begin();

    way->plan(fleet, engine);
    struct held held = {.wall_s = bench_end(&watch).wall_s,
                        .most = process_status(0, "VmHWM") - before};
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

/* ret: of the command, and of its plugin. */
static void plan_by_command(const struct fleet *fleet, const char *format, struct held *ret)
{
    const char *const arguments[] = {BIN "/ensure", "plan",    "-f",        fleet->file, "-o",
                                     format,        "--quiet", "--timeout", "1h",        NULL};
    struct process_peaks peaks = {0};
    const double wall_s = process_run_seen(arguments, fleet->variables, 0, &peaks).wall_s;

    ret[0] = (struct held){.most = peaks.own, .wall_s = wall_s};
    ret[1] = (struct held){.most = peaks.child, .wall_s = wall_s};
}

/* Asked while instances are started: whether all were, and some time has passed since. */
struct started {
    const struct fleet *fleet;
    size_t more; /* times that it was asked since */
};

static bool all_wait(void *ud)
{
    struct started *started = ud;

    if (fleet_traffic(started->fleet).starts == started->fleet->count) {
        started->more++;
    }
    return started->more > 2;
}

static void wait_by_command(const struct fleet *fleet, struct held *ret)
{
    const char *const arguments[] = {BIN "/ensure", "apply",   "--yes",     "-f", fleet->file, "-o",
                                     "json",        "--quiet", "--timeout", "1h", NULL};
    struct process_peaks peaks = {0};

    process_run_until(arguments, fleet->variables, all_wait, &(struct started){.fleet = fleet},
                      &peaks);
    ret[0].most = peaks.own;
    ret[1].most = peaks.child;
}

/* ---- the table ------------------------------------------------------------------------------ */

enum {
    DROPPING,
    KEEPING,
    JSON_TOOL,
    JSON_PLUGIN,
    TABLE_TOOL,
    TABLE_PLUGIN,
    WAIT_TOOL,
    WAIT_PLUGIN,
    ROWS
};

#define SIZES 4

static const char *const names[ROWS] = {
    [DROPPING] = "engine alone, results handed on",
    [KEEPING] = "engine alone, results kept",
    [JSON_TOOL] = "ensure plan -o json",
    [JSON_PLUGIN] = "  its plugin",
    [TABLE_TOOL] = "ensure plan, a table",
    [TABLE_PLUGIN] = "  its plugin",
    [WAIT_TOOL] = "ensure apply -o json, all wait",
    [WAIT_PLUGIN] = "  its plugin",
};

static void measure(size_t count, struct held *ret)
{
    static const struct way dropping = {names[DROPPING], plan_dropping};
    static const struct way keeping = {names[KEEPING], plan_keeping};
    struct fleet fleet;

    fleet_start(&fleet, count, NULL, 0);
    ret[DROPPING] = plan_apart(&fleet, &dropping);
    if (count <= ENS_RESULTS_MAX) {
        ret[KEEPING] = plan_apart(&fleet, &keeping);
    }
    plan_by_command(&fleet, "json", &ret[JSON_TOOL]);
    plan_by_command(&fleet, "table", &ret[TABLE_TOOL]);
    fleet_stop(&fleet);
    if (count <= ENS_RESULTS_MAX) { /* a million would take a quarter of an hour */
        fleet_start_waiting(&fleet, count);
        wait_by_command(&fleet, &ret[WAIT_TOOL]);
        fleet_stop(&fleet);
    }
}

/* Beyond the second size. */
static void put_growth(const size_t *counts, struct held held[][ROWS], size_t row)
{
    for (size_t i = 2; i < SIZES; i++) {
        if (held[i][row].most == 0 || held[1][row].most == 0) {
            (void)printf("  %9s", "-");
        } else {
            const double more = (double)held[i][row].most - (double)held[1][row].most;
            (void)printf("  %9.0f", more / (double)(counts[i] - counts[1]));
        }
    }
}

static void print(const size_t *counts, struct held held[][ROWS])
{
    (void)printf("\nplan on three clouds, most KiB; bytes for each target beyond the second size\n"
                 "  %-34s",
                 "targets");
    for (size_t i = 0; i < SIZES; i++) {
        (void)printf("  %9zu", counts[i]);
    }
    (void)printf("  %9s  %9s\n", "B, third", "fourth");
    for (size_t row = 0; row < ROWS; row++) {
        (void)printf("  %-34s", names[row]);
        for (size_t i = 0; i < SIZES; i++) {
            (void)printf("  %9zu", held[i][row].most / 1024);
        }
        put_growth(counts, held, row);
        (void)printf("\n");
    }
    (void)printf("  %-34s", "ensure plan -o json, us a target");
    for (size_t i = 0; i < SIZES; i++) {
        (void)printf("  %9.0f", held[i][JSON_TOOL].wall_s * 1e6 / (double)counts[i]);
    }
    (void)printf("\n");
}

int main(int argc, char **argv)
{
    struct bench_option targets = {"targets", "in the largest plan", ENS_TARGETS_MAX};
    struct held held[SIZES][ROWS] = {0};
    size_t counts[SIZES];

    bench_options(argc, argv, "The memory of large plans.", &targets, 1);
    for (size_t i = 0, part = 1000; i < SIZES; i++, part /= 10) {
        counts[i] = targets.value / part;
        if (counts[i] == 0) {
            bench_fail("at least 1000 targets are needed");
        }
        measure(counts[i], held[i]);
    }
    print(counts, held);
    return 0;
}
