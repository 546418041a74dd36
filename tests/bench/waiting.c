/* SPDX-License-Identifier: Apache-2.0 */
/* An apply of stopped instances, on a virtual clock: how long after an instance runs at the cloud
 * it is told, and how many reads that takes, for boots of different length. One run of each: it has
 * the same numbers each time. */
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "bench.h"
#include "core/task_context.h"
#include "fake_net.h"

#define LATENCY_MS    10 /* of fake_net.c */
#define INSTANCES_MAX 10000

struct cloud {
    size_t count;
    int64_t boot_ms;
    int64_t accepted_ms[INSTANCES_MAX]; /* 0: not started */
    double told_ms[INSTANCES_MAX];      /* after it ran */
    size_t told;
};

static struct cloud cloud; /* fake_net.c takes one net at a time */

static size_t index_of(ens_str id)
{
    return strtoul(id.ptr + 2, NULL, 10) - 1; /* "i-N" */
}

static void answer(void *ud, const struct net_request *request, struct net_reply *ret)
{
    (void)ud;
    for (size_t i = 0; i < request->id_count; i++) {
        const size_t index = index_of(request->ids[i]);
        const int64_t accepted_ms = cloud.accepted_ms[index];
        if (request->kind == ENS_CALL_START) {
            cloud.accepted_ms[index] = net_now();
        } else {
            ens_buf_addf(&ret->text, "seen %.*s %s\n", ENS_STR_ARG(request->ids[i]),
                         accepted_ms == 0                           ? "DOWN"
                         : net_now() - accepted_ms >= cloud.boot_ms ? "UP"
                                                                    : "BOOTING");
        }
    }
}

static void on_event(struct net_job *job, size_t index, const struct ens_result *result, bool final)
{
    (void)job;
    if (final && result->status == ENS_STATUS_RUNNING) {
        cloud.told_ms[cloud.told++] =
            (double)(net_now() - cloud.accepted_ms[index] - cloud.boot_ms);
    }
}

/* The reads of an instance that was started alone, if each pause is 1.3 times the one before: the
 * first 0.5 s after the start, at most 5 s. The rule of plugin/core has 1.25. */
static size_t least_reads(int64_t boot_ms)
{
    int64_t pause_ms = ENS_POLL_FIRST_MS;
    int64_t at_ms = pause_ms;
    size_t reads = 1;

    while (at_ms < boot_ms) {
        pause_ms += pause_ms * 3 / 10;
        pause_ms = pause_ms > ENS_POLL_MAX_MS ? ENS_POLL_MAX_MS : pause_ms;
        at_ms += pause_ms + LATENCY_MS;
        reads++;
    }
    return reads;
}

static void measure(size_t count, int64_t boot_ms, unsigned start_limit)
{
    struct net net;
    struct net_job job;
    struct net_job *jobs[] = {&job};

    cloud.count = count;
    cloud.boot_ms = boot_ms;
    cloud.told = 0;
    for (size_t i = 0; i < count; i++) {
        cloud.accepted_ms[i] = 0;
    }
    net_init(&net);
    net.answer = answer;
    net.provider.start_limit = start_limit;
    net.provider.capabilities = start_limit == 1 ? ENS_CAP_DRY_RUN | ENS_CAP_CLIENT_TOKEN : 0;
    net.provider.dry_run_limit = start_limit == 1 ? 1 : 0;
    net_begin(&net);
    net_job_init(&job, ENS_MODE_APPLY, "moon", "i-", count);
    job.hook = on_event;
    net_run(&net, jobs, 1);
    if (cloud.told != count) {
        bench_fail("%zu of %zu instances are told to run", cloud.told, count);
    }
    const size_t calls = (count + net.provider.describe_limit - 1) / net.provider.describe_limit;
    const size_t least = calls * (1 + least_reads(boot_ms)); /* and those before the starts */
    const double median = bench_median(cloud.told_ms, count);
    (void)printf("  %5.0f s  %6zu  %8.2f s  %8.2f s  %8.2f s  %7u  %7zu  %6.2f\n",
                 (double)boot_ms / 1000, count, median / 1000, cloud.told_ms[count - 1] / 1000,
                 0.5 + (double)boot_ms / 10000, net.calls[ENS_CALL_READ], least,
                 (double)net.calls[ENS_CALL_READ] / (double)least);
    net_job_done(&job);
    net_done(&net);
}

int main(int argc, char **argv)
{
    static const int64_t boots_ms[] = {1000, 5000, 60000, 300000};
    static const unsigned limits[] = {100, 1};
    struct bench_option options[] = {{"instances", "in the larger fleet, at most 10000", 1000}};

    bench_options(argc, argv, "Waiting for instances that boot.", options, ENS_COUNT(options));
    const size_t most = options[0].value < INSTANCES_MAX ? options[0].value : (size_t)INSTANCES_MAX;
    for (size_t i = 0; i < ENS_COUNT(limits); i++) {
        (void)printf("\nstarts of %u id%s; replies after %d ms of a virtual clock\n", limits[i],
                     limits[i] == 1 ? "" : "s", LATENCY_MS);
        (void)printf("  %7s  %6s  %10s  %10s  %10s  %7s  %7s  %6s\n", "boot", "count", "told after",
                     "at most", "the aim", "reads", "least", "ratio");
        for (size_t j = 0; j < ENS_COUNT(boots_ms); j++) {
            measure(1, boots_ms[j], limits[i]);
            measure(most, boots_ms[j], limits[i]);
        }
    }
    return 0;
}
