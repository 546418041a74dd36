/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records each attempt: lines of the audit log, a line of the debug log, and a span.
 *
 * A real start must be recorded before it is sent; if that fails, the caller must not send it.
 * Failures are counted, and the first is kept as a sentence, for the warnings of jobs.
 */
#ifndef ENSURE_ENGINE_RECORD_H
#define ENSURE_ENGINE_RECORD_H

#include "base/log.h"
#include "core/policy.h"
#include "engine/route.h"
#include "engine/tracing.h"

struct ens_recorder {
    const struct ens_audit_writer *audit; /* NULL: no audit log. Borrowed */
    const struct ens_log *log;            /* may be NULL. Borrowed */
    ens_str actor;                        /* borrowed */
    struct ens_tracing *tracing;          /* borrowed */
    unsigned failures;                    /* lines that could not be written */
    bool failing;                         /* the last line could not be written */
    struct ens_diags first_failure;       /* one sentence */
};

struct ens_record {
    const struct ens_route *route;
    const struct ens_keys *keys; /* that the attempt is signed with */
    enum ens_call_kind kind;
    const struct ens_call_spec *spec; /* as it is sent */
    const struct ens_run *run;
    unsigned attempt;       /* of the call, from 1 */
    unsigned starts_before; /* of the same targets in earlier calls */
    int64_t unix_ms;
    int64_t elapsed_ms;
    const struct ens_outcome *outcome; /* of the attempt as a whole; NULL: it is about to be sent */
};

/* "alice", or "alice via acme/infra/123" where the environment names the run of a CI system. */
ens_str ens_record_actor(struct ens_arena *arena, ens_str user,
                         const struct ens_environment *environment);

/* The last characters of the access key id; empty: it is too short to be shown in part. */
ens_str ens_record_key_tail(const struct ens_keys *keys);

void ens_recorder_done(struct ens_recorder *recorder);

/* Records that an attempt is about to be sent. False: the audit line could not be written. */
bool ens_record_sending(struct ens_recorder *recorder, const struct ens_record *record);
void ens_record_attempt(struct ens_recorder *recorder, const struct ens_record *record);

/* What is known of the audit log now. */
enum ens_audit_state ens_record_state(const struct ens_recorder *recorder);

/* The first failure to write the audit log; empty: none. Lives as long as the recorder. */
ens_str ens_record_warning(const struct ens_recorder *recorder);

#endif
