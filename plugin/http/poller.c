/* SPDX-License-Identifier: Apache-2.0 */
#include "http/poller.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/alloc.h"

#define FIRST_CAPACITY ((size_t)64)

static bool control(const struct ens_poller *poller, int operation, int fd, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.fd = fd};

    return epoll_ctl(poller->epoll, operation, fd, &event) == 0;
}

static struct ens_poller_socket *socket_of(struct ens_poller *poller, int fd)
{
    const size_t at = (size_t)fd;

    if (at >= poller->capacity) {
        size_t capacity = poller->capacity == 0 ? FIRST_CAPACITY : poller->capacity;
        while (capacity <= at) {
            capacity *= 2;
        }
        poller->sockets = ens_realloc_array(poller->sockets, poller->capacity, capacity,
                                            sizeof(*poller->sockets));
        poller->capacity = capacity;
    }
    return &poller->sockets[at];
}

/* Makes epoll report what is wanted. */
static void apply(struct ens_poller *poller, int fd, struct ens_poller_socket *socket)
{
    if (socket->registered == socket->wanted) {
        return;
    }
    if (socket->wanted == 0) {
        (void)control(poller, EPOLL_CTL_DEL, fd, 0); /* fails if it was closed */
    } else if (socket->registered != 0) {
        ENS_ASSERT(control(poller, EPOLL_CTL_MOD, fd, socket->wanted));
    } else { /* fails if the kernel is out of memory */
        ENS_ASSERT(control(poller, EPOLL_CTL_ADD, fd, socket->wanted));
    }
    socket->registered = socket->wanted;
}

ens_rc ens_poller_init(struct ens_poller *poller, struct ens_diags *diags)
{
    *poller = (struct ens_poller){
        .epoll = epoll_create1(EPOLL_CLOEXEC),
        .wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
    };
    /* Edge-triggered: each write is reported once, without being read. */
    if (poller->epoll < 0 || poller->wake < 0 ||
        !control(poller, EPOLL_CTL_ADD, poller->wake, EPOLLIN | EPOLLET)) {
        const int error = errno;
        ens_poller_done(poller);
        return ens_fail(diags, ENS_IO, NULL, "the HTTP client can't be started: %s",
                        strerror(error));
    }
    return ENS_OK;
}

void ens_poller_done(struct ens_poller *poller)
{
    if (poller->wake >= 0) {
        (void)close(poller->wake);
    }
    if (poller->epoll >= 0) {
        (void)close(poller->epoll);
    }
    ens_free(poller->sockets);
}

void ens_poller_opened(struct ens_poller *poller, int fd)
{
    struct ens_poller_socket *socket = socket_of(poller, fd);

    socket->announced = true;
    socket->registered = 0; /* was the old socket of this number, which left epoll when closed */
    apply(poller, fd, socket);
}

int ens_poller_close(struct ens_poller *poller, int fd)
{
    struct ens_poller_socket *socket = socket_of(poller, fd);

    /* close() alone would leave it in epoll if a child process has a copy. */
    socket->wanted = 0;
    apply(poller, fd, socket);
    socket->announced = false;
    return close(fd);
}

void ens_poller_want(struct ens_poller *poller, int fd, bool readable, bool writable)
{
    struct ens_poller_socket *socket = socket_of(poller, fd);

    socket->wanted = (uint8_t)((readable ? EPOLLIN : 0u) | (writable ? EPOLLOUT : 0u));
    if (socket->wanted != 0 || !socket->announced) {
        apply(poller, fd, socket);
    }
}

static bool is_watched(const struct ens_poller *poller, int fd)
{
    for (unsigned i = 0; i < poller->watched_count; i++) {
        if (poller->watched[i] == fd) {
            return true;
        }
    }
    return false;
}

bool ens_poller_watch(struct ens_poller *poller, int fd)
{
    if (poller->watched_count == ENS_POLLER_WATCHED_MAX) {
        return false;
    }
    if (!is_watched(poller, fd)) {
        *socket_of(poller, fd) = (struct ens_poller_socket){0};
        if (!control(poller, EPOLL_CTL_ADD, fd, EPOLLIN | EPOLLRDHUP)) {
            return false;
        }
    }
    poller->watched[poller->watched_count++] = fd;
    return true;
}

void ens_poller_unwatch(struct ens_poller *poller, int fd)
{
    for (unsigned i = 0; i < poller->watched_count; i++) {
        if (poller->watched[i] == fd) {
            poller->watched[i] = poller->watched[--poller->watched_count];
            if (!is_watched(poller, fd)) {
                (void)control(poller, EPOLL_CTL_DEL, fd, 0);
            }
            return;
        }
    }
}

void ens_poller_wake(const struct ens_poller *poller)
{
    const uint64_t one = 1;

    (void)!write(poller->wake, &one, sizeof(one)); /* fails when woken up 2^64 times */
}

size_t ens_poller_wait(struct ens_poller *poller, int timeout_ms, struct ens_poller_event *events)
{
    struct epoll_event ready[ENS_POLLER_EVENTS_MAX];
    const int count = epoll_wait(poller->epoll, ready, ENS_POLLER_EVENTS_MAX, timeout_ms);
    size_t kept = 0;

    for (int i = 0; i < count; i++) {
        const int fd = ready[i].data.fd;
        struct ens_poller_socket *socket = socket_of(poller, fd);
        if (socket->wanted != 0) {
            events[kept++] = (struct ens_poller_event){
                .fd = fd,
                .readable = (ready[i].events & EPOLLIN) != 0,
                .writable = (ready[i].events & EPOLLOUT) != 0,
            };
        } else {
            apply(poller, fd, socket); /* closed by the cloud while it was idle */
        }
    }
    return kept;
}
