/* SPDX-License-Identifier: Apache-2.0 */
/* The method Diagnose of the service. Used by service.c only. */
#ifndef ENSURE_ENSURE_V1_DIAGNOSE_H
#define ENSURE_ENSURE_V1_DIAGNOSE_H

#include "ensure/v1/ensure.pb-c.h"
#include "ensure_v1/plan_apply.h"

/* Finishes the call, when the checkup ends or at once if the request is invalid. */
void ens_v1_diagnose(struct ens_v1_context *context, struct ens_rpc_call *call,
                     const Ensure__V1__DiagnoseRequest *request);

#endif
