/* SPDX-License-Identifier: Apache-2.0 */
/* The requests of a plan or an apply of a fleet without errors, built and signed, for the load
 * generator. */
#ifndef ENSURE_TESTS_BENCH_TRAFFIC_H
#define ENSURE_TESTS_BENCH_TRAFFIC_H

#include "core/task.h"
#include "fleet.h"
#include "load.h"

#define TRAFFIC_CONNECTIONS 16 /* to one host, as in the engine */

struct traffic {
    struct ens_arena *arena;
    struct load_endpoint endpoints[FLEET_CLOUDS];
    size_t requests; /* of all endpoints */
};

/* Every instance is read once; a plan has dry runs if the cloud has them, an apply has starts and a
 * second read. Signatures, nonces and tokens can be used once, for some minutes. */
void traffic_init(struct traffic *traffic, const struct fleet *fleet, enum ens_mode mode);
void traffic_done(struct traffic *traffic);

#endif
