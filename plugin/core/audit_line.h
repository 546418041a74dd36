/* SPDX-License-Identifier: Apache-2.0 */
/* A line of the audit log: who was asked what and what came of it, never a secret. Pure. */
#ifndef ENSURE_CORE_AUDIT_LINE_H
#define ENSURE_CORE_AUDIT_LINE_H

#include "base/buf.h"
#include "core/vocabulary.h"

#define ENS_AUDIT_LINE_MAX                                                                         \
    ((size_t)1024 * 1024) /* 1000 targets of the longest kind, and the rest */

struct ens_audit_line {
    int64_t unix_ms;
    ens_str cloud;
    ens_str region;
    const ens_str *ids;
    size_t id_count;
    const char *action; /* "describe", "probe", "dry_run" or "start" */
    bool dry_run;
    enum ens_reason outcome;
    uint32_t http_status;
    ens_str provider_code;
    ens_str request_id;
    ens_str client_token;
    unsigned attempt; /* from 1 */
};

/* One JSON object and a line end. */
void ens_audit_line_format(const struct ens_audit_line *line, struct ens_buf *out);

#endif
