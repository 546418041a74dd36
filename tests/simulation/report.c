/* SPDX-License-Identifier: Apache-2.0 */
#include "report.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static struct sim_report *report; /* of this process and its children */

struct sim_report *sim_report_new(void)
{
    void *shared =
        mmap(NULL, sizeof(*report), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (shared == MAP_FAILED) {
        perror("mmap");
        exit(2);
    }
    report = shared;
    return report;
}

void sim_report_note(uint64_t seed, const char *text)
{
    bool expected = false;

    if (atomic_compare_exchange_strong(&report->failed, &expected, true)) {
        report->seed = seed;
        (void)snprintf(report->text, sizeof(report->text), "%s", text);
        atomic_store(&report->stop, true);
    }
}

void sim_report_failure(const struct sim *sim, const char *text)
{
    sim_report_note(sim->seed, text);
    (void)fflush(stdout);
    _exit(SIM_EXIT_FAILED);
}
