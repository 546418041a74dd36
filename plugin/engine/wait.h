/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Running a job to its end on the calling thread: for doors that have no loop of their own
 * (libensure, the Ansible module).
 */
#ifndef ENSURE_ENGINE_WAIT_H
#define ENSURE_ENGINE_WAIT_H

#include "engine/engine.h"

struct ens_collected {
    struct ens_result *results; /* in the order of the job's targets */
    size_t count;
    struct ens_job_end end;
};

/* Submits the job and sleeps until it is done. Results live in the arena. job->events.result and
 * .progress (either may be NULL) are passed on, with their ud, on the engine's thread; .done is not
 * looked at. submitted(events.ud, id), if not NULL, is called on the calling thread as soon as
 * there is an id, so that another thread may cancel the job. */
void ens_engine_run(struct ens_engine *engine, const struct ens_job_request *job,
                    void (*submitted)(void *ud, ens_job_id id), struct ens_arena *arena,
                    struct ens_collected *ret);

#endif
