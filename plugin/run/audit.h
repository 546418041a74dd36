/*
 * The audit log: one JSON line per call to a cloud, appended to the file that ENSURE_AUDIT_LOG
 * names. It says who was asked what and what came of it, never a secret. Opened 0600, O_APPEND, one
 * write per line, so that several processes may share a file.
 */
#ifndef ENSURE_RUN_AUDIT_H
#define ENSURE_RUN_AUDIT_H

#include "base/diag.h"
#include "core/terms.h"

struct ens_audit;

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

ens_rc ens_audit_open(const char *path, struct ens_audit **ret,
                      struct ens_diags *diags) ENS_MUST_USE;
void ens_audit_close(struct ens_audit *audit);

/* NULL audit: nothing is written. ENS_IO: the line could not be written whole (a full disk); the
 * next one starts on a line of its own. */
ens_rc ens_audit_write(struct ens_audit *audit, const struct ens_audit_line *line);

#endif
