/* SPDX-License-Identifier: Apache-2.0 */
/* The program as the host tool. */
#ifndef ENSURE_CLI_CLI_H
#define ENSURE_CLI_CLI_H

#include "linked/linked.h"

/* The libraries are what "version" shows as linked in. Returns the exit code of the process. */
int ens_cli(int argc, char **argv, const struct ens_linked_library *libraries, size_t count);

#endif
