/* SPDX-License-Identifier: Apache-2.0 */
#include "simulation.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "fleet.h"
#include "memory.h"
#include "network.h"
#include "process.h"
#include "report.h"
#include "support/providers.h"
#include "watch.h"

#define EVENTS_MAX UINT64_C(3000000) /* more than any run needs */
#define CALM_STEPS 20000             /* of one millisecond */

/* ---- messages ------------------------------------------------------------------------------- */

void sim_fail(const struct sim *sim, const char *format, ...)
{
    char text[800];
    va_list args;
    int used =
        snprintf(text, sizeof(text), "at %lld ms: ", (long long)(sim->now_ms - SIM_START_MS));

    va_start(args, format);
    (void)vsnprintf(text + used, sizeof(text) - (size_t)used, format, args);
    va_end(args);
    sim_report_failure(sim, text);
}

void sim_note(const struct sim *sim, const char *format, ...)
{
    va_list args;

    if (!sim->trace) {
        return;
    }
    (void)printf("%8lld ms  ", (long long)(sim->now_ms - SIM_START_MS));
    va_start(args, format);
    (void)vprintf(format, args);
    va_end(args);
    (void)putchar('\n');
}

const char *sim_target_text(const struct sim *sim, const struct sim_instance *instance)
{
    return ens_arena_printf(sim->arena, "%s/%s/%s", emu_cloud_name(instance->cloud),
                            instance->region, instance->id)
        .ptr;
}

/* ---- errands -------------------------------------------------------------------------------- */

void sim_errand_add(struct sim *sim, struct sim_errand errand)
{
    if (sim->errand_count == SIM_ERRANDS_MAX) {
        sim_fail(sim, "too many errands");
    }
    sim->errands[sim->errand_count++] = errand;
}

static void begin_trouble(struct sim *sim)
{
    const size_t cloud = sim_below(&sim->others, EMU_CLOUDS);

    sim->sts_trouble[cloud] = (enum sim_trouble)sim_below(&sim->others, SIM_TROUBLE_COUNT);
    sim->sts_trouble_until_ms[cloud] = sim->now_ms + sim_scaled(&sim->others, 1, 60000);
    sim_note(sim, "the STS of %s has trouble %d", emu_cloud_name((enum emu_cloud)cloud),
             sim->sts_trouble[cloud]);
}

static void run_errand(struct sim *sim, const struct sim_errand *errand)
{
    switch (errand->kind) {
    case SIM_ERRAND_JOB:
        sim_operator_next(errand->owner);
        break;
    case SIM_ERRAND_CANCEL:
        sim_job_cancel(errand->job);
        break;
    case SIM_ERRAND_DEATH:
        if (!errand->job->done && !errand->job->abandoned) {
            sim_process_die(errand->job->process);
        }
        break;
    case SIM_ERRAND_OTHER:
        sim_others_act(sim);
        break;
    case SIM_ERRAND_OUTAGE:
        sim->outage_until_ms[sim_below(&sim->others, EMU_CLOUDS)] =
            sim->now_ms + sim_scaled(&sim->others, 1, 60000);
        sim_note(sim, "a cloud is down");
        break;
    case SIM_ERRAND_STS:
        begin_trouble(sim);
        break;
    case SIM_ERRAND_REVOKE:
        emu_emulator_revoke(&sim->emulator);
        sim_note(sim, "all temporary keys are revoked");
        break;
    }
}

static size_t first_errand(const struct sim *sim)
{
    size_t first = 0;

    for (size_t i = 1; i < sim->errand_count; i++) {
        if (sim->errands[i].at_ms < sim->errands[first].at_ms) {
            first = i;
        }
    }
    return first;
}

static void run_errands(struct sim *sim)
{
    while (sim->errand_count > 0) {
        const size_t first = first_errand(sim);
        const struct sim_errand errand = sim->errands[first];
        if (errand.at_ms > sim->now_ms) {
            return;
        }
        sim->errand_count--;
        memmove(&sim->errands[first], &sim->errands[first + 1],
                (sim->errand_count - first) * sizeof(errand));
        run_errand(sim, &errand);
        sim->events++;
    }
}

/* ---- the run -------------------------------------------------------------------------------- */

static int64_t next_time(const struct sim *sim)
{
    const int64_t network = sim_network_next(sim);
    int64_t next = sim_processes_next(sim);

    next = network < next ? network : next;
    if (sim->errand_count > 0) {
        const int64_t errand = sim->errands[first_errand(sim)].at_ms;
        next = errand < next ? errand : next;
    }
    return next;
}

static void run_all(struct sim *sim)
{
    int64_t next;
    unsigned still = 0;

    while ((next = next_time(sim)) != SIM_NEVER) {
        still = next <= sim->now_ms ? still + 1 : 0;
        sim->now_ms = next > sim->now_ms ? next : sim->now_ms;
        run_errands(sim);
        sim_network_run(sim);
        sim_processes_step(sim);
        sim_watch_step(sim);
        if (still > CALM_STEPS || sim->events > EVENTS_MAX) {
            sim_fail(sim, "it goes on without end");
        }
    }
}

static int64_t mono_ms(void *ud)
{
    const struct sim *sim = ud;

    return sim->now_ms;
}

static int64_t unix_ms(void *ud)
{
    return mono_ms(ud) - SIM_MONO_MS;
}

static void build(struct sim *sim)
{
    ENS_AUTO_DIAGS diags = {0};

    sim->arena = ens_arena_new();
    sim->now_ms = SIM_START_MS;
    sim->chance = sim_chance_new(sim->seed, 1);
    sim->network = sim_chance_new(sim->seed, 2);
    sim->others = sim_chance_new(sim->seed, 3);
    sim->emulator.clock = (struct ens_clock){unix_ms, mono_ms, sim};
    sim->registry = ens_registry_empty();
    for (size_t i = 0; i < TEST_PROVIDER_COUNT; i++) {
        if (ens_registry_add(sim->registry, test_provider(i), "simulation", &diags) != ENS_OK) {
            sim_fail(sim, "%s", diags.items[0].summary);
        }
    }
    sim_draw(sim);
}

void sim_run(struct sim *sim)
{
    const long before = sim_memory_blocks();

    build(sim);
    run_all(sim);
    sim_watch_end(sim);
    sim_processes_done(sim);
    sim_network_done(sim);
    emu_emulator_done(&sim->emulator);
    ens_registry_free(sim->registry);
    ens_arena_free(sim->arena);
    const long left = sim_memory_blocks() - before;
    if (left != 0) {
        sim_fail(sim, "%ld blocks of memory are left", left);
    }
}
