/* SPDX-License-Identifier: Apache-2.0 */
/* Numeric addresses. Inside http/ only. */
#ifndef ENSURE_HTTP_ADDRESS_H
#define ENSURE_HTTP_ADDRESS_H

#include <stdbool.h>

#include "base/str.h"

/* As inet_pton reads it; ret has 4 bytes for AF_INET and 16 for AF_INET6. */
bool ens_address_parse(int family, ens_str text, void *ret);

#endif
