/* SPDX-License-Identifier: Apache-2.0 */
/* Memory of a find of many instances: the engine alone, and the ensure command with its plugin
 * process, which writes what is found as it comes. */
#include <pthread.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fleet.h"

#define SIZES     3
#define PLACE_MAX 80

static const char *const ways[] = {
    "engine alone, findings handed on",
    "ensure find -o json, the larger process",
    "ensure find -o targets, likewise",
    "ensure find, a table, which is kept",
};
#define WAYS 4

/* Resident memory, and what it took. */
struct held {
    size_t most; /* of the engine alone: beyond what the process had before */
    double wall_s;
};

/* ---- the engine, in a child process ---------------------------------------------------------- */

struct waiter {
    pthread_mutex_t mutex;
    pthread_cond_t cond;
    bool done;
    size_t found;
};

static void on_found(void *ud, const struct ens_finding *finding)
{
    struct waiter *waiter = ud;

    (void)finding;
    waiter->found++;
}

static void on_failed(void *ud, const struct ens_find_failure *failure)
{
    (void)ud;
    bench_fail("%.*s", ENS_STR_ARG(failure->message));
}

static void on_done(void *ud, const struct ens_find_end *end)
{
    struct waiter *waiter = ud;

    (void)end;
    (void)pthread_mutex_lock(&waiter->mutex);
    waiter->done = true;
    (void)pthread_cond_signal(&waiter->cond);
    (void)pthread_mutex_unlock(&waiter->mutex);
}

static struct held find_here(const struct fleet *fleet)
{
    struct ens_engine *engine = fleet_engine(fleet);
    struct waiter waiter = {.mutex = PTHREAD_MUTEX_INITIALIZER, .cond = PTHREAD_COND_INITIALIZER};
    struct ens_selector selectors[FLEET_CLOUDS] = {0};
    const struct ens_find_request find = {
        .selectors = selectors,
        .count = FLEET_CLOUDS,
        .events = {.found = on_found, .failed = on_failed, .done = on_done, .ud = &waiter},
    };
    const size_t before = process_status(0, "VmRSS");
    struct bench_watch watch = bench_begin();

    for (size_t i = 0; i < FLEET_CLOUDS; i++) {
        selectors[i].cloud = ens_str_of(fleet->clouds[i].name);
        selectors[i].region = ens_str_of(fleet->clouds[i].region);
    }
    (void)ens_engine_find(engine, &find);
    (void)pthread_mutex_lock(&waiter.mutex);
    while (!waiter.done) {
        (void)pthread_cond_wait(&waiter.cond, &waiter.mutex);
    }
    (void)pthread_mutex_unlock(&waiter.mutex);
    if (waiter.found != fleet->count) {
        bench_fail("%zu of %zu instances were found", waiter.found, fleet->count);
    }
    struct held held = {.wall_s = bench_end(&watch).wall_s,
                        .most = process_status(0, "VmHWM") - before};
    ens_engine_free(engine);
    return held;
}

/* Runs in a fork, which has its own peak. This process has no threads yet. */
static struct held find_apart(const struct fleet *fleet)
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
        held = find_here(fleet);
        _exit(write(ends[1], &held, sizeof(held)) == (ssize_t)sizeof(held) ? 0 : 1);
    }
    (void)close(ends[1]);
    ssize_t got = read(ends[0], &held, sizeof(held));
    (void)close(ends[0]);
    if (waitpid(pid, &status, 0) != pid || status != 0 || got != (ssize_t)sizeof(held)) {
        bench_fail("the engine's find failed");
    }
    return held;
}

/* ---- through the command --------------------------------------------------------------------- */

static struct held find_by_command(const struct fleet *fleet, const char *format)
{
    char places[FLEET_CLOUDS][PLACE_MAX];
    const char *const arguments[] = {BIN "/ensure", "find", places[0], places[1],
                                     places[2],     "-o",   format,    NULL};
    struct held held = {0};

    for (size_t i = 0; i < FLEET_CLOUDS; i++) {
        (void)snprintf(places[i], PLACE_MAX, "%s/%s", fleet->clouds[i].name,
                       fleet->clouds[i].region);
    }
    held.wall_s = process_run(arguments, fleet->variables, 0, &held.most).wall_s;
    return held;
}

/* ---- the table ------------------------------------------------------------------------------- */

static void measure(size_t count, struct held *ret)
{
    static const char *const formats[WAYS] = {NULL, "json", "targets", "table"};
    struct fleet fleet;

    fleet_start(&fleet, count, NULL, 0);
    for (size_t way = 0; way < WAYS; way++) {
        ret[way] = way == 0 ? find_apart(&fleet) : find_by_command(&fleet, formats[way]);
    }
    fleet_stop(&fleet);
}

int main(int argc, char **argv)
{
    struct bench_option instances = {"instances", "in the largest find", 100000};
    struct held held[SIZES][WAYS];
    size_t counts[SIZES];

    bench_options(argc, argv, "The memory of large finds.", &instances, 1);
    for (size_t i = 0; i < SIZES; i++) {
        counts[i] = instances.value / (i == 0 ? 100 : i == 1 ? 10 : 1);
        if (counts[i] == 0) {
            bench_fail("at least 100 instances are needed");
        }
        measure(counts[i], held[i]);
    }
    (void)printf("\nfind on three clouds, most KiB\n  %-40s", "instances");
    for (size_t i = 0; i < SIZES; i++) {
        (void)printf("  %9zu", counts[i]);
    }
    (void)printf("  %12s  %10s\n", "B/instance", "time");
    for (size_t way = 0; way < WAYS; way++) {
        const double more = (double)held[SIZES - 1][way].most - (double)held[0][way].most;
        (void)printf("  %-40s", ways[way]);
        for (size_t i = 0; i < SIZES; i++) {
            (void)printf("  %9zu", held[i][way].most / 1024);
        }
        (void)printf("  %12.1f  %8.1f s\n", more / (double)(counts[SIZES - 1] - counts[0]),
                     held[SIZES - 1][way].wall_s);
    }
    return 0;
}
