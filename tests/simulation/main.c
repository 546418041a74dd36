/* SPDX-License-Identifier: Apache-2.0 */
/* ensure-simulation: runs seeds on all cores, and searches the smallest form of one that fails. */
#include <errno.h>
#include <getopt.h>
#include <jansson.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "memory.h"
#include "report.h"
#include "simulation.h"

struct options {
    uint64_t first;
    uint64_t seeds;
    int64_t seconds;
    int64_t spent_s; /* by earlier runs of the same progress file */
    size_t workers;
    size_t fleet_limit;
    uint64_t fault_limit;
    bool one; /* --seed */
    bool trace;
    const char *progress;
};

static struct sim_report *report;

static int64_t now_s(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec;
}

/* ---- running seeds -------------------------------------------------------------------------- */

static void run_seed(const struct options *options, uint64_t seed)
{
    static struct sim sim; /* large */

    memset(&sim, 0, sizeof(sim));
    sim.seed = seed;
    sim.fleet_limit = options->fleet_limit;
    sim.fault_limit = options->fault_limit;
    sim.trace = options->trace;
    sim_run(&sim);
    atomic_fetch_add(&report->events, sim.events);
    atomic_fetch_add(&report->faults, sim.fault_count);
    atomic_fetch_add(&report->effects, sim.effect_count);
}

static void prepare(void)
{
    json_object_seed(1);
    sim_memory_begin();
}

_Noreturn static void work(const struct options *options, int64_t until_s, size_t worker)
{
    prepare();
    while (!atomic_load(&report->stop) && now_s() < until_s) {
        const uint64_t seed = atomic_fetch_add(&report->next_seed, 1);
        if (seed >= options->first + options->seeds) {
            break;
        }
        atomic_store(&report->current[worker], seed);
        run_seed(options, seed);
    }
    _exit(0);
}

static void on_signal(int number)
{
    (void)number;
    atomic_store(&report->stop, true);
}

/* How a child ended, as a failure of its seed; false: it did well. */
static bool note_end(int status, uint64_t seed)
{
    char text[100];

    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        return false;
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != SIM_EXIT_FAILED) {
        (void)snprintf(text, sizeof(text), "the process ended with status %d, signal %d",
                       WIFEXITED(status) ? WEXITSTATUS(status) : -1,
                       WIFSIGNALED(status) ? WTERMSIG(status) : 0);
        sim_report_note(seed, text);
    }
    return true;
}

static void wait_for(pid_t child, int *ret_status)
{
    while (waitpid(child, ret_status, 0) < 0 && errno == EINTR) {
    }
}

static void run_many(const struct options *options)
{
    const int64_t until_s = now_s() + options->seconds - options->spent_s;
    pid_t workers[SIM_WORKERS_MAX];

    atomic_store(&report->next_seed, options->first);
    (void)signal(SIGINT, on_signal);
    (void)signal(SIGTERM, on_signal);
    for (size_t i = 0; i < options->workers; i++) {
        workers[i] = fork();
        if (workers[i] == 0) {
            work(options, until_s, i);
        }
    }
    for (size_t i = 0; i < options->workers; i++) {
        int status = 0;
        wait_for(workers[i], &status);
        (void)note_end(status, atomic_load(&report->current[i]));
    }
}

/* ---- the smallest form ---------------------------------------------------------------------- */

/* Whether the seed fails in this form; the text of the report is then that failure's. */
static bool fails(const struct options *options, uint64_t seed)
{
    int status = 0;

    atomic_store(&report->failed, false);
    (void)fflush(NULL);
    const pid_t child = fork();
    if (child == 0) {
        prepare();
        run_seed(options, seed);
        _exit(0);
    }
    wait_for(child, &status);
    return note_end(status, seed);
}

/* Halves the fleet and the faults as long as it fails. */
static void shrink(const struct options *from)
{
    struct options smallest = *from;
    const uint64_t seed = report->seed;
    bool smaller = true;

    smallest.fleet_limit = SIM_FLEET_MAX;
    smallest.fault_limit = 1 << 20;
    while (smaller) {
        struct options next = smallest;
        next.fleet_limit = smallest.fleet_limit / 2;
        smaller = next.fleet_limit > 0 && fails(&next, seed);
        if (!smaller) {
            next = smallest;
            next.fault_limit = smallest.fault_limit / 2;
            smaller = smallest.fault_limit > 0 && fails(&next, seed);
        }
        smallest = smaller ? next : smallest;
    }
    (void)fails(&smallest, seed);
    printf("smallest form: ensure-simulation --seed %llu --fleet %zu --faults %llu --trace\n  %s\n",
           (unsigned long long)seed, smallest.fleet_limit, (unsigned long long)smallest.fault_limit,
           report->text);
}

static int tell_failure(const struct options *options)
{
    printf("seed %llu failed: %s\nreplay: ensure-simulation --seed %llu --trace\n",
           (unsigned long long)report->seed, report->text, (unsigned long long)report->seed);
    if (!options->one) {
        shrink(options);
    }
    return 1;
}

