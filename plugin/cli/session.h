/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A session: the plugin process and the calls to it. Only the plugin sends requests to clouds.
 *
 * A session is used by one thread. The first Ctrl-C ends the running operation with the results
 * known so far (Stop), the second cancels its call (cli/interrupt.h).
 */
#ifndef ENSURE_CLI_SESSION_H
#define ENSURE_CLI_SESSION_H

#include "cli/options.h"
#include "cli/progress.h"
#include "core/capabilities.h"
#include "core/diagnosis.h"
#include "core/document.h"
#include "core/finding.h"
#include "core/selector.h"

/* The plugin's default timeouts. */
#define ENS_SESSION_READ_MS  ((int64_t)120 * 1000) /* of calls that start nothing */
#define ENS_SESSION_APPLY_MS ((int64_t)600 * 1000)

struct ens_session;

/*
 * Starts the plugin: ENSURE_PLUGIN, or this program again. In two steps, it starts while the caller
 * reads its input (another program is only started by the second); a failure of either is told by
 * the second. A session that is closed between them leaves no process.
 */
struct ens_session *ens_session_begin(void) ENS_MUST_USE;
ens_rc ens_session_ready(struct ens_session *session, struct ens_diags *diags) ENS_MUST_USE;
ens_rc ens_session_open(struct ens_session **ret, struct ens_diags *diags) ENS_MUST_USE;

/* Nothing is asked of the plugin any more: it ends while the caller writes what it has told. */
void ens_session_dismiss(struct ens_session *session);
void ens_session_close(struct ens_session *session);

/* A plan, an apply or a wait over many targets. */
struct ens_operation {
    bool apply;
    const struct ens_document *input; /* a fleet; for apply also a plan */
    int64_t timeout_ms;               /* 0: the plugin's default */
    bool no_dry_run;                  /* a plan sends none; nor an apply where a guard asks */
    bool wait;                        /* with ENS_VIEW_STATUS: read until all run */
    enum ens_view view;               /* ENS_VIEW_STATUS makes a plan a read */
    bool quiet;                       /* no progress */
};

/* What is told of each target: once, in the order of decision, with the index in the input. The
 * texts are valid until the function returns. Anything but ENS_OK ends the operation. */
struct ens_result_sink {
    ens_rc (*result)(void *ud, size_t index, const struct ens_result *result,
                     struct ens_diags *diags);
    void *ud;
};

struct ens_session_end {
    ens_str created_at; /* RFC 3339 */
    const ens_str *warnings;
    size_t warning_count;
    struct ens_policy policy; /* that was in force */
    size_t known;             /* targets of which any event was received */
};

/*
 * Nothing of the results is kept here, but for the latest of each target that is being worked on.
 * Every target gets its result on every return, unless the call failed before anything was known or
 * the sink ended it: without a final one it gets reason cancelled, or ambiguous when the plugin
 * failed. *ret is in the arena. ENS_CANCELLED: cancelled by a second Ctrl-C, or not begun because
 * of an earlier one.
 */
ens_rc ens_session_run(struct ens_session *session, const struct ens_operation *operation,
                       const struct ens_result_sink *sink, struct ens_arena *arena,
                       struct ens_session_end *ret, struct ens_diags *diags) ENS_MUST_USE;

/* Checks the keys of the clouds that the arguments name; none: of all. Texts and lists are in the
 * arena. ENS_CANCELLED: cancelled by a second Ctrl-C. */
ens_rc ens_session_diagnose(struct ens_session *session, const struct ens_argument *clouds,
                            size_t count, struct ens_arena *arena, struct ens_diagnoses *ret,
                            struct ens_diags *diags) ENS_MUST_USE;

/* What is told of a find while it runs; texts are valid until the function returns. Anything but
 * ENS_OK ends the find. */
struct ens_find_sink {
    ens_rc (*found)(void *ud, const struct ens_finding *finding, struct ens_diags *diags);
    ens_rc (*failed)(void *ud, const struct ens_find_failure *failure, struct ens_diags *diags);
    ens_rc (*warned)(void *ud, ens_str warning, struct ens_diags *diags); /* last */
    void *ud;
};

struct ens_find_operation {
    const struct ens_selector *selectors;
    size_t count;
    int64_t timeout_ms; /* 0: the plugin's default */
    bool quiet;         /* no progress */
};

/* Lists instances; nothing of it is kept here. ENS_CANCELLED: by a second Ctrl-C. */
ens_rc ens_session_find(struct ens_session *session, const struct ens_find_operation *find,
                        const struct ens_find_sink *sink, struct ens_diags *diags) ENS_MUST_USE;

/* Texts and lists are in the arena. */
ens_rc ens_session_capabilities(struct ens_session *session, struct ens_arena *arena,
                                struct ens_capabilities *ret, struct ens_diags *diags) ENS_MUST_USE;

#endif
