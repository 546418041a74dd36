/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An address of a cloud's API: scheme://host[:port], its parser, and a check that says in words
 * what is wrong with one.
 */
#ifndef ENSURE_HTTP_ENDPOINT_H
#define ENSURE_HTTP_ENDPOINT_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/str.h"

#define ENS_ENDPOINT_MAX ((size_t)512) /* bytes */

struct ens_endpoint {
    bool tls;     /* https */
    ens_str host; /* a name or an IP address; an IPv6 address in its brackets */
    ens_str port; /* empty: the scheme's own */
};

/* NULL, or what is wrong, in one clause. Slices point into text. The scheme may be in capitals, and
 * one "/" may follow. */
const char *ens_endpoint_parse(ens_str text, struct ens_endpoint *ret);

/* In the one form that is compared, signed and sent: a small scheme, and no "/" behind it. */
ens_str ens_endpoint_base(struct ens_arena *arena, const struct ens_endpoint *endpoint);

/* localhost, 127.0.0.0/8 or [::1]. */
bool ens_endpoint_is_loopback(const struct ens_endpoint *endpoint);

/* scheme://host[:port] and nothing else; http only to loopback unless allow_http. */
ens_rc ens_endpoint_check(ens_str endpoint, bool allow_http, const char *where,
                          struct ens_diags *diags) ENS_MUST_USE;

#endif
