/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/watch.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include <grpc/support/time.h>

#include "base/alloc.h"

struct ens_watch {
    struct ens_watch_events events;
    const struct ens_log *log;
    pthread_t thread;
    int wake;         /* eventfd */
    int parent;       /* pidfd; -1: the system has none, or it is gone */
    int connection;   /* -1: none */
    atomic_int given; /* the next connection; -1: none */
    atomic_bool terminated;
    atomic_bool shutdown;
    atomic_bool freed;
};

/* For the signal handler. */
static _Atomic(struct ens_watch *) watching;

static void wake_up(struct ens_watch *watch)
{
    const uint64_t one = 1;

    (void)!write(watch->wake, &one, sizeof(one));
}

static void on_sigterm(int number)
{
    int saved = errno;
    struct ens_watch *watch = atomic_load(&watching);

    (void)number;
    if (watch != NULL) {
        atomic_store(&watch->terminated, true);
        wake_up(watch);
    }
    errno = saved;
}

static int left_ms(gpr_timespec deadline)
{
    int left = gpr_time_to_millis(gpr_time_sub(deadline, gpr_now(GPR_CLOCK_MONOTONIC)));

    return left < 0 ? 0 : left;
}

static void close_fd(int *fd)
{
    if (*fd >= 0) {
        (void)close(*fd);
    }
    *fd = -1;
}

static void take_given(struct ens_watch *watch)
{
    int given = atomic_exchange(&watch->given, -1);

    if (given >= 0) {
        close_fd(&watch->connection);
        watch->connection = given;
    }
}

/* Sleeps until something happens; false: the time is over. */
static bool sleep_until(struct ens_watch *watch, const gpr_timespec *deadline)
{
    struct pollfd fds[] = {{.fd = watch->wake, .events = POLLIN},
                           {.fd = watch->parent, .events = POLLIN},
                           {.fd = watch->connection, .events = POLLRDHUP}};
    uint64_t count = 0;

    int ready = poll(fds, ENS_COUNT(fds), deadline == NULL ? -1 : left_ms(*deadline));
    if (ready > 0 && fds[0].revents != 0) {
        (void)!read(watch->wake, &count, sizeof(count));
    }
    if (ready > 0 && fds[1].revents != 0) {
        ens_log(watch->log, ENS_LOG_INFO, "plugin", "the host is gone");
        atomic_store(&watch->terminated, true);
        close_fd(&watch->parent);
    }
    if (ready > 0 && fds[2].revents != 0) {
        close_fd(&watch->connection);
        watch->events.disconnected(watch->events.ud);
    }
    take_given(watch);
    return ready != 0;
}

static void *run(void *ud)
{
    struct ens_watch *watch = ud;
    gpr_timespec deadline = gpr_inf_future(GPR_CLOCK_MONOTONIC);
    bool ending = false;

    while (!atomic_load(&watch->freed)) {
        if (!sleep_until(watch, ending ? &deadline : NULL)) {
            watch->events.overdue(watch->events.ud);
        }
        bool terminated = atomic_load(&watch->terminated);
        if (!ending && (terminated || atomic_load(&watch->shutdown))) {
            ending = true;
            deadline = gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                                    gpr_time_from_millis(ENS_SHUTDOWN_MAX_MS, GPR_TIMESPAN));
            if (terminated) {
                watch->events.end(watch->events.ud);
            }
        }
    }
    return NULL;
}

struct ens_watch *ens_watch_start(const struct ens_watch_events *events, const struct ens_log *log)
{
    struct ens_watch *watch = ens_alloc(sizeof(*watch));
    struct sigaction action;

    watch->events = *events;
    watch->log = log;
    watch->connection = -1;
    atomic_init(&watch->given, -1);
    watch->parent = pidfd_open(getppid(), 0);
    if (watch->parent < 0) {
        ens_log(log, ENS_LOG_WARN, "plugin", "the parent process can't be watched: %s",
                strerror(errno));
    }
    watch->wake = eventfd(0, EFD_CLOEXEC);
    ENS_ASSERT(watch->wake >= 0);
    int error = pthread_create(&watch->thread, NULL, run, watch);
    ENS_ASSERT(error == 0);
    memset(&action, 0, sizeof(action));
    action.sa_handler = on_sigterm;
    action.sa_flags = SA_RESTART;
    atomic_store(&watching, watch);
    (void)sigaction(SIGTERM, &action, NULL);
    return watch;
}

void ens_watch_connection(struct ens_watch *watch, int fd)
{
    int before = atomic_exchange(&watch->given, fd);

    close_fd(&before);
    wake_up(watch);
}

void ens_watch_shutdown(struct ens_watch *watch)
{
    atomic_store(&watch->shutdown, true);
    wake_up(watch);
}

void ens_watch_free(struct ens_watch *watch)
{
    if (watch == NULL) {
        return;
    }
    (void)signal(SIGTERM, SIG_IGN);
    atomic_store(&watching, NULL);
    atomic_store(&watch->freed, true);
    wake_up(watch);
    (void)pthread_join(watch->thread, NULL);
    take_given(watch);
    close_fd(&watch->connection);
    close_fd(&watch->parent);
    close_fd(&watch->wake);
    ens_free(watch);
}
