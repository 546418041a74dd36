/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine: takes jobs from any thread, talks to the clouds on a thread of its own, and gives
 * back one result per target. Calls that different jobs want at the same time travel together.
 *
 * Threads: submit, cancel and configure may be called from any thread and never block on the
 * network. Events are called on the engine's thread; they may submit and cancel, must not block,
 * and must not free the engine.
 */
#ifndef ENSURE_ENGINE_ENGINE_H
#define ENSURE_ENGINE_ENGINE_H

#include "base/host.h"
#include "base/log.h"
#include "base/transport.h"
#include "core/duration.h"
#include "core/result.h"
#include "core/task.h"
#include "credentials/credentials.h"
#include "loader/registry.h"

#define ENS_PLAN_TIMEOUT_MS  ((int64_t)120 * 1000) /* default of plans and reads */
#define ENS_APPLY_TIMEOUT_MS ((int64_t)600 * 1000) /* default of applies */
#define ENS_TIMEOUT_MAX_MS   ENS_DURATION_MAX_MS

struct ens_engine;

/* What a session sets for job requests that do not say their own. */
struct ens_defaults {
    int64_t plan_timeout_ms;  /* 0: ENS_PLAN_TIMEOUT_MS */
    int64_t apply_timeout_ms; /* 0: ENS_APPLY_TIMEOUT_MS */
    bool no_dry_run;
};

/* Everything is borrowed for the life of the engine. */
struct ens_engine_options {
    const struct ens_registry *registry;
    const struct ens_clock *clock;
    const struct ens_entropy *entropy;
    const struct ens_environment *environment; /* credentials, endpoints, ENSURE_AUDIT_LOG, ... */
    const struct ens_log *log;                 /* may be NULL */
    const char *user_agent;                    /* such as "ensure/0.1.0" */

    /* How clouds are reached; NULL: over the network (plugin/http). */
    const struct ens_transport *transport;
    /* Where audit lines go; NULL: to the file that ENSURE_AUDIT_LOG names, if any. A start whose
     * line can't be written is not sent (reason policy), reads go on, and the job warns. */
    const struct ens_audit_writer *audit;
    /* Who is told there; NULL: the user that runs this process. */
    const char *user;
    /* No thread: the owner calls ens_engine_step and waits by the transport itself. */
    bool stepped;
};

ens_rc ens_engine_new(const struct ens_engine_options *options, struct ens_engine **ret,
                      struct ens_diags *diags) ENS_MUST_USE;

/* Cancels every job, waits until each had its last event, ends the thread. */
void ens_engine_free(struct ens_engine *engine);

/* One turn without waiting, on the thread that owns the transport: takes what was submitted and
 * cancelled, fires timers, sends what may go, tells jobs done. Returns when it wants the next turn
 * (monotonic ms; ENS_TIME_NEVER: when the transport has something or is woken). The engine's own
 * thread is a loop of this and the transport's wait. */
int64_t ens_engine_step(struct ens_engine *engine);

/* What a person should know about how it was set up: provider files that were left out, settings
 * that mean nothing. Lives as long as the engine. */
const struct ens_diags *ens_engine_warnings(const struct ens_engine *engine);

const struct ens_registry *ens_engine_registry(const struct ens_engine *engine);

/* Replaces the explicit settings for jobs submitted later: those of a cloud that is not named are
 * dropped. Checks clouds, endpoints and lengths, and nothing that needs the network or a file. Also
 * the place where the default region of a cloud is kept (ens_engine_region). */
ens_rc ens_engine_configure(struct ens_engine *engine, const struct ens_cloud_settings *settings,
                            size_t count, struct ens_diags *diags) ENS_MUST_USE;

/* The default region that was configured for a cloud, copied into the arena; empty: none. */
ens_str ens_engine_region(struct ens_engine *engine, struct ens_arena *arena, ens_str cloud);

struct ens_target_request {
    struct ens_target target; /* checked: ens_target_check and ens_registry_require passed */
    ens_str client_token; /* of a saved plan; empty: the engine makes one when it plans a start */
    bool read_only;       /* apply: the plan did not say start or wait, so it is only read; found
                             stopped it is refused, wrong_state, "changed since the plan" */
};

struct ens_job_events {
    /* A target's final result, once for each; index into the job's targets, in order of decision.
     */
    void (*result)(void *ud, size_t index, const struct ens_result *result);
    /* Apply: what is known so far, whenever a status was read or a start was answered. May be NULL.
     */
    void (*progress)(void *ud, size_t index, const struct ens_result *so_far);
    /* Exactly once, after the last result; nothing follows. */
    void (*done)(void *ud, const struct ens_job_end *end);
    void *ud;
};

struct ens_job_request {
    enum ens_mode mode;
    const struct ens_target_request *targets; /* copied; no two the same; 0..ENS_TARGETS_MAX */
    size_t count;
    int64_t timeout_ms; /* for everything; 0: the default of the mode */
    bool no_dry_run;    /* plan: every start is unverified, reason ok */
    struct ens_job_events events;
};

typedef uint64_t ens_job_id; /* never 0, never used again */

/* Every accepted job ends with done. */
ens_job_id ens_engine_submit(struct ens_engine *engine, const struct ens_job_request *job);

/* Makes the job end within a second with what is known (reason cancelled). Unknown ids are ignored:
 * the job may just have ended. */
void ens_engine_cancel(struct ens_engine *engine, ens_job_id id);
void ens_engine_cancel_all(struct ens_engine *engine);

#endif
