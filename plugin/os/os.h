/* SPDX-License-Identifier: Apache-2.0 */
/* Clocks, entropy, environment variables and files of the operating system, and log sinks. */
#ifndef ENSURE_OS_OS_H
#define ENSURE_OS_OS_H

#include "base/buf.h"
#include "base/diag.h"
#include "base/host.h"
#include "base/log.h"

extern const struct ens_clock ens_os_clock;
extern const struct ens_entropy ens_os_entropy;
extern const struct ens_environment ens_os_environment;

/* Appends the content of a regular file to out. ENS_LIMIT: out->max would be exceeded;
 * ENS_NOT_FOUND: there is no such file. */
ens_rc ens_os_read_file(const char *path, struct ens_buf *out,
                        struct ens_diags *diags) ENS_MUST_USE;

/* Likewise, for a file that decides what is permitted: ENS_INVALID if others may write it, that is
 * all users, or an owner who is neither root nor this user, or if it is a symbolic link to nothing,
 * which must not count as a file that does not exist. */
ens_rc ens_os_read_trusted_file(const char *path, struct ens_buf *out,
                                struct ens_diags *diags) ENS_MUST_USE;

/* Replaces a file atomically (temporary file and rename): readers see either the old or the new
 * content. */
ens_rc ens_os_write_file(const char *path, ens_str text, unsigned mode,
                         struct ens_diags *diags) ENS_MUST_USE;

/* Appends to a regular file, which is created if there is none. */
ens_rc ens_os_append_file(const char *path, ens_str text, struct ens_diags *diags) ENS_MUST_USE;

/* Checks that ens_os_write_file could create or replace the file; the file is not changed. */
ens_rc ens_os_check_writable(const char *path, struct ens_diags *diags) ENS_MUST_USE;

/* The name of the effective user from /etc/passwd, or "uid 1000" if it has none. Name services
 * (NSS) are not queried, because one that hangs would delay a start. */
ens_str ens_os_user(struct ens_arena *arena);

/* Adds a warning if ENSURE_LOG is set to something that is not a level. */
void ens_os_log_check(const struct ens_environment *environment, struct ens_diags *diags);

/* Initialises *log as a sink on stderr, in plain text or in hclog's JSON, which go-plugin hosts
 * parse and log again. The level is that of ENSURE_LOG; fallback if it is not set or is not a
 * level. Needs no release. */
void ens_os_log_text(struct ens_log *log, enum ens_log_level fallback);
void ens_os_log_hclog(struct ens_log *log, enum ens_log_level fallback);

#endif