/* ---- progress ------------------------------------------------------------------------------- */

static void read_progress(struct options *options)
{
    FILE *file = options->progress == NULL ? NULL : fopen(options->progress, "r");
    unsigned long long next = 0;
    long long spent = 0;
    char line[64];

    if (file == NULL) {
        return;
    }
    if (fgets(line, sizeof(line), file) != NULL) {
        char *end = NULL;
        next = strtoull(line, &end, 10);
        spent = strtoll(end, NULL, 10);
        options->first = next;
        options->spent_s = spent;
    }
    (void)fclose(file);
}

static void write_progress(const struct options *options, uint64_t next, int64_t spent_s)
{
    FILE *file = options->progress == NULL ? NULL : fopen(options->progress, "w");

    if (file != NULL) {
        (void)fprintf(file, "%llu %lld\n", (unsigned long long)next, (long long)spent_s);
        (void)fclose(file);
    }
}

/* ---- options -------------------------------------------------------------------------------- */

static void usage(void)
{
    puts("ensure-simulation [--seeds N] [--first N] [--seconds N] [--workers N] [--progress FILE]\n"
         "ensure-simulation --seed N [--fleet N] [--faults N] [--trace]\n"
         "\n"
         "Runs whole engines against the model of the clouds, each run drawn from a seed. The\n"
         "first form runs many and ends at the first that fails; --progress goes on where an\n"
         "earlier run with the same file ended. The second runs one; --fleet and --faults make\n"
         "it smaller, --trace prints what happens.");
}

static uint64_t number(const char *text)
{
    char *end = NULL;
    const unsigned long long value = strtoull(text, &end, 10);

    if (end == text || *end != '\0') {
        (void)fprintf(stderr, "ensure-simulation: \"%s\" is not a number\n", text);
        exit(2);
    }
    return value;
}

static void read_options(int argc, char **argv, struct options *options)
{
    static const struct option known[] = {
        {"seed", 1, NULL, 's'},    {"seeds", 1, NULL, 'n'},   {"first", 1, NULL, 'f'},
        {"seconds", 1, NULL, 't'}, {"workers", 1, NULL, 'w'}, {"fleet", 1, NULL, 'l'},
        {"faults", 1, NULL, 'x'},  {"trace", 0, NULL, 'v'},   {"progress", 1, NULL, 'p'},
        {"help", 0, NULL, 'h'},    {NULL, 0, NULL, 0},
    };
    int option;

    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        switch (option) {
        case 's':
            options->one = true;
            options->first = number(optarg);
            break;
        case 'n':
            options->seeds = number(optarg);
            break;
        case 'f':
            options->first = number(optarg);
            break;
        case 't':
            options->seconds = (int64_t)number(optarg);
            break;
        case 'w':
            options->workers = (size_t)number(optarg);
            break;
        case 'l':
            options->fleet_limit = (size_t)number(optarg);
            break;
        case 'x':
            options->fault_limit = number(optarg);
            break;
        case 'v':
            options->trace = true;
            break;
        case 'p':
            options->progress = optarg;
            break;
        default:
            usage();
            exit(option == 'h' ? 0 : 2);
        }
    }
    options->workers = options->workers < 1                 ? 1
                       : options->workers > SIM_WORKERS_MAX ? SIM_WORKERS_MAX
                                                            : options->workers;
}

static int run_range(struct options *options)
{
    const int64_t begun = now_s();

    read_progress(options);
    run_many(options);
    const uint64_t end = options->first + options->seeds;
    const uint64_t next = atomic_load(&report->next_seed);
    const uint64_t done = (next < end ? next : end) - options->first;
    const int64_t spent = now_s() - begun;
    if (atomic_load(&report->failed)) {
        return tell_failure(options);
    }
    write_progress(options, options->first + done, options->spent_s + spent);
    printf("seeds %llu to %llu in %lld s, %.0f a second; %llu events, %llu faults, %llu starts\n",
           (unsigned long long)options->first, (unsigned long long)(options->first + done - 1),
           (long long)spent, (double)done / (double)(spent > 0 ? spent : 1),
           (unsigned long long)atomic_load(&report->events),
           (unsigned long long)atomic_load(&report->faults),
           (unsigned long long)atomic_load(&report->effects));
    return 0;
}

int main(int argc, char **argv)
{
    struct options options = {
        .first = 1,
        .seeds = 50000,
        .seconds = 120,
        .workers = (size_t)sysconf(_SC_NPROCESSORS_ONLN),
        .fleet_limit = SIM_FLEET_MAX,
        .fault_limit = UINT64_MAX,
    };

    read_options(argc, argv, &options);
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    report = sim_report_new();
    if (!options.one) {
        return run_range(&options);
    }
    if (fails(&options, options.first)) {
        return tell_failure(&options);
    }
    printf("seed %llu passed\n", (unsigned long long)options.first);
    return 0;
}
