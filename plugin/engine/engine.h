/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine: accepts jobs from any thread, calls the clouds on its own thread, and delivers one
 * result per target (one diagnosis per cloud where there are no targets). Calls of different jobs
 * are batched.
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
#include "core/diagnosis.h"
#include "core/duration.h"
#include "core/finding.h"
#include "core/result.h"
#include "core/selector.h"
#include "core/task.h"
#include "credentials/settings.h"
#include "loader/registry.h"

#define ENS_PLAN_TIMEOUT_MS  ((int64_t)120 * 1000) /* default of plans, reads and waits */
#define ENS_APPLY_TIMEOUT_MS ((int64_t)600 * 1000) /* default of applies */
#define ENS_TIMEOUT_MAX_MS   ENS_DURATION_MAX_MS

struct ens_engine;

/* A session's values for job requests that set none. */
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

    /* Sends requests; NULL: over the network (plugin/http). */
    const struct ens_transport *transport;
    /* Writes audit lines; NULL: to the file that ENSURE_AUDIT_LOG names, if any. A start whose line
     * can't be written is not sent (reason policy); reads continue, and the job has a warning. */
    const struct ens_audit_writer *audit;
    /* The user in audit lines; NULL: the user of this process. */
    const char *user;
    size_t window; /* targets of a job that are worked on at a time; 0: ENS_WINDOW */
    /* No thread is started: the owner calls ens_engine_step and the transport's wait. */
    bool stepped;
};

ens_rc ens_engine_new(const struct ens_engine_options *options, struct ens_engine **ret,
                      struct ens_diags *diags) ENS_MUST_USE;

/* Cancels every job, waits until each has had its last event, and joins the thread. */
void ens_engine_free(struct ens_engine *engine);

/* One turn of the event loop without waiting, on the thread that owns the transport: processes
 * submitted and cancelled jobs, fires timers, sends calls, and reports ended jobs. Returns when the
 * next turn is due (monotonic ms; ENS_TIME_NEVER: when the transport has an event or is woken). The
 * engine's thread loops over this and the transport's wait. */
int64_t ens_engine_step(struct ens_engine *engine);

/* Warnings about the setup, for the user: provider files that were not loaded, settings without
 * effect. Lives as long as the engine. */
const struct ens_diags *ens_engine_warnings(const struct ens_engine *engine);

const struct ens_registry *ens_engine_registry(const struct ens_engine *engine);

/* Replaces all explicit settings and the session's guards (policy; NULL: none), for jobs submitted
 * later. Checks clouds, endpoints and lengths, without network and file access; fails as
 * ens_engine_ready does. The settings contain the default region of a cloud too
 * (ens_engine_region). */
ens_rc ens_engine_configure(struct ens_engine *engine, const struct ens_cloud_settings *settings,
                            size_t count, const struct ens_policy *policy,
                            struct ens_diags *diags) ENS_MUST_USE;

/* Fails, with the sentence for the user, if a policy file can't be used. A job sends nothing then:
 * its targets end with reason policy. */
ens_rc ens_engine_ready(const struct ens_engine *engine, struct ens_diags *diags) ENS_MUST_USE;

/* The guards that every job of this session has: those of the policy files, which are read for
 * each job, and those that were configured. Copied into the arena. */
struct ens_policy ens_engine_policy(struct ens_engine *engine, struct ens_arena *arena);

/* The default region that was configured for a cloud, copied into the arena; empty: none. */
ens_str ens_engine_region(struct ens_engine *engine, struct ens_arena *arena, ens_str cloud);

struct ens_target_request {
    struct ens_target target; /* checked: ens_target_check and ens_registry_require passed */
    ens_str client_token;     /* of a saved plan; empty: the engine makes one for a start */
    bool confidence_known;    /* apply: a saved plan tells what the start rests on, judged by
                                 min_confidence; else a dry run is sent before a start, if that asks */
    enum ens_confidence confidence;
    bool read_only; /* apply: the plan's action is not start or wait, so it is only read; if it is
                       stopped it is refused (wrong_state, "changed since the plan") */
    bool dry_run_known; /* plan: an earlier plan of the same start had the result of the dry run; it
                           is used, and none is sent, if the instance is stopped */
    enum ens_reason dry_run_reason; /* ... its result; OK: it passed */
};

