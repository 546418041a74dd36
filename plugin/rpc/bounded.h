/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A time limit for calls of gRPC core, which may block forever: it waits for a thread that could
 * not be created. Implemented by SIGALRM, without a thread, so there is one limit at a time in a
 * process.
 */
#ifndef ENSURE_RPC_BOUNDED_H
#define ENSURE_RPC_BOUNDED_H

/* Unless ens_bounded_end is called within ms, the process writes the sentence to fd (NULL:
 * nothing), removes the files of ens_crash_removes, and exits with the code. The sentence is
 * borrowed until then. */
void ens_bounded_begin(unsigned ms, int code, int fd, const char *sentence);
void ens_bounded_end(void);

#endif
