/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A find of the engine for a call of Terraform, with one selector. As a job (job.h): submitted on
 * the server's thread, then owned by the engine's thread, cancelled when the host is gone.
 */
#ifndef ENSURE_TERRAFORM_FIND_H
#define ENSURE_TERRAFORM_FIND_H

#include "core/selector.h"
#include "rpc/room.h"
#include "terraform/ticket.h"

struct ens_tf_find {
    /* Set by the handler. The find itself is allocated in the call's arena. */
    struct ens_tf_call *call;
    const struct ens_selector *selector; /* was checked */
    /* Called with each instance, in the order of the cloud's list. */
    void (*found)(struct ens_tf_find *find, const struct ens_finding *finding);
    /* Called at the end, when the call has the diagnostics: a failure, and warnings. Must end the
     * call. */
    void (*done)(struct ens_tf_find *find);
    void *ud;
    bool streams; /* found sends messages: the find pauses while the call has no room for more */

    struct ens_tf_ticket ticket;
    struct ens_rpc_room room;
};

/* Submits the find. After this the handler must access neither the call nor its arena. While the
 * provider is stopped nothing is submitted, and the find has failed. */
void ens_tf_find_run(struct ens_tf_find *find);

#endif
