/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What all jobs have in common: they begin, can be cancelled, have a deadline, collect warnings,
 * and end. A kind of job (target_job.h: plan and apply, find_job.h, checkup.h) embeds this as its
 * first member.
 */
#ifndef ENSURE_ENGINE_JOB_H
#define ENSURE_ENGINE_JOB_H

#include "core/warnings.h"
#include "engine/call.h"
#include "engine/engine.h"

struct ens_job;

/* What a job did, for its span. */
struct ens_job_tally {
    const char *name; /* such as "plan" */
    size_t total;     /* targets, instances found, or clouds */
    size_t failed;    /* refused, failed or unfinished targets; lists or clouds without an answer */
};

/* The functions of a kind of job; all are called on the engine's thread. */
struct ens_job_kind {
    void (*begin)(struct ens_job *job);
    void (*cancel)(struct ens_job *job); /* once at most, and not after the end */
    void (*expire)(struct ens_job *job); /* the deadline has passed; not after the end */
    void (*resume)(struct ens_job *job); /* NULL: it never pauses */
    void (*tally)(struct ens_job *job, struct ens_job_tally *ret); /* after the end */
    /* Reports the end to the owner, with the job's warnings. */
    void (*report)(struct ens_job *job);
    void (*dispose)(struct ens_job *job); /* frees what the kind has, and the job itself */
};

struct ens_job {
    const struct ens_job_kind *kind;
    struct ens_jobs *jobs;
    struct ens_job *prev;
    struct ens_job *next;
    ens_job_id id;
    struct ens_arena *arena;
    struct ens_config *config;
    struct ens_run run;
    int64_t begun_ms;
    int64_t deadline_ms;
    struct ens_timer deadline;
    struct ens_warnings warnings;
    unsigned failures_before; /* of the audit log, when the job began */
    bool cancelled_before;    /* it began */
    bool cancelled;
    bool over;
};

/* The jobs of an engine, and their dependencies, which are borrowed. */
struct ens_jobs {
    struct ens_job *running;
    struct ens_job *ended; /* their end is reported at the end of the turn */
    const struct ens_registry *registry;
    struct ens_timers *timers;
    struct ens_calls *calls;
    struct ens_tracing *tracing;
    struct ens_configs *configs;
    struct ens_accounts *accounts;
    struct ens_routes *routes;
    const struct ens_diags *notices; /* about the engine's setup; the first job reports them */
    struct ens_diags *reported;      /* warnings that were reported */
    const struct ens_environment *environment;
    size_t window;                  /* targets of a job that are worked on at a time */
    struct ens_target_list counted; /* planned or sent by jobs that are part of a run */
};

void ens_jobs_done(struct ens_jobs *jobs); /* after the last job has ended */

/* Any thread. From ens_job_begin on only the engine thread uses the job. timeout_ms: at most
 * ENS_TIMEOUT_MAX_MS counts; 0: default_ms. */
void ens_job_init(struct ens_job *job, struct ens_jobs *jobs, const struct ens_job_kind *kind,
                  int64_t timeout_ms, int64_t default_ms);
void ens_job_set_id(struct ens_job *job, ens_job_id id);

void ens_job_begin(struct ens_job *job);
void ens_job_cancel(struct ens_job *job);

/* Cancels the job with that id; 0: all. */
void ens_jobs_cancel(struct ens_jobs *jobs, ens_job_id id);
void ens_jobs_resume(struct ens_jobs *jobs, ens_job_id id);

/* For the kinds: warns of what was noticed about the setup or the keys. An engine reports each text
 * once; what a job finds is reported by each job that finds it (ens_warn). */
void ens_job_notice(struct ens_job *job, const struct ens_diags *diags);

/* For the kinds: the job has ended. It is reported and freed at the end of the turn, because
 * callers may still use it. */
void ens_job_over(struct ens_job *job);

/* Reports the ended jobs, and frees them. */
void ens_jobs_end(struct ens_jobs *jobs);

#endif
