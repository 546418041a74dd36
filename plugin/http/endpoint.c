/* SPDX-License-Identifier: Apache-2.0 */
#include "http/endpoint.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "http/address.h"

#define NAME_MAX_SIZE ((size_t)253) /* RFC 1035, 2.3.4 */

static const char name_set[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-";

static bool is_host(ens_str host)
{
    unsigned char address[sizeof(struct in6_addr)];

    if (host.len > 0 && host.ptr[0] == '[') {
        return host.len > 2 && host.ptr[host.len - 1] == ']' &&
               ens_address_parse(AF_INET6, (ens_str){host.ptr + 1, host.len - 2}, address);
    }
    /* libcurl's URL parser is not used for this check: it also accepts "https:/host", an empty
     * port, port 0, zone ids, escaped characters, and 127.1 or 0x7f.1 as addresses. */
    return host.len > 0 && host.len <= NAME_MAX_SIZE && ens_str_all_in(host, name_set) &&
           host.ptr[0] != '.' && host.ptr[0] != '-';
}

static bool is_port(ens_str port)
{
    int64_t number = 0;

    return port.len <= 5 && ens_str_to_i64(port, &number) && number >= 1 && number <= 65535;
}

/* Splits host[:port]; colons within the brackets of an IPv6 address don't count. */
static ens_str cut_host(ens_str authority, ens_str *port)
{
    const char *bracket = authority.len > 0 && authority.ptr[0] == '['
                              ? memchr(authority.ptr, ']', authority.len)
                              : NULL;
    size_t from = bracket == NULL ? 0 : (size_t)(bracket - authority.ptr);
    ens_str head = ens_str_cut((ens_str){authority.ptr + from, authority.len - from}, ':', port);

    return (ens_str){authority.ptr, from + head.len};
}

/* Whether text begins with the scheme, in any case (RFC 3986, 3.1), and "://"; cuts both off. */
static bool cut_scheme(ens_str *text, const char *scheme)
{
    const ens_str head = ens_str_of(scheme);
    const ens_str colon = ENS_STR("://");

    if (text->len < head.len || !ens_str_eq_nocase((ens_str){text->ptr, head.len}, head) ||
        !ens_str_starts((ens_str){text->ptr + head.len, text->len - head.len}, colon)) {
        return false;
    }
    *text = (ens_str){text->ptr + head.len + colon.len, text->len - head.len - colon.len};
    return true;
}

/* A part of a URL that an endpoint must not have, as a clause; NULL: there is none. */
static const char *find_surplus(ens_str authority)
{
    for (size_t i = 0; i < authority.len; i++) {
        switch (authority.ptr[i]) {
        case '/':
        case '?':
        case '#':
            return "a path, a query or a fragment follows the host";
        case '@':
            return "it holds a user name";
        default:
            break;
        }
    }
    return NULL;
}

const char *ens_endpoint_parse(ens_str text, struct ens_endpoint *ret)
{
    struct ens_endpoint endpoint = {0};

    if (text.len > ENS_ENDPOINT_MAX) {
        return "it is longer than 512 bytes";
    }
    endpoint.tls = cut_scheme(&text, "https");
    if (!endpoint.tls && !cut_scheme(&text, "http")) {
        return "it starts with neither https:// nor http://";
    }
    if (ens_str_ends(text, ENS_STR("/"))) {
        text.len--;
    }
    const char *surplus = find_surplus(text);
    if (surplus != NULL) {
        return surplus;
    }
    endpoint.host = cut_host(text, &endpoint.port);
    if (!is_host(endpoint.host)) {
        return "what follows the scheme is not a host name or address with an optional port";
    }
    if (endpoint.port.ptr != NULL && !is_port(endpoint.port)) {
        return "what follows the host is not a port from 1 to 65535";
    }
    *ret = endpoint;
    return NULL;
}

ens_str ens_endpoint_base(struct ens_arena *arena, const struct ens_endpoint *endpoint)
{
    const bool port = endpoint->port.len > 0;

    return ens_arena_printf(arena, "%s://%.*s%s%.*s", endpoint->tls ? "https" : "http",
                            ENS_STR_ARG(endpoint->host), port ? ":" : "",
                            ENS_STR_ARG(endpoint->port));
}

bool ens_endpoint_is_loopback(const struct ens_endpoint *endpoint)
{
    ens_str host = endpoint->host;
    unsigned char address[sizeof(struct in6_addr)];

    if (ens_str_eq_nocase(host, ENS_STR("localhost"))) {
        return true;
    }
    if (ens_address_parse(AF_INET, host, address)) {
        return address[0] == 127;
    }
    return host.len > 2 && host.ptr[0] == '[' &&
           ens_address_parse(AF_INET6, (ens_str){host.ptr + 1, host.len - 2}, address) &&
           memcmp(address, &in6addr_loopback, sizeof(in6addr_loopback)) == 0;
}

ens_rc ens_endpoint_check(ens_str endpoint, bool allow_http, const char *where,
                          struct ens_diags *diags)
{
    struct ens_endpoint parsed = {0};
    const char *wrong = ens_endpoint_parse(endpoint, &parsed);

    if (wrong != NULL) {
        return ens_fail(diags, ENS_INVALID, where,
                        "the endpoint is not of the form scheme://host[:port]: %s", wrong);
    }
    if (!parsed.tls && !allow_http && !ens_endpoint_is_loopback(&parsed)) {
        return ens_fail(diags, ENS_INVALID, where,
                        "the endpoint http://%.*s is neither https nor on this machine; "
                        "ENSURE_ALLOW_HTTP=1 allows it",
                        ENS_STR_ARG(parsed.host));
    }
    return ENS_OK;
}

ens_rc ens_endpoint_check_loopback(ens_str endpoint, const char *where, struct ens_diags *diags)
{
    struct ens_endpoint parsed = {0};
    const char *wrong = ens_endpoint_parse(endpoint, &parsed);

    if (wrong != NULL) {
        return ens_fail(diags, ENS_INVALID, where,
                        "the address is not of the form scheme://host[:port]: %s", wrong);
    }
    return ens_endpoint_is_loopback(&parsed)
               ? ENS_OK
               : ens_fail(diags, ENS_INVALID, where, "the address %.*s is not on this machine",
                          ENS_STR_ARG(parsed.host));
}

/* The metadata services of the clouds, at addresses that are not routed. */
static const char *const metadata_addresses[] = {"100.100.100.200", "100.96.0.96",
                                                 "169.254.169.254"};

/* 169.254.0.0/16 (RFC 3927): containers get keys from a helper there. */
static bool is_link_local(ens_str host)
{
    unsigned char address[sizeof(struct in6_addr)];

    return ens_address_parse(AF_INET, host, address) && address[0] == 169 && address[1] == 254;
}

const char *ens_endpoint_refuses_keys(ens_str endpoint, bool allow_http)
{
    struct ens_endpoint parsed = {0};
    const char *wrong = ens_endpoint_parse(endpoint, &parsed);

    if (wrong != NULL) {
        return wrong;
    }
    if (parsed.tls || allow_http || ens_endpoint_is_loopback(&parsed) ||
        is_link_local(parsed.host)) {
        return NULL;
    }
    for (size_t i = 0; i < ENS_COUNT(metadata_addresses); i++) {
        if (ens_str_is(parsed.host, metadata_addresses[i])) {
            return NULL;
        }
    }
    return "it is neither https nor on this machine";
}

ens_str ens_endpoint_host_header(struct ens_arena *arena, ens_str base)
{
    struct ens_endpoint endpoint = {0};

    if (ens_endpoint_parse(base, &endpoint) != NULL) {
        return base; /* the transport reports the error */
    }
    if (endpoint.port.len == 0 || ens_str_is(endpoint.port, endpoint.tls ? "443" : "80")) {
        return ens_arena_dup(arena, endpoint.host);
    }
    return ens_arena_printf(arena, "%.*s:%.*s", ENS_STR_ARG(endpoint.host),
                            ENS_STR_ARG(endpoint.port));
}
