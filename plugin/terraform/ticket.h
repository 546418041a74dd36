/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What cancels the work of the engine for a call of Terraform, when the host cancels the call or
 * disconnects. In the call's arena, which is not freed before the handler has returned.
 *
 * Threads: the server's thread only.
 */
#ifndef ENSURE_TERRAFORM_TICKET_H
#define ENSURE_TERRAFORM_TICKET_H

#include "terraform/call_context.h"

struct ens_tf_ticket {
    struct ens_engine *engine;
    ens_job_id id; /* 0 until submitted */
    bool gone;     /* the host was gone before */
};

/* Must be called before the work is submitted. */
void ens_tf_ticket_begin(struct ens_tf_ticket *ticket, const struct ens_tf_call *call);

/* The call may have ended by then. */
void ens_tf_ticket_submitted(struct ens_tf_ticket *ticket, ens_job_id id);

#endif
