/* SPDX-License-Identifier: Apache-2.0 */
/* The program as the plugin process: whichever host starts it, by whichever cookie, it serves the
 * same services over the same engine. */
#ifndef ENSURE_ROLE_PLUGIN_H
#define ENSURE_ROLE_PLUGIN_H

#include <stdbool.h>

#include "base/host.h"

/* Whether the environment holds the cookie of a host. */
bool ens_role_plugin_invited(const struct ens_environment *environment);

/* Ends the process, or returns its exit code. */
int ens_role_plugin(int argc, char **argv);

#endif
