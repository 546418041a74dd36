/* SPDX-License-Identifier: Apache-2.0 */
/* Settings of the whole process, made by the programs. libensure makes none, because the process
 * belongs to the application. */
#ifndef ENSURE_OS_PROCESS_H
#define ENSURE_OS_PROCESS_H

/*
 * Called first in main, before any thread is created.
 * - Disables core dumps and PR_SET_DUMPABLE, so that other processes of the same user can't read
 *   keys from this process's memory.
 * - Ignores SIGXFSZ, so that a write beyond RLIMIT_FSIZE fails with EFBIG and temporary files are
 *   removed, as on a full disk.
 * - Limits malloc to one arena if the address space is limited (ulimit -v).
 * - Removes GRPC_TRACE and SSLKEYLOGFILE from the environment, also for child processes: with the
 *   first, gRPC logs the bytes of messages, keys included; to the second, TLS libraries write the
 *   secrets that decrypt the connections to the clouds.
 */
void ens_os_process_begin(void);

#endif
