/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Jobs: a plan or apply over many targets, from the first read to the last result. Each target has
 * a task, which decides the next call, and a request, which is in a queue or in a call.
 */
#ifndef ENSURE_ENGINE_JOB_H
#define ENSURE_ENGINE_JOB_H

#include "core/task.h"
#include "engine/call.h"
#include "engine/engine.h"
#include "engine/warnings.h"

#define ENS_GRACE_MS 800 /* after a cancellation, for replies to starts in flight */

struct ens_job;

/* The jobs of an engine, and their dependencies, which are borrowed. */
struct ens_jobs {
    struct ens_job *running;
    struct ens_job *ended; /* done is called at the end of the turn */
    const struct ens_registry *registry;
    struct ens_timers *timers;
    const struct ens_recorder *recorder;
    struct ens_configs *configs;
    struct ens_accounts *accounts;
    struct ens_routes *routes;
    const struct ens_diags *notices; /* about the engine's setup; the first job reports them */
    struct ens_diags *reported;      /* warnings that were reported */
    const struct ens_policy *policy; /* of the files */
    const struct ens_diags *policy_error; /* not empty: no job may send anything */
    struct ens_target_list counted;       /* planned or sent by jobs that are part of a run */
};

void ens_jobs_done(struct ens_jobs *jobs); /* after the last job has ended */

/* Copies the request; any thread. From ens_job_begin on only the engine thread uses the job. */
struct ens_job *ens_job_new(struct ens_jobs *jobs, const struct ens_job_request *request);
void ens_job_set_id(struct ens_job *job, ens_job_id id);

void ens_job_begin(struct ens_job *job);
void ens_job_cancel(struct ens_job *job);

/* Cancels the job with that id; 0: all. */
void ens_jobs_cancel(struct ens_jobs *jobs, ens_job_id id);

/* Calls done of the ended jobs, and frees them. */
void ens_jobs_end(struct ens_jobs *jobs);

#endif
