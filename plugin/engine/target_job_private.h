/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of target_job.h share. Used by them only. */
#ifndef ENSURE_ENGINE_TARGET_JOB_PRIVATE_H
#define ENSURE_ENGINE_TARGET_JOB_PRIVATE_H

#include "base/buf.h"
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
    struct ens_route *route; /* NULL: none of its calls was queued here yet */
    bool finished;           /* or parked, or none was begun here yet */
    bool rereads;            /* it was parked before */
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
    size_t left;                    /* not finished: in a place, parked or not begun */
    struct ens_job_target *targets; /* the window */
    size_t places;
    struct ens_job_target *free;
    size_t free_count;
    size_t rereading;    /* places of targets that were parked before */
    int64_t begin_by_ms; /* when further ones are begun at the latest; 0: no place is free */
    struct ens_time_heap parked;   /* targets that wait without a place */
    struct ens_buf packed;         /* the task that is being packed */
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

/* ---- target_job_places.c: places, and targets that wait without one ---- */

void ens_target_job_make_places(struct target_job *job, size_t places);
void ens_target_job_free_places(struct target_job *job);

/* Whether further targets are begun now, as far as there are places. */
bool ens_target_job_may_begin(const struct target_job *job);
/* How many places parked targets may take now, and whether there is one that is due. */
size_t ens_target_job_reread_room(const struct target_job *job);
bool ens_target_job_is_due(const struct target_job *job);
/* Sets the timer that fills free places. Not before timers fire, because callers may loop over the
 * targets. */
void ens_target_job_want_more(struct target_job *job);

struct ens_job_target *ens_target_job_take_place(struct target_job *job); /* a free one */
/* Its target is finished or parked; the memory stays as it is until timers fire. */
void ens_job_target_leave_place(struct ens_job_target *target);

/* A cohort is of who made it and of its targets, until all have left it. */
struct cohort *ens_cohort_new(const struct target_job *job);
void ens_cohort_leave(struct target_job *job, struct cohort *cohort);
void ens_target_job_free_ended(struct target_job *job); /* cohorts */

/* Whether the target needs no place until the step's call, and there are others that may need it.
 */
bool ens_job_target_may_park(const struct ens_job_target *target, const struct ens_step *next);
void ens_job_target_park(struct ens_job_target *target, int64_t at_ms);
/* The index of the parked target that is due first; there is one. */
size_t ens_target_job_next_parked(const struct target_job *job);
/* Continues that target in this place, which is made for it; returns when it is read. */
int64_t ens_job_target_unpark(struct ens_job_target *target);
/* From now on the parked targets are due in their order. */
void ens_target_job_sort_parked(struct target_job *job);

#endif
