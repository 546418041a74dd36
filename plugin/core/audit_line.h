/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A line of the audit log: the actor, the request to the cloud, and its outcome; never a secret.
 * Pure.
 *
 * A real start has a line before each attempt is sent; every attempt of any call has one when it
 * has ended. All keys are always present: empty or 0 where the value is unknown.
 */
#ifndef ENSURE_CORE_AUDIT_LINE_H
#define ENSURE_CORE_AUDIT_LINE_H

#include "base/buf.h"
#include "core/vocabulary.h"

#define ENS_AUDIT_LINE_MAX                                                                         \
    ((size_t)1024 * 1024) /* room for 1000 targets of maximum length and all other members */

struct ens_audit_line {
    int64_t unix_ms;
    ens_str run_id;      /* of the job; of the first queued one, if the call serves several */
    bool sending;        /* true: about to be sent; false: ended */
    ens_str actor;       /* the user, and the run of a CI system */
    ens_str source;      /* where the keys come from */
    ens_str key_id_tail; /* the last characters of the access key's id */
    ens_str endpoint;    /* scheme://host[:port] */
    ens_str cloud;
    ens_str region;
    const ens_str *ids;
    size_t id_count;
    const char *action; /* "describe", "probe", "dry_run" or "start" */
    bool dry_run;
    unsigned attempt; /* from 1 */
    /* Only of an attempt that has ended: */
    enum ens_reason outcome;
    uint32_t http_status;
    ens_str provider_code;
    ens_str request_id;
    int64_t elapsed_ms;

    ens_str client_token;
    ens_str trace_id;
};

/* Appends one JSON object and a line feed. */
void ens_audit_line_format(const struct ens_audit_line *line, struct ens_buf *out);

#endif
