/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The audit log: JSON lines about the calls to clouds, appended to the file that ENSURE_AUDIT_LOG
 * names. Opened 0600, O_APPEND, one write per line, so that several processes may share a file.
 */
#ifndef ENSURE_OS_AUDIT_H
#define ENSURE_OS_AUDIT_H

#include "base/diag.h"
#include "base/host.h"

struct ens_audit;

/* The path is copied. A file that can't be opened is told by each write, which tries it again. */
struct ens_audit *ens_audit_new(const char *path);
void ens_audit_free(struct ens_audit *audit);

/* A line that could not be written whole (a full disk) is ENS_IO; the next one starts on a line of
 * its own. Lives as long as the audit log. */
const struct ens_audit_writer *ens_audit_writer(const struct ens_audit *audit);

#endif
