/* SPDX-License-Identifier: Apache-2.0 */
/* A fleet of stopped instances on the three clouds, simulated by a process of ensure-emulator, and
 * an engine that is configured for it. */
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
    struct ens_target_request *targets; /* of all clouds, interleaved */
    size_t count;
    const char *file;             /* the same for the ensure command */
    const char *const *variables; /* endpoints and keys, for programs that are started */
    char *control;                /* URL */
    struct process emulator;
    struct ens_registry *registry;
    struct ens_arena *arena;
};

/* total instances, distributed over the clouds (cloud NULL) or all on one; every reply is delayed
 * by latency_ms. */
void fleet_start(struct fleet *fleet, size_t total, const char *cloud, size_t latency_ms);
/* The same of all clouds, without a delay; instances that are started stay starting. */
void fleet_start_waiting(struct fleet *fleet, size_t total);
void fleet_stop(struct fleet *fleet);

/* Stops every instance and clears the emulator's ledger. */
void fleet_reset(const struct fleet *fleet);

/* The number of requests and of starts since the last reset. */
struct fleet_traffic {
    size_t requests;
    size_t starts;
};
struct fleet_traffic fleet_traffic(const struct fleet *fleet);

/* An engine with the settings of the fleet, without log, audit log, variables and metadata service.
 */
struct ens_engine *fleet_engine(const struct fleet *fleet);

#endif
