/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/interrupt.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/rc.h"
#include "cli/exit_code.h"

/* Global, because signal dispositions belong to the process. The mutex guards all members. */
static struct {
    pthread_mutex_t lock;
    sigset_t signals;
    int event;
    bool held;
    unsigned count; /* signals since the hold */
    const struct ens_interruptible *operation;
} state = {.lock = PTHREAD_MUTEX_INITIALIZER, .event = -1};

static void lock(void)
{
    ENS_ASSERT(pthread_mutex_lock(&state.lock) == 0);
}

static void unlock(void)
{
    ENS_ASSERT(pthread_mutex_unlock(&state.lock) == 0);
}

static void take_signal(void)
{
    const uint64_t one = 1;

    state.count++;
    if (!state.held || state.count > 2 || (state.count == 2 && state.operation == NULL)) {
        _exit(ENS_EXIT_INTERRUPTED);
    }
    if (state.count == 1) {
        ENS_ASSERT(write(state.event, &one, sizeof(one)) == (ssize_t)sizeof(one));
    }
    if (state.operation != NULL && state.count == 1) {
        state.operation->stop(state.operation->ud);
    } else if (state.operation != NULL) {
        state.operation->cancel(state.operation->ud);
    }
}

static void *watch_signals(void *ud)
{
    (void)ud;
    for (;;) {
        int number = 0;
        if (sigwait(&state.signals, &number) == 0) {
            lock();
            take_signal();
            unlock();
        }
    }
    return NULL;
}

static bool is_ignored(int number)
{
    struct sigaction action = {0};

    return sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

ens_rc ens_interrupt_begin(struct ens_diags *diags)
{
    pthread_t thread;
    struct sigaction ignore = {.sa_handler = SIG_IGN};

    state.event = eventfd(0, EFD_CLOEXEC);
    if (state.event < 0) {
        return ens_fail(diags, ENS_LIMIT, NULL,
                        "a free file descriptor is needed and there is none: %s (ulimit -n)",
                        strerror(errno));
    }
    (void)sigemptyset(&state.signals);
    (void)sigaddset(&state.signals, SIGINT);
    (void)sigaddset(&state.signals, SIGTERM);
    if (!is_ignored(SIGHUP)) { /* nohup */
        (void)sigaddset(&state.signals, SIGHUP);
    }
    (void)sigaction(SIGPIPE, &ignore, NULL); /* a closed pipe is an error of write() */
    ENS_ASSERT(pthread_sigmask(SIG_BLOCK, &state.signals, NULL) == 0);
    int error = pthread_create(&thread, NULL, watch_signals, NULL);
    if (error != 0) {
        return ens_fail(diags, ENS_LIMIT, NULL,
                        "a thread is needed and can't be made: %s (ulimit -u, ulimit -v, or the "
                        "container's limit of processes)",
                        strerror(error));
    }
    ENS_ASSERT(pthread_detach(thread) == 0);
    return ENS_OK;
}

void ens_interrupt_hold(void)
{
    lock();
    state.held = true;
    unlock();
}

bool ens_interrupted(void)
{
    lock();
    bool interrupted = state.count > 0;
    unlock();
    return interrupted;
}

int ens_interrupt_fd(void)
{
    return state.event;
}

void ens_interrupt_watch(const struct ens_interruptible *operation)
{
    lock();
    state.operation = operation;
    if (operation != NULL && state.count > 0) {
        operation->stop(operation->ud);
    }
    unlock();
}
