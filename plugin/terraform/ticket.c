/* SPDX-License-Identifier: Apache-2.0 */
#include "terraform/ticket.h"

static void on_gone(void *ud)
{
    struct ens_tf_ticket *ticket = ud;

    ticket->gone = true;
    if (ticket->id != 0) {
        ens_engine_cancel(ticket->engine, ticket->id);
    }
}

void ens_tf_ticket_begin(struct ens_tf_ticket *ticket, const struct ens_tf_call *call)
{
    *ticket = (struct ens_tf_ticket){.engine = call->tf->engine};
    ens_rpc_call_on_gone(call->rpc, on_gone, ticket);
}

void ens_tf_ticket_submitted(struct ens_tf_ticket *ticket, ens_job_id id)
{
    ticket->id = id;
    if (ticket->gone) {
        ens_engine_cancel(ticket->engine, id);
    }
}
