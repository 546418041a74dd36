/* SPDX-License-Identifier: Apache-2.0 */
/* Sends the calls of the queues in the ready list. */
#ifndef ENSURE_ENGINE_DISPATCH_H
#define ENSURE_ENGINE_DISPATCH_H

#include "engine/call.h"

/* Begins the calls that may be sent now, queue by queue, up to ENS_CALLS_MAX in all. */
void ens_dispatch(struct ens_calls *calls, struct ens_ready *ready);

#endif
