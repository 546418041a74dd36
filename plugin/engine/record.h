/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept of each attempt: a line of the audit log and a debug line. */
#ifndef ENSURE_ENGINE_RECORD_H
#define ENSURE_ENGINE_RECORD_H

#include "base/log.h"
#include "engine/route.h"

/* Where it goes; each may be NULL. Borrowed. */
struct ens_recorder {
    const struct ens_audit_writer *audit;
    const struct ens_log *log;
};

struct ens_record {
    const struct ens_route *route;
    enum ens_call_kind kind;
    const struct ens_call_spec *spec; /* as it was sent */
    unsigned attempt;                 /* of the call, from 1 */
    unsigned starts_before;           /* of the same targets, in earlier calls */
    int64_t unix_ms;
    int64_t elapsed_ms;
    const struct ens_outcome *outcome; /* of the call as a whole */
};

void ens_record_attempt(const struct ens_recorder *recorder, const struct ens_record *record);

#endif
