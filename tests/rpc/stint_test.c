/* SPDX-License-Identifier: Apache-2.0 */
/* Sleeps that end when another thread has used processor time. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "rpc/stint.h"

#define STEP_MS  1
#define PAUSE_MS 50

static pthread_t worker;
static atomic_int error = -1;
static atomic_uint ends; /* sleeps that have ended */
static atomic_bool left;

static void *sleep_on(void *ud)
{
    struct ens_stint stint;

    atomic_store(&error, ens_stint_begin(&stint, worker, STEP_MS));
    if (atomic_load(&error) != 0) {
        return ud;
    }
    while (!atomic_load(&left)) {
        ens_stint_sleep();
        (void)atomic_fetch_add(&ends, 1);
    }
    ens_stint_end(&stint);
    return ud;
}

static void pause_ms(long ms)
{
    const struct timespec time = {.tv_nsec = ms * 1000000L};

    (void)nanosleep(&time, NULL);
}

/* This thread is the worker. */
static void test_only_work_ends_a_sleep(void **state)
{
    sigset_t before;
    pthread_t sleeper;

    (void)state;
    worker = pthread_self();
    ens_stint_block(&before);
    assert_int_equal(pthread_create(&sleeper, NULL, sleep_on, NULL), 0);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    while (atomic_load(&ends) < 3 && atomic_load(&error) <= 0) { /* busy */
    }
    pause_ms(PAUSE_MS); /* what was due has ended */
    const unsigned busy = atomic_load(&ends);
    pause_ms(PAUSE_MS);
    const unsigned idle = atomic_load(&ends);
    atomic_store(&left, true);
    if (atomic_load(&error) == 0) {
        ens_stint_wake(sleeper);
    }
    (void)pthread_join(sleeper, NULL);
    assert_int_equal(error, 0);
    assert_in_range(idle - busy, 0, 1); /* what was left of a step */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_only_work_ends_a_sleep),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
