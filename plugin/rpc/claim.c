/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/claim.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <grpc/support/cpu.h>

#include "base/alloc.h"

/* Threads of core 1.51: executors and timer manager (grpc_init), then pool and timer of the event
 * engine. */
#define INIT_THREADS   3
#define POOL_MIN       2
#define POOL_MAX       32 /* one per processor within these limits */
#define TIMER_THREADS  1
#define GROWTH_THREADS 2 /* measured maximum of later additions, with 5,000 instances */

struct slot {
    struct ens_claim *claim;
    unsigned index;
    pthread_t thread;
};

struct ens_claim {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct slot *slots;
    unsigned count; /* of threads that exist */
    unsigned kept;  /* threads with a lower index release_down_to sleeping */
};

static void *sleep_until_released(void *ud)
{
    const struct slot *slot = ud;
    struct ens_claim *claim = slot->claim;

    (void)pthread_mutex_lock(&claim->lock);
    while (slot->index < claim->kept) {
        (void)pthread_cond_wait(&claim->changed, &claim->lock);
    }
    (void)pthread_mutex_unlock(&claim->lock);
    return NULL;
}

static void release_down_to(struct ens_claim *claim, unsigned kept)
{
    (void)pthread_mutex_lock(&claim->lock);
    claim->kept = kept;
    (void)pthread_cond_broadcast(&claim->changed);
    (void)pthread_mutex_unlock(&claim->lock);
    while (claim->count > kept) {
        (void)pthread_join(claim->slots[--claim->count].thread, NULL);
    }
}

static unsigned pool_threads(void)
{
    unsigned processors = gpr_cpu_num_cores();

    return processors < POOL_MIN ? POOL_MIN : processors > POOL_MAX ? POOL_MAX : processors;
}

static ens_rc check_descriptors(unsigned count, struct ens_diags *diags)
{
    int *fds = ens_alloc_array(count, sizeof(*fds));
    unsigned got = 0;
    int error = 0;

    while (got < count && error == 0) {
        fds[got] = eventfd(0, EFD_CLOEXEC);
        error = fds[got] < 0 ? errno : 0;
        got += error == 0 ? 1 : 0;
    }
    for (unsigned i = 0; i < got; i++) {
        (void)close(fds[i]);
    }
    ens_free(fds);
    if (error != 0) {
        return ens_fail(diags, ENS_LIMIT, NULL,
                        "%u free file descriptors are needed and there are %u: %s (ulimit -n)",
                        count, got, strerror(error));
    }
    return ENS_OK;
}

static ens_rc make_threads(struct ens_claim *claim, unsigned count, struct ens_diags *diags)
{
    int error = 0;

    claim->slots = ens_alloc_array(count, sizeof(*claim->slots));
    claim->kept = count;
    while (claim->count < count && error == 0) {
        struct slot *slot = &claim->slots[claim->count];
        *slot = (struct slot){.claim = claim, .index = claim->count};
        error = pthread_create(&slot->thread, NULL, sleep_until_released, slot);
        claim->count += error == 0 ? 1 : 0;
    }
    if (error != 0) {
        return ens_fail(
            diags, ENS_LIMIT, NULL,
            "%u threads are needed and %u can be made: %s (ulimit -u, ulimit -v, or the "
            "container's limit of processes)",
            count, claim->count, strerror(error));
    }
    return ENS_OK;
}

ens_rc ens_claim_new(unsigned descriptors, unsigned own_threads, struct ens_claim **ret,
                     struct ens_diags *diags)
{
    unsigned threads = INIT_THREADS + pool_threads() + TIMER_THREADS + GROWTH_THREADS + own_threads;

    ens_rc rc = check_descriptors(descriptors, diags);
    if (rc != ENS_OK) {
        return rc;
    }
    struct ens_claim *claim = ens_alloc(sizeof(*claim));
    (void)pthread_mutex_init(&claim->lock, NULL);
    (void)pthread_cond_init(&claim->changed, NULL);
    rc = make_threads(claim, threads, diags);
    if (rc != ENS_OK) {
        ens_claim_free(claim);
        return rc;
    }
    *ret = claim;
    return ENS_OK;
}

void ens_claim_begin_core(struct ens_claim *claim)
{
    release_down_to(claim, claim->count - INIT_THREADS);
}

void ens_claim_free(struct ens_claim *claim)
{
    if (claim == NULL) {
        return;
    }
    release_down_to(claim, 0);
    (void)pthread_cond_destroy(&claim->changed);
    (void)pthread_mutex_destroy(&claim->lock);
    ens_free(claim->slots);
    ens_free(claim);
}
