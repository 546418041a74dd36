/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/stint.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/rc.h"

#define SIGNAL SIGVTALRM /* nothing else uses it */
#define MS_NS  1000000L

#ifndef sigev_notify_thread_id /* the C library of Debian 12 does not name it */
#define sigev_notify_thread_id _sigev_un._tid
#endif

static void signal_alone(sigset_t *set)
{
    (void)sigemptyset(set);
    (void)sigaddset(set, SIGNAL);
}

void ens_stint_block(sigset_t *before)
{
    sigset_t set;

    signal_alone(&set);
    (void)pthread_sigmask(SIG_BLOCK, &set, before);
}

int ens_stint_begin(struct ens_stint *stint, pthread_t worker, unsigned ms)
{
    struct sigevent event;
    clockid_t clock = 0;

    ENS_ASSERT(ms < 1000);
    const struct timespec step = {.tv_nsec = (long)ms * MS_NS};
    const struct itimerspec steps = {.it_interval = step, .it_value = step};
    memset(&event, 0, sizeof(event));
    event.sigev_notify = SIGEV_THREAD_ID;
    event.sigev_signo = SIGNAL;
    event.sigev_notify_thread_id = gettid();
    int error = pthread_getcpuclockid(worker, &clock);
    if (error != 0) {
        return error;
    }
    if (timer_create(clock, &event, &stint->timer) != 0) {
        return errno;
    }
    if (timer_settime(stint->timer, 0, &steps, NULL) != 0) {
        error = errno;
        ens_stint_end(stint);
    }
    return error;
}

void ens_stint_sleep(void)
{
    sigset_t set;
    int number = 0;

    signal_alone(&set);
    (void)sigwait(&set, &number);
}

void ens_stint_wake(pthread_t sleeper)
{
    (void)pthread_kill(sleeper, SIGNAL);
}

void ens_stint_end(struct ens_stint *stint)
{
    (void)timer_delete(stint->timer);
}
