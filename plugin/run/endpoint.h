/*
 * An address of a cloud's API: scheme://host[:port]. ens_endpoint_check (run/credentials.h) says in
 * words what is wrong with one; this is the parser below it.
 */
#ifndef ENSURE_RUN_ENDPOINT_H
#define ENSURE_RUN_ENDPOINT_H

#include "base/str.h"

#define ENS_ENDPOINT_MAX ((size_t)512) /* bytes */

struct ens_endpoint {
    bool tls;     /* https */
    ens_str host; /* a name or an IP address; an IPv6 address in its brackets */
    ens_str port; /* empty: the scheme's own */
};

/* NULL, or what is wrong, in one clause. Slices point into text. */
const char *ens_endpoint_parse(ens_str text, struct ens_endpoint *ret);

/* localhost, 127.0.0.0/8 or [::1]. */
bool ens_endpoint_is_loopback(const struct ens_endpoint *endpoint);

#endif
