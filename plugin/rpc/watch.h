/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A thread asleep in one poll, which ends the process's service from outside: when the parent is
 * gone, on SIGTERM, when a connection that it was given breaks off, and, once shutdown has begun,
 * when that takes too long.
 */
#ifndef ENSURE_RPC_WATCH_H
#define ENSURE_RPC_WATCH_H

#include "base/log.h"

/* From the first sign of the end to the end: hosts kill a plugin 2 s after they asked it to go. */
#define ENS_SHUTDOWN_MAX_MS 1500

struct ens_watch;

/* All are called on the watch's own thread. */
struct ens_watch_events {
    void (*end)(void *ud);          /* the parent is gone, or SIGTERM came: begin shutdown */
    void (*disconnected)(void *ud); /* the connection broke off */
    void (*overdue)(void *ud);      /* shutdown did not end in time: _exit */
    void *ud;
};

/* One per process, since it takes SIGTERM. */
struct ens_watch *ens_watch_start(const struct ens_watch_events *events, const struct ens_log *log);

/* Watches this connection from now on, instead of one that it was given before. It closes fd. Any
 * thread. */
void ens_watch_connection(struct ens_watch *watch, int fd);

/* Shutdown begins: its time runs from now. Any thread. */
void ens_watch_shutdown(struct ens_watch *watch);

/* Ends the thread: no event comes after this, and SIGTERM is ignored. */
void ens_watch_free(struct ens_watch *watch);

#endif
