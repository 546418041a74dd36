/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/watch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <grpc/support/time.h>

#include "base/alloc.h"
#include "base/str.h"

#define FDS_TRIED 1024 /* without /proc; new descriptors get the lowest free numbers */

struct ens_watch {
    struct ens_watch_events events;
    const struct ens_log *log;
    pthread_t thread;
    int wake;                   /* eventfd */
    int parent;                 /* pidfd; -1: not supported, or the parent has ended */
    int connection;             /* -1: none */
    atomic_int next_connection; /* a connection to watch next; -1: none */
    atomic_bool terminated;
    atomic_bool shutdown;
    atomic_bool freed;
};

/* Read by the signal handler. */
static _Atomic(struct ens_watch *) watching;

static void wake_up(struct ens_watch *watch)
{
    const uint64_t one = 1;

    (void)!write(watch->wake, &one, sizeof(one));
}

static void on_signal(int number)
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

static void take_next_connection(struct ens_watch *watch)
{
    int next_connection = atomic_exchange(&watch->next_connection, -1);

    if (next_connection >= 0) {
        close_fd(&watch->connection);
        watch->connection = next_connection;
    }
}

/* Waits for an event and handles it; false: the deadline passed. */
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
    take_next_connection(watch);
    return ready != 0;
}

static gpr_timespec in_ms(int64_t ms)
{
    return gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_millis(ms, GPR_TIMESPAN));
}

static void *run(void *ud)
{
    struct ens_watch *watch = ud;
    gpr_timespec deadline = in_ms(ENS_SETTLED_MS);
    bool settled = false;
    bool ending = false;

    while (!atomic_load(&watch->freed)) {
        bool in_time = sleep_until(watch, ending || !settled ? &deadline : NULL);
        if (!in_time && ending) {
            watch->events.overdue(watch->events.ud);
        } else if (!in_time) {
            settled = true;
            watch->events.settled(watch->events.ud);
        }
        bool terminated = atomic_load(&watch->terminated);
        if (!ending && (terminated || atomic_load(&watch->shutdown))) {
            ending = true;
            deadline = in_ms(ENS_SHUTDOWN_MAX_MS);
            if (terminated) {
                watch->events.end(watch->events.ud);
            }
        }
    }
    return NULL;
}

/* The process id of a parent that has ended may have been reused, so getppid is checked after
 * pidfd_open. */
static void watch_parent(struct ens_watch *watch, pid_t parent)
{
    watch->parent = pidfd_open(parent, 0);
    if (getppid() != parent) {
        ens_log(watch->log, ENS_LOG_INFO, "plugin", "the host is gone");
        atomic_store(&watch->terminated, true);
        close_fd(&watch->parent);
        wake_up(watch);
    } else if (watch->parent < 0) {
        ens_log(watch->log, ENS_LOG_WARN, "plugin", "the parent process can't be watched: %s",
                strerror(errno));
    }
}

static void watch_free(struct ens_watch *watch)
{
    take_next_connection(watch);
    close_fd(&watch->connection);
    close_fd(&watch->parent);
    close_fd(&watch->wake);
    ens_free(watch);
}

ens_rc ens_watch_start(const struct ens_watch_events *events, pid_t parent,
                       const struct ens_log *log, struct ens_watch **ret, struct ens_diags *diags)
{
    struct ens_watch *watch = ens_alloc(sizeof(*watch));
    struct sigaction action;

    watch->events = *events;
    watch->log = log;
    watch->connection = -1;
    watch->parent = -1;
    atomic_init(&watch->next_connection, -1);
    watch->wake = eventfd(0, EFD_CLOEXEC);
    int error = watch->wake < 0 ? errno : 0;
    if (error == 0) {
        if (parent != ENS_WATCH_NO_PARENT) {
            watch_parent(watch, parent);
        }
        error = pthread_create(&watch->thread, NULL, run, watch);
    }
    if (error != 0) {
        watch_free(watch);
        return ens_fail(diags, ENS_IO, NULL, "the watch over its end can't be started: %s",
                        strerror(error));
    }
    memset(&action, 0, sizeof(action));
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    atomic_store(&watching, watch);
    (void)sigaction(SIGTERM, &action, NULL);
    if (parent == ENS_WATCH_NO_PARENT) {
        (void)sigaction(SIGINT, &action, NULL);
    }
    *ret = watch;
    return ENS_OK;
}

void ens_watch_connection(struct ens_watch *watch, int fd)
{
    int before = atomic_exchange(&watch->next_connection, fd);

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
    (void)signal(SIGINT, SIG_IGN);
    atomic_store(&watching, NULL);
    atomic_store(&watch->freed, true);
    wake_up(watch);
    (void)pthread_join(watch->thread, NULL);
    watch_free(watch);
}

/* Whether fd is a connection that was accepted at path and whose other end is still open. */
static bool is_connection_to_watch(int fd, const char *path)
{
    struct sockaddr_un name;
    socklen_t size = sizeof(name);
    int listening = 0;
    socklen_t listening_size = sizeof(listening);
    struct pollfd state = {.fd = fd, .events = POLLRDHUP};

    memset(&name, 0, sizeof(name));
    return getsockname(fd, (struct sockaddr *)&name, &size) == 0 && name.sun_family == AF_UNIX &&
           strncmp(name.sun_path, path, sizeof(name.sun_path)) == 0 &&
           getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &listening_size) == 0 &&
           listening == 0 && poll(&state, 1, 0) == 0;
}

static int duplicate_connection(int fd, const char *path)
{
    return is_connection_to_watch(fd, path) ? fcntl(fd, F_DUPFD_CLOEXEC, 0) : -1;
}

int ens_watch_find_connection(const char *path)
{
    DIR *entries = opendir("/proc/self/fd");
    int found = -1;

    for (int fd = 0; entries == NULL && fd < FDS_TRIED && found < 0; fd++) { /* no /proc */
        found = duplicate_connection(fd, path);
    }
    while (entries != NULL && found < 0) {
        const struct dirent *entry = readdir(entries);
        int64_t fd = 0;
        if (entry == NULL) {
            break;
        }
        if (ens_str_to_i64(ens_str_of(entry->d_name), &fd)) {
            found = duplicate_connection((int)fd, path);
        }
    }
    if (entries != NULL) {
        (void)closedir(entries);
    }
    return found;
}
