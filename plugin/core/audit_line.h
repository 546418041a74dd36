/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A line of the audit log: who asked which cloud for what, and what came of it; never a secret.
 * Pure.
 *
 * A call that may start has a line before it is sent, and each call has one when it is over. All
 * keys are always there: empty or 0 where nothing is known.
 */
#ifndef ENSURE_CORE_AUDIT_LINE_H
#define ENSURE_CORE_AUDIT_LINE_H

#include "base/buf.h"
#include "core/vocabulary.h"

#define ENS_AUDIT_LINE_MAX                                                                         \
    ((size_t)1024 * 1024) /* 1000 targets of the longest kind, and the rest */

struct ens_audit_line {
    int64_t unix_ms;
    ens_str run_id;      /* of the job; of the first of them, if the call serves several */
    bool sending;        /* before it is sent; else it is over */
    ens_str actor;       /* the user, and the run of a CI system */
    ens_str source;      /* of the keys */
    ens_str key_id_tail; /* the last characters of the access key's id */
    ens_str endpoint;    /* scheme://host[:port] */
    ens_str cloud;
    ens_str region;
    const ens_str *ids;
    size_t id_count;
    const char *action; /* "describe", "probe", "dry_run" or "start" */
    bool dry_run;
    unsigned attempt; /* from 1 */
    /* Of one that is over: */
    enum ens_reason outcome;
    uint32_t http_status;
    ens_str provider_code;
    ens_str request_id;
    int64_t elapsed_ms;

    ens_str client_token;
    ens_str trace_id;
};

/* One JSON object and a line end. */
void ens_audit_line_format(const struct ens_audit_line *line, struct ens_buf *out);

#endif
