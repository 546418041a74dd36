/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the proxy for an endpoint in the environment. Used inside http/ only. */
#ifndef ENSURE_HTTP_HTTP_PROXY_H
#define ENSURE_HTTP_HTTP_PROXY_H

#include "base/arena.h"
#include "base/host.h"
#include "http/endpoint.h"

struct ens_proxy {
    const char *url;      /* value of the variable, owned by the environment; NULL: no proxy */
    const char *variable; /* name of the variable */
    ens_str address;      /* host:port, without user and password; empty: url can't be parsed */
    ens_str host;         /* of address */
};

/* The first of https_proxy, HTTPS_PROXY (for http only http_proxy: a CGI server sets HTTP_PROXY
 * from a request header), all_proxy and ALL_PROXY that is set. None if no_proxy or NO_PROXY lists
 * the host, or the endpoint is on loopback. */
struct ens_proxy ens_proxy_find(const struct ens_environment *environment,
                                const struct ens_endpoint *endpoint, struct ens_arena *arena);

/* Whether a list in the format of NO_PROXY matches the host. Items are domains (which match their
 * subdomains too; a leading "." or "*." is ignored), addresses, networks as address/bits, and "*".
 */
bool ens_no_proxy_names(ens_str list, ens_str host);

#endif
