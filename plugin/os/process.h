/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a program of ours sets for its whole process. A library must not: libensure's process is its
 * user's.
 */
#ifndef ENSURE_OS_PROCESS_H
#define ENSURE_OS_PROCESS_H

/*
 * The first thing in main, before there are threads.
 * - No core dumps, and no reading of this process's memory by other processes of the same user: the
 *   memory holds keys.
 * - SIGXFSZ is ignored, so that a write beyond the limit of file sizes fails with EFBIG and what
 * was begun is taken away in order, as on a full disk.
 * - Under a limit of the address space (ulimit -v) it is spent sparingly.
 * - GRPC_TRACE and SSLKEYLOGFILE go from the environment, for libraries and for children: the first
 *   shows the bytes of messages, with keys in them; the second writes down what decrypts the
 *   connections to the clouds.
 */
void ens_os_process_begin(void);

#endif
