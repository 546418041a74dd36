/* SPDX-License-Identifier: Apache-2.0 */
#include "http/endpoint.h"

#include <arpa/inet.h>
#include <string.h>

#define NAME_MAX_SIZE ((size_t)253) /* RFC 1035, 2.3.4 */

static const char name_set[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-";

/* As inet_pton reads it, which wants a terminated string. */
static bool is_address(int family, ens_str text, void *ret)
{
    char copy[INET6_ADDRSTRLEN] = {0};

    if (text.len == 0 || text.len >= sizeof(copy) || memchr(text.ptr, '\0', text.len) != NULL) {
        return false;
    }
    memcpy(copy, text.ptr, text.len);
    return inet_pton(family, copy, ret) == 1;
}

static bool is_host(ens_str host)
{
    unsigned char address[sizeof(struct in6_addr)];

    if (host.len > 0 && host.ptr[0] == '[') {
        return host.len > 2 && host.ptr[host.len - 1] == ']' &&
               is_address(AF_INET6, (ens_str){host.ptr + 1, host.len - 2}, address);
    }
    return host.len > 0 && host.len <= NAME_MAX_SIZE && ens_str_all_in(host, name_set) &&
           host.ptr[0] != '.' && host.ptr[0] != '-';
}

static bool is_port(ens_str port)
{
    int64_t number = 0;

    return port.len <= 5 && ens_str_to_i64(port, &number) && number >= 1 && number <= 65535;
}

/* Splits host[:port]; the colons of an IPv6 address stand in brackets. */
static ens_str cut_host(ens_str authority, ens_str *port)
{
    const char *bracket = authority.len > 0 && authority.ptr[0] == '['
                              ? memchr(authority.ptr, ']', authority.len)
                              : NULL;
    size_t from = bracket == NULL ? 0 : (size_t)(bracket - authority.ptr);
    ens_str head = ens_str_cut((ens_str){authority.ptr + from, authority.len - from}, ':', port);

    return (ens_str){authority.ptr, from + head.len};
}

const char *ens_endpoint_parse(ens_str text, struct ens_endpoint *ret)
{
    const ens_str http = ENS_STR("http://");
    const ens_str https = ENS_STR("https://");
    struct ens_endpoint endpoint = {.tls = ens_str_starts(text, https)};

    if (text.len > ENS_ENDPOINT_MAX) {
        return "it is longer than 512 bytes";
    }
    if (!endpoint.tls && !ens_str_starts(text, http)) {
        return "it starts with neither https:// nor http://";
    }
    size_t scheme = endpoint.tls ? https.len : http.len;
    endpoint.host = cut_host((ens_str){text.ptr + scheme, text.len - scheme}, &endpoint.port);
    if (!is_host(endpoint.host)) {
        return "what follows the scheme is not a host name or address with an optional port";
    }
    if (endpoint.port.ptr != NULL && !is_port(endpoint.port)) {
        return "what follows the host is not a port from 1 to 65535";
    }
    *ret = endpoint;
    return NULL;
}

bool ens_endpoint_is_loopback(const struct ens_endpoint *endpoint)
{
    ens_str host = endpoint->host;
    unsigned char address[sizeof(struct in6_addr)];

    if (ens_str_eq_nocase(host, ENS_STR("localhost"))) {
        return true;
    }
    if (is_address(AF_INET, host, address)) {
        return address[0] == 127;
    }
    return host.len > 2 && host.ptr[0] == '[' &&
           is_address(AF_INET6, (ens_str){host.ptr + 1, host.len - 2}, address) &&
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
