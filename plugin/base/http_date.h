/* SPDX-License-Identifier: Apache-2.0 */
/* The dates of HTTP headers (RFC 9110, 5.6.7), in all three forms. */
#ifndef ENSURE_BASE_HTTP_DATE_H
#define ENSURE_BASE_HTTP_DATE_H

#include <stdbool.h>

#include "base/str.h"

/* False: it is none. */
bool ens_http_date_parse(ens_str text, int64_t *ret_unix_s);

#endif
