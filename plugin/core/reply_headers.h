/* SPDX-License-Identifier: Apache-2.0 */
/* What the standard headers of a reply say (RFC 9110). The cloud's own are its provider's. Pure. */
#ifndef ENSURE_CORE_REPLY_HEADERS_H
#define ENSURE_CORE_REPLY_HEADERS_H

#include "base/str.h"

#define ENS_RETRY_AFTER_MAX_S ((int64_t)24 * 3600) /* a longer wait is read as this one */

/* The server's clock, from Date; 0: not said. */
int64_t ens_reply_unix_s(const struct ens_http_reply *reply);

/* Whether something other than the cloud seems to have answered: a page for a browser, or a header
 * that proxies add. */
bool ens_reply_is_by_proxy(const struct ens_http_reply *reply);

/* Retry-After, in seconds or as a date, which counts from the server's clock, or from ours where
 * the reply has no Date; 0: none. */
int64_t ens_reply_retry_after_ms(const struct ens_http_reply *reply, int64_t our_unix_s);

#endif