struct ens_job_events {
    /* A target's final result, once for each; index into the job's targets, in order of decision.
     */
    void (*result)(void *ud, size_t index, const struct ens_result *result);
    /* Apply, wait: the progress so far, after each read and each answer to a start; of more targets
     * than are worked on at a time, at the first read and where it changes. May be NULL. */
    void (*progress)(void *ud, size_t index, const struct ens_result *so_far);
    /* Exactly once, after the last result; nothing follows. */
    void (*done)(void *ud, const struct ens_job_end *end);
    void *ud;
    /* Asked before targets are begun, or read again where they are more than are worked on at a
     * time. False: none is until ens_engine_resume. May be NULL. */
    bool (*has_room)(void *ud);
};

struct ens_job_request {
    enum ens_mode mode;
    const struct ens_target_request *targets; /* copied; without duplicates; 0..ENS_RESULTS_MAX */
    size_t count;
    /* Instead of targets where it is set; borrowed until done. */
    const struct ens_target_list *list;
    int64_t timeout_ms; /* of the whole job; 0: the default of the mode */
    bool states_only; /* the owner shows states and no plan: max_starts counts none of the starts */
    bool no_dry_run; /* no dry run is sent: every start is unverified; in a plan its reason is ok */
    const struct ens_policy *policy; /* guards of this job beside those of the session; copied;
                                        NULL: none */
    bool planned; /* the targets are those of a plan, and policy is what it was judged by: a guard
                     that is in force again is not told twice */
    bool part_of_run; /* a run has many jobs: max_starts counts the starts that all such jobs of the
                         engine have planned or sent, and refuses those beyond. False: the job is a
                         run of its own */
    bool cancelled; /* before it began: nothing is sent, and its targets get the reason cancelled */
    struct ens_job_events events;
};

/* Fails, with the sentence for the user, if the job has more targets than it can have under its
 * guards (max_starts). Submitted all the same, its targets end with reason policy, and nothing is
 * sent. */
ens_rc ens_engine_check_count(struct ens_engine *engine, const struct ens_job_request *job,
                              struct ens_diags *diags) ENS_MUST_USE;

typedef uint64_t ens_job_id; /* never 0, never reused */

/* Every accepted job ends with done. */
ens_job_id ens_engine_submit(struct ens_engine *engine, const struct ens_job_request *job);

/* There is room again for the results of a job (see has_room); any thread. */
void ens_engine_resume(struct ens_engine *engine, ens_job_id id);

/* ---- checkups: jobs without targets ---- */

struct ens_checkup_events {
    /* Exactly once, with one diagnosis for each cloud and region, in the order of the request;
     * created_at is empty. */
    void (*done)(void *ud, const struct ens_diagnoses *diagnoses);
    void *ud;
};

struct ens_checkup_request {
    const struct ens_place *places; /* copied; ens_registry_require passed */
    size_t count;                   /* at most ENS_DIAGNOSES_MAX; 0: every cloud */
    int64_t timeout_ms;             /* of the whole checkup; 0: ENS_PLAN_TIMEOUT_MS */
    struct ens_checkup_events events;
};

ens_job_id ens_engine_check(struct ens_engine *engine, const struct ens_checkup_request *checkup);

/* ---- finds ---- */

/* Reported once for a whole find, when it ends. */
struct ens_find_end {
    size_t total;  /* instances found */
    size_t failed; /* selectors without an answer, or without a complete one */
    const ens_str *warnings;
    size_t warning_count;
};

struct ens_find_events {
    /* An instance, in the order of the selectors, then of the cloud; none twice. */
    void (*found)(void *ud, const struct ens_finding *finding);
    /* A selector that can't be answered completely, once at most for each; the others go on. */
    void (*failed)(void *ud, const struct ens_find_failure *failure);
    /* Asked before each further page of the list that is shown. False: the find pauses until
     * ens_engine_resume. May be NULL. */
    bool (*has_room)(void *ud);
    /* Exactly once; nothing follows. */
    void (*done)(void *ud, const struct ens_find_end *end);
    void *ud;
};

struct ens_find_request {
    /* Copied; checked: ens_selector_check and ens_registry_require passed. 0..ENS_SELECTORS_MAX. */
    const struct ens_selector *selectors;
    size_t count;
    int64_t timeout_ms; /* of the whole find; 0: ENS_PLAN_TIMEOUT_MS */
    bool cancelled;     /* before it began: nothing is sent, and its lists fail as cancelled */
    struct ens_find_events events;
};

/* Lists the instances that the selectors ask for. Sends nothing but reads. */
ens_job_id ens_engine_find(struct ens_engine *engine, const struct ens_find_request *find);

/* ---- cancellation ---- */

/* Ends the job within a second; unfinished targets get the reason cancelled. Unknown ids are
 * ignored, because the job may just have ended. */
void ens_engine_cancel(struct ens_engine *engine, ens_job_id id);
void ens_engine_cancel_all(struct ens_engine *engine);

#endif
