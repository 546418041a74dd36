/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/connection.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/str.h"
#include "rpc/handshake.h"

ens_rc ens_connection_pair(int ret_ends[2], struct ens_diags *diags)
{
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ret_ends) != 0) {
        return ens_fail(diags, ENS_IO, NULL, "a connection to the plugin can't be made: %s",
                        strerror(errno));
    }
    return ENS_OK;
}

/* Whether it is an end of a pair: a unix socket without a name that is connected to such a one. */
static bool is_end(int fd)
{
    struct sockaddr_un name;
    socklen_t own = sizeof(name);
    socklen_t other = sizeof(name);
    int type = 0;
    socklen_t type_size = sizeof(type);

    return getsockname(fd, (struct sockaddr *)&name, &own) == 0 && name.sun_family == AF_UNIX &&
           own == sizeof(name.sun_family) &&
           getpeername(fd, (struct sockaddr *)&name, &other) == 0 &&
           other == sizeof(name.sun_family) &&
           getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_size) == 0 && type == SOCK_STREAM;
}

int ens_connection_inherited(const struct ens_environment *environment)
{
    const ens_str value = ens_str_of(environment->get(environment->ud, ENS_ENV_CONNECTION));
    int64_t fd = 0;

    return ens_str_is(value, ENS_CONNECTION) && ens_str_to_i64(value, &fd) && is_end((int)fd) &&
                   fcntl((int)fd, F_SETFD, FD_CLOEXEC) == 0
               ? (int)fd
               : -1;
}
