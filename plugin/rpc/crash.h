/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The last words of a process that crashes: "panic: SIGSEGV" and a backtrace of addresses on
 * stderr. go-plugin hosts collect what follows "panic: " and show it to the user. No memory is
 * printed, so no secret is.
 */
#ifndef ENSURE_RPC_CRASH_H
#define ENSURE_RPC_CRASH_H

/* For SIGSEGV, SIGBUS, SIGFPE, SIGILL and SIGABRT; the handlers that were there run afterwards. */
void ens_crash_install(void);

/* What is removed when the process crashes: a file and then its directory, which are borrowed;
 * NULL: nothing any more. */
void ens_crash_removes(const char *file, const char *directory);

/* Removes it now; safe in a signal handler. */
void ens_crash_remove(void);

#endif
