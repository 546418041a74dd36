/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A thread asleep in one poll, which ends the process's service from outside: when the parent is
 * gone, on SIGTERM, when a connection that it was given breaks off, and, once shutdown has begun,
 * when that takes too long.
 */
#ifndef ENSURE_RPC_WATCH_H
#define ENSURE_RPC_WATCH_H

#include <sys/types.h>

#include "base/diag.h"
#include "base/log.h"

/* From the first sign of the end to the end: hosts kill a plugin 2 s after they asked it to go. */
#define ENS_SHUTDOWN_MAX_MS 1500

/* A host connects at once; this is the patience with one that does not. */
#define ENS_SETTLED_MS ((int64_t)5 * 60 * 1000)

struct ens_watch;

/* All are called on the watch's own thread. */
struct ens_watch_events {
    void (*end)(void *ud);          /* the parent is gone, or SIGTERM came: begin shutdown */
    void (*disconnected)(void *ud); /* the connection broke off */
    void (*overdue)(void *ud);      /* shutdown did not end in time: _exit */
    /* Some time has passed: who has not connected yet will not any more. Comes once. */
    void (*settled)(void *ud);
    void *ud;
};

/* One per process, since it takes SIGTERM. parent: what getppid said when the process began; if it
 * says something else by now, the parent is gone already. */
ens_rc ens_watch_start(const struct ens_watch_events *events, pid_t parent,
                       const struct ens_log *log, struct ens_watch **ret,
                       struct ens_diags *diags) ENS_MUST_USE;

/* Watches this connection from now on, instead of one that it was given before. It closes fd. Any
 * thread. */
void ens_watch_connection(struct ens_watch *watch, int fd);

/* Shutdown begins: its time runs from now. Any thread. */
void ens_watch_shutdown(struct ens_watch *watch);

/* Ends the thread: no event comes after this, and SIGTERM is ignored. */
void ens_watch_free(struct ens_watch *watch);

#endif
