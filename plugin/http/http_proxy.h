/* SPDX-License-Identifier: Apache-2.0 */
/* Which proxy the environment names for an endpoint. Inside http/ only. */
#ifndef ENSURE_HTTP_HTTP_PROXY_H
#define ENSURE_HTTP_HTTP_PROXY_H

#include "base/arena.h"
#include "base/host.h"
#include "http/endpoint.h"

struct ens_proxy {
    const char *url;      /* as the variable has it; NULL: no proxy. The environment's */
    const char *variable; /* that names it */
    ens_str address;      /* host:port, without user and password; empty: url is no address */
    ens_str host;         /* of address */
};

/* https_proxy, HTTPS_PROXY (http_proxy alone for http, as everywhere: a web server sets HTTP_PROXY
 * from a header of its client), all_proxy, ALL_PROXY; unless no_proxy or NO_PROXY names the host,
 * or it is on this machine. */
struct ens_proxy ens_proxy_find(const struct ens_environment *environment,
                                const struct ens_endpoint *endpoint, struct ens_arena *arena);

/* Whether a list as in NO_PROXY names the host: names (with all that end in them; a leading "." or
 * "*." changes nothing), addresses, networks as address/bits, and "*". */
bool ens_no_proxy_names(ens_str list, ens_str host);

#endif
