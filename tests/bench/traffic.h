/* SPDX-License-Identifier: Apache-2.0 */
/* The requests that a plan or an apply of a fleet comes to when all goes well, written out and
 * signed, so that they can be sent without further thought. */
#ifndef ENSURE_TESTS_BENCH_TRAFFIC_H
#define ENSURE_TESTS_BENCH_TRAFFIC_H

#include "core/task.h"
#include "fleet.h"
#include "load.h"

#define TRAFFIC_CONNECTIONS 16 /* to one host, as the engine has */

struct traffic {
    struct ens_arena *arena;
    struct load_endpoint endpoints[FLEET_CLOUDS];
    size_t requests; /* of all endpoints */
};

/* Every instance is read once; a plan has dry runs where the cloud knows them, an apply starts and
 * a second read. Signatures, nonces and tokens are good for one use and some minutes. */
void traffic_init(struct traffic *traffic, const struct fleet *fleet, enum ens_mode mode);
void traffic_done(struct traffic *traffic);

#endif
