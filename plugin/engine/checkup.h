/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checkups: jobs without targets, which find out the diagnosis of each cloud. The clouds are asked
 * at the same time, and none waits for another.
 */
#ifndef ENSURE_ENGINE_CHECKUP_H
#define ENSURE_ENGINE_CHECKUP_H

#include "engine/job.h"

/* Copies the request; any thread. */
struct ens_job *ens_checkup_new(struct ens_jobs *jobs, const struct ens_checkup_request *request);

#endif
