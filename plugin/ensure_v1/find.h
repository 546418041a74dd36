/* SPDX-License-Identifier: Apache-2.0 */
/* The streaming method Find. Used by service.c only. */
#ifndef ENSURE_ENSURE_V1_FIND_H
#define ENSURE_ENSURE_V1_FIND_H

#include "ensure/v1/ensure.pb-c.h"
#include "ensure_v1/plan_apply.h"

/* Handler. Finishes the call, when the find ends or at once if the request is invalid. No further
 * page is read while there is no room in the send queue. */
void ens_v1_find(struct ens_v1_context *context, struct ens_rpc_call *call,
                 const Ensure__V1__FindRequest *request);

#endif
