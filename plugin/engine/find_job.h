/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds: the lists of a run. Each has a listing, which decides the next call, and a request, which
 * is in a queue or in a call. All first pages are asked for at once; each list takes its page, and
 * asks for the next one, when those before it have ended. So the result is the same as one after
 * the other, and no list has more than a page in memory.
 */
#ifndef ENSURE_ENGINE_FIND_JOB_H
#define ENSURE_ENGINE_FIND_JOB_H

#include "engine/job.h"

/* Copies the request; any thread. */
struct ens_job *ens_find_job_new(struct ens_jobs *jobs, const struct ens_find_request *request);

#endif
