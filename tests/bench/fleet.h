/* SPDX-License-Identifier: Apache-2.0 */
/* A fleet of stopped instances on the three clouds, played by ensure-emulator in a process of its
 * own, and an engine of this process that knows the way there. */
#ifndef ENSURE_TESTS_BENCH_FLEET_H
#define ENSURE_TESTS_BENCH_FLEET_H

#include "engine/engine.h"
#include "process.h"

#define FLEET_CLOUDS 3

struct fleet_cloud {
    const char *name;
    const char *region;
    const char *access_key;
    const char *secret_key;
    size_t count; /* of instances */
    ens_str *ids; /* in byte order: i-bench-000001 ... */
    char *url;
    const struct ens_provider *provider;
};

struct fleet {
    struct fleet_cloud clouds[FLEET_CLOUDS];
    struct ens_target_request *targets; /* of all clouds, by turns */
    size_t count;
    const char *file;             /* the same for the ensure command */
    const char *const *variables; /* endpoints and keys, for programs that are started */
    char *control;                /* URL */
    struct process emulator;
    struct ens_registry *registry;
    struct ens_arena *arena;
};

/* total instances, spread over the clouds (cloud NULL) or all on one; replies come latency_ms late.
 */
void fleet_start(struct fleet *fleet, size_t total, const char *cloud, size_t latency_ms);
void fleet_stop(struct fleet *fleet);

/* Every instance is stopped again, and the emulator's ledger empty. */
void fleet_reset(const struct fleet *fleet);

/* How many requests the emulator had since then, and how often it started an instance. */
struct fleet_traffic {
    size_t requests;
    size_t starts;
};
struct fleet_traffic fleet_traffic(const struct fleet *fleet);

/* Its settings are the fleet's; no log, no audit log, nothing from the environment. */
struct ens_engine *fleet_engine(const struct fleet *fleet);

#endif
