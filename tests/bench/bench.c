/* SPDX-License-Identifier: Apache-2.0 */
#include "bench.h"

#include <errno.h>
#include <fnmatch.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/arena.h"

#define LIFE_MAX_S 1800

void bench_fail(const char *format, ...)
{
    va_list args;

    (void)fflush(stdout);
    (void)fprintf(stderr, "%s: ", program_invocation_short_name);
    va_start(args, format);
    (void)vfprintf(stderr, format, args);
    va_end(args);
    (void)fputc('\n', stderr);
    exit(1);
}

/* ---- options -------------------------------------------------------------------------------- */

static void help(const char *about, const struct bench_option *options, size_t count)
{
    (void)printf("Usage: %s [--NAME NUMBER]...\n%s\n", program_invocation_short_name, about);
    for (size_t i = 0; i < count; i++) {
        (void)printf("  --%-10s %s (default %zu)\n", options[i].name, options[i].help,
                     options[i].value);
    }
    exit(0);
}

static struct bench_option *find(struct bench_option *options, size_t count, const char *argument)
{
    for (size_t i = 0; i < count; i++) {
        if (strncmp(argument, "--", 2) == 0 && strcmp(argument + 2, options[i].name) == 0) {
            return &options[i];
        }
    }
    bench_fail("there is no option %s; see --help", argument);
}

void bench_options(int argc, char **argv, const char *about, struct bench_option *options,
                   size_t count)
{
    for (int i = 1; i < argc; i += 2) {
        int64_t value = 0;
        if (strcmp(argv[i], "--help") == 0) {
            help(about, options, count);
        }
        struct bench_option *option = find(options, count, argv[i]);
        if (i + 1 == argc || !ens_str_to_i64(ens_str_of(argv[i + 1]), &value) || value < 1) {
            bench_fail("%s expects a number from 1", argv[i]);
        }
        option->value = (size_t)value;
    }
    (void)alarm(LIFE_MAX_S);
}

/* ---- measuring ------------------------------------------------------------------------------ */

static double seconds_of(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

struct bench_watch bench_begin(void)
{
    struct rusage usage;
    struct timespec now;

    (void)getrusage(RUSAGE_SELF, &usage);
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (struct bench_watch){
        .wall_s = (double)now.tv_sec + (double)now.tv_nsec / 1e9,
        .cpu_s = seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime),
    };
}

struct bench_take bench_end(const struct bench_watch *watch)
{
    struct bench_watch now = bench_begin();

    return (struct bench_take){now.wall_s - watch->wall_s, now.cpu_s - watch->cpu_s};
}

static int by_value(const void *a, const void *b)
{
    const double left = *(const double *)a;
    const double right = *(const double *)b;

    return (left > right) - (left < right);
}

