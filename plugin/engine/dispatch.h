/* SPDX-License-Identifier: Apache-2.0 */
/* Which queue may send now. */
#ifndef ENSURE_ENGINE_DISPATCH_H
#define ENSURE_ENGINE_DISPATCH_H

#include "engine/call.h"

/* Begins the calls that may go out, queue by queue; ENS_CALLS_MAX holds for all. */
void ens_dispatch(struct ens_calls *calls, struct ens_ready *ready);

#endif
