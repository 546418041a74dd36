/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of a session share. Used inside cli/ only. */
#ifndef ENSURE_CLI_SESSION_PRIVATE_H
#define ENSURE_CLI_SESSION_PRIVATE_H

#include "cli/interrupt.h"
#include "cli/session.h"
#include "rpc/client.h"

struct ens_session {
    struct ens_arena *arena; /* of the program's path */
    ens_rc started;          /* of the start of the plugin, and what was said of it */
    struct ens_diags diags;
    struct ens_rpc_client *client; /* NULL: not started yet */
    struct ens_rpc_stream *stream; /* the running call, which Ctrl-C ends */
    struct ens_rpc_stream *stop;   /* the Stop call for it; NULL: none was made */
    struct ens_interruptible interruptible;
};

/* Between the two, Ctrl-C ends the call with what is known, and a second one cancels it. The call
 * is bounded by the timeout of its request; longest_ms: the plugin's default for it. */
void ens_session_watch(struct ens_session *session, struct ens_rpc_stream *stream,
                       int64_t timeout_ms, int64_t longest_ms);
void ens_session_unwatch(struct ens_session *session); /* frees the stream */

/* The parts of a request that the plugin names by their positions in it. */
struct ens_session_parts {
    size_t count;
    ens_str (*name)(const void *ud, struct ens_arena *arena,
                    size_t index); /* as the user knows it */
    const void *ud;
};

/* Adds what was told by the plugin, "targets[7]: ..." as "baidu/bj/i-1: ...": the user wrote no
 * such list, or several. */
void ens_session_tell(const struct ens_diags *told, const struct ens_session_parts *parts,
                      struct ens_diags *diags);

#endif
