/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bound in time for what may never return: calls of gRPC core, which waits without end for a
 * thread that could not be made. It works by SIGALRM and needs no thread of its own, so there is
 * one bound at a time in a process.
 */
#ifndef ENSURE_RPC_BOUNDED_H
#define ENSURE_RPC_BOUNDED_H

/* Unless ens_bounded_end is called within so many ms, the process writes the sentence to fd (NULL:
 * none), removes what ens_crash_removes was told, and ends with the code. The sentence is borrowed
 * until then. */
void ens_bounded_begin(unsigned ms, int code, int fd, const char *sentence);
void ens_bounded_end(void);

#endif
