/* SPDX-License-Identifier: Apache-2.0 */
/* The table that "ensure providers" prints. */
#ifndef ENSURE_CLI_PROVIDERS_H
#define ENSURE_CLI_PROVIDERS_H

#include "core/capabilities.h"

void ens_providers_table(struct ens_buf *out, const struct ens_capabilities *capabilities);

#endif
