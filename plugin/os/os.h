/* SPDX-License-Identifier: Apache-2.0 */
/* The real outside: clocks, entropy, environment variables and files of this machine. */
#ifndef ENSURE_OS_OS_H
#define ENSURE_OS_OS_H

#include "base/buf.h"
#include "base/diag.h"
#include "base/host.h"
#include "base/log.h"

extern const struct ens_clock ens_os_clock;
extern const struct ens_entropy ens_os_entropy;
extern const struct ens_environment ens_os_environment;

/* Appends a whole regular file; more than out->max is ENS_LIMIT, no such file ENS_NOT_FOUND. */
ens_rc ens_os_read_file(const char *path, struct ens_buf *out,
                        struct ens_diags *diags) ENS_MUST_USE;

/* Writes beside the path and renames, so that readers see the old file or the new one whole. */
ens_rc ens_os_write_file(const char *path, ens_str text, unsigned mode,
                         struct ens_diags *diags) ENS_MUST_USE;

/* Whether ens_os_write_file would find a place for the file. What it holds stays. */
ens_rc ens_os_check_writable(const char *path, struct ens_diags *diags) ENS_MUST_USE;

/* Who runs this process: the user's name, or "uid 1000" where /etc/passwd has none. Not asked of
 * name services: one that hangs must not hold up a start. */
ens_str ens_os_user(struct ens_arena *arena);

/* Warns of an ENSURE_LOG that is no level. */
void ens_os_log_check(const struct ens_environment *environment, struct ens_diags *diags);

/* Log sinks on stderr at the level of ENSURE_LOG (default, or if it is no level: fallback): text
 * for people, and JSON lines as go-plugin hosts re-log them. *log is filled in; it needs no
 * release. */
void ens_os_log_text(struct ens_log *log, enum ens_log_level fallback);
void ens_os_log_hclog(struct ens_log *log, enum ens_log_level fallback);

#endif
