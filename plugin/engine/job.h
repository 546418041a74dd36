/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Jobs: targets from their first read to their result. A target is a task, which decides what to
 * call next, and the request by which it waits in a queue or is part of a call.
 */
#ifndef ENSURE_ENGINE_JOB_H
#define ENSURE_ENGINE_JOB_H

#include "core/task.h"
#include "engine/call.h"
#include "engine/engine.h"

#define ENS_GRACE_MS 800 /* for starts in flight when a job is cancelled */

struct ens_job;

/* The jobs of an engine and what they use. The parts are borrowed. */
struct ens_jobs {
    struct ens_job *running;
    struct ens_job *ended; /* to be told done at the end of the turn */
    const struct ens_registry *registry;
    struct ens_timers *timers;
    const struct ens_recorder *recorder;
    struct ens_configs *configs;
    struct ens_accounts *accounts;
    struct ens_routes *routes;
    const struct ens_diags *notices; /* of the engine's start; the first job tells them */
    struct ens_diags told;           /* warnings that a job told; each is told once */
};

void ens_jobs_done(struct ens_jobs *jobs); /* no job is left */

/* Copies the request; any thread. The job belongs to the engine's thread once it is begun. */
struct ens_job *ens_job_new(struct ens_jobs *jobs, const struct ens_job_request *request);
void ens_job_set_id(struct ens_job *job, ens_job_id id);

void ens_job_begin(struct ens_job *job);
void ens_job_cancel(struct ens_job *job);

/* Those with that id; 0: all. */
void ens_jobs_cancel(struct ens_jobs *jobs, ens_job_id id);

/* Tells the ended ones done and frees them. */
void ens_jobs_end(struct ens_jobs *jobs);

#endif
