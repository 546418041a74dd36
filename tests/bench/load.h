/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bare HTTP load generator: the most that one thread gets out of an endpoint. It sends requests
 * that were written and signed before, over connections that are kept, on each the next one as soon
 * as the reply to the one before is there, and looks at nothing but its status and its length.
 */
#ifndef ENSURE_TESTS_BENCH_LOAD_H
#define ENSURE_TESTS_BENCH_LOAD_H

#include "base/arena.h"

struct load_endpoint {
    unsigned port;           /* on 127.0.0.1 */
    const ens_str *requests; /* as they stand on the wire, in the order of sending */
    size_t count;
    size_t connections;
};

/* Replies other than 2xx are fine only if their status is the one that dry runs are passed with:
 * 400 or 412. Everything else ends the program. */
void load_run(const struct load_endpoint *endpoints, size_t count);

#endif
