/* SPDX-License-Identifier: Apache-2.0 */
/* What identifies a job in the audit log and in traces. */
#ifndef ENSURE_ENGINE_RUN_H
#define ENSURE_ENGINE_RUN_H

#include "core/span.h"

struct ens_run {
    ens_str id;             /* a UUID */
    struct ens_trace trace; /* its span; not set: there is no trace */
};

#endif
