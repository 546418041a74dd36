/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The work of another thread, by its processor time: a sleep until that thread has used some more
 * of it. A thread that only waits ends no sleep, so that an idle process stays asleep.
 */
#ifndef ENSURE_RPC_STINT_H
#define ENSURE_RPC_STINT_H

#include <pthread.h>
#include <signal.h>
#include <time.h>

struct ens_stint {
    timer_t timer;
};

/* Blocks the signal that ends sleeps, in the calling thread: threads that it creates sleep with it,
 * and must not be interrupted. *before is for pthread_sigmask. */
void ens_stint_block(sigset_t *before);

/* On the thread that will sleep, which was created after ens_stint_block: measures the worker from
 * now on, in steps of ms of its processor time. Returns an errno value, 0 for success. */
int ens_stint_begin(struct ens_stint *stint, pthread_t worker, unsigned ms);

/* Sleeps until the worker has completed a step since the last sleep, or ens_stint_wake. */
void ens_stint_sleep(void);

/* Ends a sleep of the thread, or its next one; on any thread. */
void ens_stint_wake(pthread_t sleeper);

void ens_stint_end(struct ens_stint *stint);

#endif
