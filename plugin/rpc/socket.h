/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The place of a plugin's unix socket: a directory of its own that only this user (and a group, if
 * the host names one) can enter, and that is gone when the process is.
 *
 * A killed process leaves its directory behind. The next one takes such directories away: a live
 * owner holds a lock on its own, which works across containers that share a /tmp, as process ids
 * would not.
 */
#ifndef ENSURE_RPC_SOCKET_H
#define ENSURE_RPC_SOCKET_H

#include <sys/types.h>

#include "base/diag.h"
#include "base/host.h"

struct ens_socket {
    char *directory;
    char *path;    /* of the socket in it */
    char *address; /* "unix:" and the path, as gRPC wants it */
    int lock;      /* descriptor of the directory; holds the lock */
    gid_t group;
    bool shared; /* with the group */
};

/* In PLUGIN_UNIX_SOCKET_DIR, else in TMPDIR or, where that can't be used or its name is too long
 * for a socket's, in /tmp. */
ens_rc ens_socket_new(const struct ens_environment *environment, struct ens_socket *ret,
                      struct ens_diags *diags) ENS_MUST_USE;

/* Once the server listens: lets in the group that PLUGIN_UNIX_SOCKET_GROUP names. */
ens_rc ens_socket_share(const struct ens_socket *socket, struct ens_diags *diags) ENS_MUST_USE;

/* A descriptor of a connection whose client is still there, for the caller to close; -1: there is
 * none, even if gRPC has not noticed yet. */
int ens_socket_connection(const struct ens_socket *socket);

/* Removes it from the file system; any thread, more than once is fine. */
void ens_socket_remove(const struct ens_socket *socket);
void ens_socket_done(struct ens_socket *socket);

#endif
