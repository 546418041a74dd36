/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A job of the engine for a call of Terraform. Submitted on the server's thread, it is then owned
 * by the engine's thread; done() is called there once, and ends the call. If the host cancels the
 * call or disconnects, the job is cancelled.
 */
#ifndef ENSURE_TERRAFORM_JOB_H
#define ENSURE_TERRAFORM_JOB_H

#include "terraform/planned_private.h"
#include "terraform/ticket.h"

struct ens_tf_job {
    /* Set by the handler. The job itself is allocated in the call's arena. */
    struct ens_tf_call call;
    const struct ens_tf_targets *targets; /* without unknown values */
    const struct ens_tf_planned *planned; /* what the plan before this one kept; NULL: nothing */
    enum ens_mode mode;
    bool no_dry_run;
    bool starts;        /* it plans or sends starts, which count for max_starts */
    int64_t timeout_ms; /* 0: the default */
    /* Called when report is complete. Must end the call. */
    void (*done)(struct ens_tf_job *job);
    /* Called with the intermediate result of an instance, and once with its final one, decided;
     * index into targets. May be NULL. */
    void (*progress)(struct ens_tf_job *job, size_t index, const struct ens_result *result,
                     bool decided);
    void *ud;

    enum ens_tf_preflight preflight; /* the setting when the job began */
    struct ens_tf_report report;
    struct ens_tf_instance *instances; /* of the report */
    struct ens_tf_ticket ticket;
};

/* Submits the job. After this the handler must access neither the call nor its arena. While the
 * provider is stopped nothing is submitted, and every result has the reason "cancelled". */
void ens_tf_job_run(struct ens_tf_job *job);

#endif
