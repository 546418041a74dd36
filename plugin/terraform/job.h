/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A job of the engine on behalf of a call. Begun on the server's thread, it belongs to the engine's
 * thread from then on; done() is called there once, and ends the call. The host going away cancels
 * the job.
 */
#ifndef ENSURE_TERRAFORM_JOB_H
#define ENSURE_TERRAFORM_JOB_H

#include "terraform/call_context.h"

struct ens_tf_job {
    /* Set by the handler. The job itself lives in the call's arena. */
    struct ens_tf_call call;
    const struct ens_tf_targets *targets; /* known */
    enum ens_mode mode;
    bool no_dry_run;
    int64_t timeout_ms; /* 0: the default */
    /* The whole report is there. Must end the call. */
    void (*done)(struct ens_tf_job *job);
    /* What is known so far of an instance; may be NULL. */
    void (*progress)(struct ens_tf_job *job, const struct ens_result *so_far);
    void *ud;

    enum ens_tf_preflight preflight; /* as it was when the job began */
    struct ens_tf_report report;
    struct ens_tf_instance *instances; /* of the report */
    void *ticket;
};

/* After this the handler must touch neither the call nor anything in its arena. While the provider
 * is stopped nothing is submitted, and every result says so. */
void ens_tf_job_run(struct ens_tf_job *job);

#endif
