/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of target_job.h share. Used by them only. */
#ifndef ENSURE_ENGINE_TARGET_JOB_PRIVATE_H
#define ENSURE_ENGINE_TARGET_JOB_PRIVATE_H

#include "core/leave.h"
#include "engine/target_job.h"

struct target_job;

/* Targets that were begun together, and what outlives the steps of their tasks. */
struct cohort {
    struct ens_job_params params;
    size_t left;
    struct cohort *next_ended;
};

/* A place for a target that is worked on; when it is finished, for another. */
struct ens_job_target {
    struct ens_request request;
    struct ens_task task;
    struct target_job *job;
    struct cohort *cohort;
    size_t index;            /* of the target in the job */
    struct ens_route *route; /* NULL: there is no account for its calls */
    bool finished;           /* or none was begun here yet */
    bool decided; /* it is known whether it wants to start, as far as the first reads tell */
    bool asking;  /* it waits for leave to start, without a call */
    struct ens_result *kept; /* plan: the result that it gets with leave; in the job's arena */
    struct ens_job_target *next_free;
};

struct target_job {
    struct ens_job base; /* the first member */
    struct ens_job_params params;
    struct ens_job_events events;
    struct ens_policy policy;
    struct ens_diags policy_error; /* why the policy files can't be used; empty: they can */
    struct ens_leave leave;
    bool part_of_run;
    bool answered; /* those that asked for leave had their answer: it was known */
    const struct ens_target_list *list; /* of the owner; NULL: requests */
    struct ens_target_request *requests;
    size_t count;
    size_t begun;                   /* of the targets, in their order */
    size_t left;                    /* not finished */
    struct ens_job_target *targets; /* the window */
    size_t places;
    struct ens_job_target *free;
    size_t free_count;
    struct ens_account **accounts; /* that were used, each once */
    size_t account_count;
    struct ens_route *route; /* of the target that was begun last */
    struct cohort *ended;    /* to be freed */
    bool paused;             /* the owner has no room for further results */
    bool stopped;            /* what is not begun yet ends by the event */
    enum ens_event_kind stopped_by;
    struct ens_timer more; /* begins further targets */
    struct ens_summary summary;
    struct ens_timer grace;
};

/* Whether no start is sent before all targets of the job have been read. */
static inline bool ens_target_job_counted(const struct target_job *job)
{
    return job->params.counted && !job->part_of_run && job->params.mode != ENS_MODE_WAIT;
}

/* The queue of the call that the task asked for. */
static inline struct ens_queue *ens_job_target_queue(const struct ens_job_target *target)
{
    return &target->route->queues[target->task.awaiting];
}

/* Passes the event to the task, with times and random number, and carries out its step. */
void ens_job_target_step(struct ens_job_target *target, const struct ens_event *what);

/* Ends a target by deadline or cancellation, whether it is queued or in a call. */
void ens_job_target_stop(struct ens_job_target *target, enum ens_event_kind kind);

/* The function done of its requests. */
void ens_job_target_outcome(struct ens_request *request, const struct ens_outcome *outcome);

void ens_target_job_end_if_done(struct target_job *job);
void ens_target_job_free_ended(struct target_job *job); /* cohorts */

#endif
