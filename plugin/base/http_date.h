/* SPDX-License-Identifier: Apache-2.0 */
/* Parser for the dates of HTTP headers (RFC 9110, 5.6.7), in all three forms. */
#ifndef ENSURE_BASE_HTTP_DATE_H
#define ENSURE_BASE_HTTP_DATE_H

#include <stdbool.h>

#include "base/str.h"

/* False: text is not an HTTP date. */
bool ens_http_date_parse(ens_str text, int64_t *ret_unix_s);

#endif
