/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Waits, with epoll, until one of the sockets of libcurl is ready, a descriptor of other origin can
 * be read, or another thread calls wake. The cost of a wait depends on what is ready, not on the
 * number of sockets. Used inside http/ only.
 *
 * A connection that goes from one transfer to the next is wanted, not wanted, and wanted again. Its
 * socket stays registered meanwhile, so that this costs no system call; one that reports an event
 * while it is not wanted (the cloud has closed it) is taken out then. For this the poller has to be
 * told of each socket that is opened and closed. libcurl closes some without a word (a failed
 * attempt to connect, 7.88), whose number the next socket gets: what is known of that number is
 * about the old one then.
 *
 * One thread owns a poller and calls all functions but wake.
 */
#ifndef ENSURE_HTTP_POLLER_H
#define ENSURE_HTTP_POLLER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"

#define ENS_POLLER_WATCHED_MAX 32u /* descriptors of other origin */
#define ENS_POLLER_EVENTS_MAX  64  /* of one wait; the others are reported by the next */

struct ens_poller_socket {
    uint8_t wanted;     /* events that libcurl waits for: EPOLLIN, EPOLLOUT */
    uint8_t registered; /* events that epoll reports; 0: none */
    bool announced;     /* opened and closed by way of the poller */
};

struct ens_poller {
    int epoll;
    int wake;                          /* eventfd */
    struct ens_poller_socket *sockets; /* by descriptor */
    size_t capacity;
    int watched[ENS_POLLER_WATCHED_MAX];
    unsigned watched_count;
};

struct ens_poller_event {
    int fd; /* a socket of libcurl */
    bool readable;
    bool writable; /* neither: it has failed */
};

ens_rc ens_poller_init(struct ens_poller *poller, struct ens_diags *diags) ENS_MUST_USE;
void ens_poller_done(struct ens_poller *poller); /* after the last socket was closed */

/* ---- sockets of libcurl ---- */

void ens_poller_opened(struct ens_poller *poller, int fd);

/* Closes the socket. 0, or -1 with errno, as close(). */
int ens_poller_close(struct ens_poller *poller, int fd);

/* What to wait for from now on; neither: nothing. One that was not announced as opened may be
 * closed as soon as nothing is wanted of it. */
void ens_poller_want(struct ens_poller *poller, int fd, bool readable, bool writable);

/* ---- descriptors of other origin ---- */

/* False: too many are watched, or epoll can't wait for this one (a regular file). */
bool ens_poller_watch(struct ens_poller *poller, int fd);
void ens_poller_unwatch(struct ens_poller *poller, int fd); /* may be closed already */

/* ---- waiting ---- */

/* Makes the current wait return, or the next one if there is none. May be called by any thread. */
void ens_poller_wake(const struct ens_poller *poller);

/* Returns how many sockets of libcurl are ready; events has room for ENS_POLLER_EVENTS_MAX. 0 too
 * after timeout_ms, a wake, a signal, or an event of another descriptor. */
size_t ens_poller_wait(struct ens_poller *poller, int timeout_ms, struct ens_poller_event *events);

#endif
