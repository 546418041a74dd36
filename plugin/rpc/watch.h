/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A thread in poll() that watches for the reasons to end the process: the end of the parent
 * process, SIGTERM, the end of a watched connection, and a shutdown that takes too long.
 */
#ifndef ENSURE_RPC_WATCH_H
#define ENSURE_RPC_WATCH_H

#include <sys/types.h>

#include "base/diag.h"
#include "base/log.h"

/* Time limit of the shutdown: hosts kill a plugin 2 s after calling Shutdown. */
#define ENS_SHUTDOWN_MAX_MS 1500

/* A host connects at once; if none has within this time, none will. */
#define ENS_SETTLED_MS      ((int64_t)5 * 60 * 1000)

#define ENS_WATCH_NO_PARENT ((pid_t)0)

struct ens_watch;

/* All are called on the watch's own thread. */
struct ens_watch_events {
    void (*end)(void *ud); /* the parent has ended, or SIGTERM was received: begin shutdown */
    void (*disconnected)(void *ud); /* the watched connection was closed */
    void (*overdue)(void *ud);      /* shutdown exceeded ENS_SHUTDOWN_MAX_MS: _exit */
    /* ENS_SETTLED_MS has passed since the start. Called once. */
    void (*settled)(void *ud);
    void *ud;
};

/* One per process, since it handles SIGTERM. parent: the result of getppid when the process began;
 * if it has changed since, the parent has already ended. ENS_WATCH_NO_PARENT: the process was
 * started by hand, so no parent is watched, and SIGINT ends it as SIGTERM does. */
ens_rc ens_watch_start(const struct ens_watch_events *events, pid_t parent,
                       const struct ens_log *log, struct ens_watch **ret,
                       struct ens_diags *diags) ENS_MUST_USE;

/* A duplicate descriptor of a connection that was accepted on the unix socket at path and that the
 * client has not closed; the caller closes it. -1: none, even if gRPC has not noticed yet. */
int ens_watch_find_connection(const char *path);

/* Watches this connection from now on, instead of the previous one; takes ownership of fd. Any
 * thread. */
void ens_watch_connection(struct ens_watch *watch, int fd);

/* Shutdown begins: starts its time limit. Any thread. */
void ens_watch_shutdown(struct ens_watch *watch);

/* Joins the thread: no event follows, and SIGTERM and SIGINT are ignored. */
void ens_watch_free(struct ens_watch *watch);

#endif
