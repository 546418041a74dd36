/* SPDX-License-Identifier: Apache-2.0 */
/* Reads standard headers of a reply (RFC 9110); a cloud's own headers are read by its provider.
 * Pure. */
#ifndef ENSURE_CORE_REPLY_HEADERS_H
#define ENSURE_CORE_REPLY_HEADERS_H

#include "base/str.h"

#define ENS_RETRY_AFTER_MAX_S ((int64_t)24 * 3600) /* a longer wait is reduced to this */

/* The server's time, from Date; 0: there is none. */
int64_t ens_reply_unix_s(const struct ens_http_reply *reply);

/* Whether the reply seems to come from a proxy: an HTML page, or a header that proxies add. */
bool ens_reply_is_by_proxy(const struct ens_http_reply *reply);

/* The wait that Retry-After asks for; 0: none. A date is relative to the server's time, or to
 * our_unix_s if the reply has no Date. */
int64_t ens_reply_retry_after_ms(const struct ens_http_reply *reply, int64_t our_unix_s);

#endif
