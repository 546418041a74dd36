/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A minimal HTTP load generator, to measure the maximum rate of an endpoint with one thread. It
 * sends requests that were built and signed before over persistent connections, on each the next
 * one as soon as the reply to the previous one is complete, and checks only the status and length
 * of replies.
 */
#ifndef ENSURE_TESTS_BENCH_LOAD_H
#define ENSURE_TESTS_BENCH_LOAD_H

#include "base/arena.h"

struct load_endpoint {
    unsigned port;           /* on 127.0.0.1 */
    const ens_str *requests; /* in wire format, in the order of sending */
    size_t count;
    size_t connections;
};

/* A reply must have a status of 2xx, or 400 or 412, which a passed dry run has; else the program
 * ends with a message. */
void load_run(const struct load_endpoint *endpoints, size_t count);

#endif
