/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plugin's unix socket, in a private directory that only this user (and a group, if the host
 * names one) can enter, and that is removed when the process ends.
 *
 * A killed process leaves its directory behind. The next one removes directories that are not
 * locked: a live process holds a lock (flock) on its own, which, unlike process ids, works across
 * containers that share /tmp.
 */
#ifndef ENSURE_RPC_SOCKET_H
#define ENSURE_RPC_SOCKET_H

#include <sys/types.h>

#include "base/diag.h"
#include "base/host.h"

struct ens_socket {
    char *directory;
    char *path;    /* of the socket in it */
    char *address; /* "unix:" and the path, for gRPC */
    int lock;      /* descriptor of the directory; holds the lock */
    gid_t group;
    bool shared; /* with the group */
};

/* Creates the directory in PLUGIN_UNIX_SOCKET_DIR, else in TMPDIR or, if that can't be used or its
 * path is too long for a socket, in /tmp. */
ens_rc ens_socket_new(const struct ens_environment *environment, struct ens_socket *ret,
                      struct ens_diags *diags) ENS_MUST_USE;

/* Gives access to the group of PLUGIN_UNIX_SOCKET_GROUP. Call it once the server listens. */
ens_rc ens_socket_share(const struct ens_socket *socket, struct ens_diags *diags) ENS_MUST_USE;

/* Removes socket and directory from the file system; any thread, idempotent. */
void ens_socket_remove(const struct ens_socket *socket);
void ens_socket_done(struct ens_socket *socket);

#endif
