/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plans, applies and waits over many targets, from the first read to the last result. Each target
 * has a task, which decides the next call, and a request, which is in a queue or in a call. At most
 * ENS_WINDOW targets of a job have them at a time, each in a place of the window. Where there are
 * more targets than places, one that only waits for its next read leaves its place to others: what
 * a job takes for it is its text and its packed task (core/task_pack.h), for all others their text.
 */
#ifndef ENSURE_ENGINE_TARGET_JOB_H
#define ENSURE_ENGINE_TARGET_JOB_H

#include "engine/job.h"

/* Further targets are begun when so many places are free or used by those that are read again, so
 * that their calls are full batches, and targets end in about their order; or so long after the
 * first place was free, so that those that take long hold the others up no longer. */
#define ENS_WINDOW_STEP(places) ((places) / 10 * 9)
#define ENS_WINDOW_WAIT_MS      5000
/* The most places for targets that are read again while others were not begun. */
#define ENS_WINDOW_REREADS(places) ((places) / 4)

#define ENS_GRACE_MS               800 /* after a cancellation, for replies to starts in flight */

/* Copies the request; any thread. */
struct ens_job *ens_target_job_new(struct ens_jobs *jobs, const struct ens_job_request *request);

#endif
