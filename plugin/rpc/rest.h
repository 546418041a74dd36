/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rests: times during which calls send nothing, so that messages gather and are sent as one. All
 * have the same length, so the first that began is the first that ends. A rest is part of its call
 * and holds a reference to it while it is in the list. Thread-safe.
 */
#ifndef ENSURE_RPC_REST_H
#define ENSURE_RPC_REST_H

#include <pthread.h>
#include <stdbool.h>

#include <grpc/support/time.h>

#define ENS_RPC_REST_MS 40

struct ens_rpc_call;

struct ens_rest {
    struct ens_rpc_call *call;
    gpr_timespec until;
    struct ens_rest *next;
    struct ens_rest *previous;
    bool listed;
};

struct ens_rests {
    pthread_mutex_t lock;
    struct ens_rest *first;
    struct ens_rest *last;
};

void ens_rests_init(struct ens_rests *rests);
void ens_rests_done(struct ens_rests *rests); /* none is listed */

void ens_rest_begin(struct ens_rests *rests, struct ens_rest *rest);

/* Ends the rest early. False: it is not listed, because ens_rest_next has ended it. */
bool ens_rest_end(struct ens_rests *rests, struct ens_rest *rest);

/* The call of a rest that is over, which is removed; NULL if there is none: then *until becomes the
 * end of the next one, if that is before. */
struct ens_rpc_call *ens_rest_next(struct ens_rests *rests, gpr_timespec *until);

#endif
