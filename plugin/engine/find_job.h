/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds: the lists of a run, one after the other. Each has a listing, which decides the next call,
 * and the run's request, which is in a queue or in a call.
 */
#ifndef ENSURE_ENGINE_FIND_JOB_H
#define ENSURE_ENGINE_FIND_JOB_H

#include "engine/job.h"

/* Copies the request; any thread. */
struct ens_job *ens_find_job_new(struct ens_jobs *jobs, const struct ens_find_request *request);

#endif
