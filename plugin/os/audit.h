/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The audit log: one JSON line per call to a cloud, appended to the file that ENSURE_AUDIT_LOG
 * names. It says who was asked what and what came of it, never a secret. Opened 0600, O_APPEND, one
 * write per line, so that several processes may share a file.
 */
#ifndef ENSURE_OS_AUDIT_H
#define ENSURE_OS_AUDIT_H

#include "base/diag.h"
#include "base/host.h"

struct ens_audit;

ens_rc ens_audit_open(const char *path, struct ens_audit **ret,
                      struct ens_diags *diags) ENS_MUST_USE;
void ens_audit_close(struct ens_audit *audit);

/* A line that could not be written whole (a full disk) is ENS_IO; the next one starts on a line of
 * its own. Lives as long as the audit log. */
const struct ens_audit_writer *ens_audit_writer(const struct ens_audit *audit);

#endif
