/* SPDX-License-Identifier: Apache-2.0 */
/* The operating system's message for an errno value. */
#ifndef ENSURE_OS_OS_ERROR_H
#define ENSURE_OS_OS_ERROR_H

#define ENS_OS_ERROR_SIZE 128

/* out has ENS_OS_ERROR_SIZE bytes; the result points into it or to a static text. */
const char *ens_os_error(int code, char *out);

#endif
