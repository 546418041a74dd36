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

/* Copies the path. The file is opened by the first write; if that fails, the write fails, and the
 * next one tries again. */
struct ens_audit *ens_audit_new(const char *path);
void ens_audit_free(struct ens_audit *audit);

/* A write returns ENS_IO if a line was not written completely (disk full); the next one then begins
 * on a new line. Valid as long as the audit log. */
const struct ens_audit_writer *ens_audit_writer(const struct ens_audit *audit);

#endif
