/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plans and applies over many targets, from the first read to the last result. Each target has a
 * task, which decides the next call, and a request, which is in a queue or in a call. At most
 * ENS_WINDOW targets of a job have them at a time: what a job takes for each of the others is its
 * text.
 */
#ifndef ENSURE_ENGINE_TARGET_JOB_H
#define ENSURE_ENGINE_TARGET_JOB_H

#include "engine/job.h"

#define ENS_WINDOW_STEP ((size_t)2500) /* targets that are begun together */
#define ENS_GRACE_MS 800 /* after a cancellation, for replies to starts in flight */

/* Copies the request; any thread. */
struct ens_job *ens_target_job_new(struct ens_jobs *jobs, const struct ens_job_request *request);

#endif
