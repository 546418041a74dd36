/*
 * Running a job to its end on the calling thread: for doors that have no loop of their own
 * (libensure, the Ansible module).
 */
#ifndef ENSURE_RUN_WAIT_H
#define ENSURE_RUN_WAIT_H

#include "run/engine.h"

struct ens_collected {
    struct ens_result *results; /* in the order of the job's targets */
    size_t count;
    struct ens_summary summary;
};

/* Submits the job and sleeps until it is done. Results live in the arena. job->events is not looked
 * at but for progress, which is passed on (with its ud) on the engine's thread. *ret_id, if not
 * NULL, is set before anything happens, so that another thread may cancel the job. */
void ens_engine_run(struct ens_engine *engine, const struct ens_job *job, struct ens_arena *arena,
                    _Atomic ens_job_id *ret_id, struct ens_collected *ret);

#endif
