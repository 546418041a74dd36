/* SPDX-License-Identifier: Apache-2.0 */
/* Parser for numeric IP addresses. Used inside http/ only. */
#ifndef ENSURE_HTTP_ADDRESS_H
#define ENSURE_HTTP_ADDRESS_H

#include <stdbool.h>

#include "base/str.h"

/* inet_pton on a slice; ret has 4 bytes for AF_INET and 16 for AF_INET6. */
bool ens_address_parse(int family, ens_str text, void *ret);

#endif
