/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The endpoint of a cloud's API, scheme://host[:port]: parser, normal form, and the check of an
 * endpoint that a user configured.
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
    ens_str port; /* empty: the scheme's default port */
};

/* Parses an endpoint; the scheme may be in upper case, and one "/" may follow. Returns NULL, or a
 * clause that says what is wrong. Slices point into text. */
const char *ens_endpoint_parse(ens_str text, struct ens_endpoint *ret);

/* The normal form, which is compared, signed and sent: lower-case scheme, no trailing "/". */
ens_str ens_endpoint_base(struct ens_arena *arena, const struct ens_endpoint *endpoint);

/* localhost, 127.0.0.0/8 or [::1]. */
bool ens_endpoint_is_loopback(const struct ens_endpoint *endpoint);

/* Checks that the endpoint has the form scheme://host[:port], and is https or on loopback unless
 * allow_http. where: the setting, for the diagnostic. */
ens_rc ens_endpoint_check(ens_str endpoint, bool allow_http, const char *where,
                          struct ens_diags *diags) ENS_MUST_USE;

/* The same for the address of a metadata service, which may be replaced by loopback alone. */
ens_rc ens_endpoint_check_loopback(ens_str endpoint, const char *where,
                                   struct ens_diags *diags) ENS_MUST_USE;

/* Whether keys may be asked for there: over https; over http on loopback, at link-local addresses
 * and from the metadata services, or anywhere with allow_http. NULL, or a clause that says what is
 * wrong. */
const char *ens_endpoint_refuses_keys(ens_str endpoint, bool allow_http);

/* The value of the Host header: without the default port. */
ens_str ens_endpoint_host_header(struct ens_arena *arena, ens_str base);

#endif
