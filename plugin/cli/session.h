/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plugin process, and what is asked of it. Clouds are only ever spoken to by the plugin.
 *
 * One thread uses a session; a first Ctrl-C ends the running operation with what is known (Stop), a
 * second one cancels its call (cli/interrupt.h).
 */
#ifndef ENSURE_CLI_SESSION_H
#define ENSURE_CLI_SESSION_H

#include "cli/progress.h"
#include "core/capabilities.h"
#include "core/document.h"

struct ens_session;

/* Starts the plugin: ENSURE_PLUGIN, or this program again. */
ens_rc ens_session_open(struct ens_session **ret, struct ens_diags *diags) ENS_MUST_USE;
void ens_session_close(struct ens_session *session);

/* A plan or an apply over many targets. */
struct ens_operation {
    bool apply;
    const struct ens_document *input; /* a fleet; for apply also a plan */
    int64_t timeout_ms;               /* 0: the plugin's default */
    bool no_dry_run;                  /* plan */
    enum ens_view view;               /* ENS_VIEW_STATUS makes a plan a read */
    bool quiet;                       /* no progress */
};

/*
 * *ret is a plan, apply or status document with one result for each target of the input, in its
 * order; it lives in the arena. It is set however the operation ends: of targets whose result never
 * came it says what is known (reason cancelled, or ambiguous when the plugin failed), and
 * *ret_known of how many something is known. ENS_CANCELLED: given up after a second Ctrl-C.
 */
ens_rc ens_session_run(struct ens_session *session, const struct ens_operation *operation,
                       struct ens_arena *arena, struct ens_document *ret, size_t *ret_known,
                       struct ens_diags *diags) ENS_MUST_USE;

/* Texts and lists are in the arena. */
ens_rc ens_session_capabilities(struct ens_session *session, struct ens_arena *arena,
                                struct ens_capabilities *ret, struct ens_diags *diags) ENS_MUST_USE;

#endif
