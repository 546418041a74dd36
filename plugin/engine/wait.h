/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a job and blocks until it ends, for front ends without an event loop (libensure, the Ansible
 * module).
 */
#ifndef ENSURE_ENGINE_WAIT_H
#define ENSURE_ENGINE_WAIT_H

#include "engine/engine.h"

struct ens_collected {
    struct ens_result *results; /* in the order of the job's targets */
    size_t count;
    struct ens_job_end end;
};

/* Submits the job and blocks until it is done. Results live in the arena. job->events.result and
 * .progress (either may be NULL) are called with their ud on the engine's thread; .done is ignored.
 * submitted(events.ud, id), if not NULL, is called on the calling thread once the job has an id, so
 * that another thread can cancel it. */
void ens_engine_run(struct ens_engine *engine, const struct ens_job_request *job,
                    void (*submitted)(void *ud, ens_job_id id), struct ens_arena *arena,
                    struct ens_collected *ret);

/* The same for a find. events.found and .failed are called with their ud on the engine's thread;
 * .has_room and .done are ignored. The warnings of *ret live in the arena. */
void ens_engine_find_all(struct ens_engine *engine, const struct ens_find_request *find,
                         void (*submitted)(void *ud, ens_job_id id), struct ens_arena *arena,
                         struct ens_find_end *ret);

#endif