double bench_median(double *values, size_t count)
{
    qsort(values, count, sizeof(*values), by_value);
    return count % 2 == 1 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

/* ---- the table ------------------------------------------------------------------------------ */

/* Prints a time with three digits and a suitable unit, in eight columns. */
static void put_time(double s)
{
    static const struct {
        double at_least;
        double factor;
        const char *unit;
    } rows[] = {{1.0, 1.0, "s "}, {1e-3, 1e3, "ms"}, {1e-6, 1e6, "us"}, {0.0, 1e9, "ns"}};
    size_t i = 0;

    while (s < rows[i].at_least) {
        i++;
    }
    const double value = s * rows[i].factor;
    (void)printf("  %5.*f %s", value < 10 ? 2 : value < 100 ? 1 : 0, value, rows[i].unit);
}

static void put_runner(const struct bench_runner *runner, const struct bench_take *takes,
                       const struct bench_take *first, size_t units, size_t rounds)
{
    double *wall = ens_alloc_array(rounds, sizeof(*wall));
    double *cpu = ens_alloc_array(rounds, sizeof(*cpu));
    double *ratio = ens_alloc_array(rounds, sizeof(*ratio));
    double *cpu_ratio = ens_alloc_array(rounds, sizeof(*cpu_ratio));

    for (size_t i = 0; i < rounds; i++) {
        wall[i] = takes[i].wall_s;
        cpu[i] = takes[i].cpu_s;
        ratio[i] = takes[i].wall_s / first[i].wall_s;
        cpu_ratio[i] = takes[i].cpu_s / first[i].cpu_s;
    }
    const double typical = bench_median(wall, rounds);
    (void)printf("  %-34s", runner->name);
    put_time(typical);
    put_time(wall[0]);
    put_time(typical / (double)units);
    (void)printf("  %8.0f", (double)units / typical);
    put_time(bench_median(cpu, rounds) / (double)units);
    (void)printf("  %6.2f  %6.2f\n", bench_median(ratio, rounds), bench_median(cpu_ratio, rounds));
    ens_free(wall);
    ens_free(cpu);
    ens_free(ratio);
    ens_free(cpu_ratio);
}

/* Whether the runner is selected by BENCH_ONLY, a pattern for "title/name"; if unset, all are. */
static bool is_wanted(const char *title, const struct bench_runner *runner)
{
    const char *pattern = getenv("BENCH_ONLY");
    char name[256];

    (void)snprintf(name, sizeof(name), "%s/%s", title, runner->name);
    return pattern == NULL || fnmatch(pattern, name, 0) == 0;
}

void bench_race(const char *title, const char *unit, size_t units,
                const struct bench_runner *runners, size_t count, size_t rounds)
{
    const struct bench_runner **wanted = ens_alloc_array(count, sizeof(*wanted));
    struct bench_take *takes = ens_alloc_array(count * rounds, sizeof(*takes));
    size_t wanted_count = 0;

    for (size_t i = 0; i < count; i++) {
        if (is_wanted(title, &runners[i])) {
            wanted[wanted_count++] = &runners[i];
        }
    }
    for (size_t round = 0; round < rounds; round++) {
        for (size_t i = 0; i < wanted_count; i++) {
            takes[i * rounds + round] = wanted[i]->go(wanted[i]->ud);
        }
    }
    if (wanted_count > 0) {
        (void)printf("\n%s; %zu rounds, unit: %s\n", title, rounds, unit);
        (void)printf("  %-34s  %8s  %8s  %8s  %8s  %8s  %6s  %6s\n", "", "median", "least",
                     "a unit", "units/s", "CPU/unit", "ratio", "of CPU");
    }
    for (size_t i = 0; i < wanted_count; i++) {
        put_runner(wanted[i], &takes[i * rounds], takes, units, rounds);
    }
    (void)fflush(stdout);
    ens_free(takes);
    ens_free(wanted);
}

/* ---- files ---------------------------------------------------------------------------------- */

static char directory[256];
static pid_t owner; /* only this process removes the directory, not its forks */

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    return remove(path);
}

static void remove_directory(void)
{
    if (getpid() == owner) {
        (void)nftw(directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    }
}

const char *bench_directory(void)
{
    if (owner == 0) {
        const char *parent = getenv("TMPDIR");
        (void)snprintf(directory, sizeof(directory), "%s/ensure-bench-XXXXXX",
                       parent == NULL ? "/tmp" : parent);
        if (mkdtemp(directory) == NULL) {
            bench_fail("the directory %s can't be made", directory);
        }
        owner = getpid();
        (void)atexit(remove_directory);
    }
    return directory;
}

const char *bench_write(const char *name, const char *text)
{
    static struct ens_arena *paths;

    if (paths == NULL) {
        paths = ens_arena_new();
    }
    const char *path = ens_arena_printf(paths, "%s/%s", bench_directory(), name).ptr;
    FILE *file = fopen(path, "w");
    if (file == NULL || fputs(text, file) < 0 || fclose(file) != 0) {
        bench_fail("%s can't be written", path);
    }
    return path;
}
