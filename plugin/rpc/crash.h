/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Crash handler: prints "panic: SIGSEGV" and a backtrace of addresses on stderr. go-plugin hosts
 * show the lines from "panic: " on to the user. No memory content is printed, so no secret is.
 */
#ifndef ENSURE_RPC_CRASH_H
#define ENSURE_RPC_CRASH_H

/* For SIGSEGV, SIGBUS, SIGFPE, SIGILL and SIGABRT. The previous handlers run afterwards. */
void ens_crash_install(void);

/* Sets the file and directory that are removed when the process crashes; borrowed. NULL: none. */
void ens_crash_removes(const char *file, const char *directory);

/* Removes them now; async-signal-safe. */
void ens_crash_remove(void);

#endif
