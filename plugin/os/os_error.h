/* SPDX-License-Identifier: Apache-2.0 */
/* What the operating system says about an errno value. Inside run/ only. */
#ifndef ENSURE_OS_OS_ERROR_H
#define ENSURE_OS_OS_ERROR_H

#define ENS_OS_ERROR_SIZE 128

/* out has ENS_OS_ERROR_SIZE bytes and may or may not be what is returned. */
const char *ens_os_error(int code, char *out);

#endif
