/* SPDX-License-Identifier: Apache-2.0 */
#include "http/http_proxy.h"

#include <curl/curl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "http/address.h"

/* ---- NO_PROXY ---- */

static bool ends_without_case(ens_str text, ens_str end)
{
    return text.len >= end.len &&
           ens_str_eq_nocase((ens_str){text.ptr + text.len - end.len, end.len}, end);
}

static ens_str without_last_dot(ens_str name)
{
    return name.len > 0 && name.ptr[name.len - 1] == '.' ? (ens_str){name.ptr, name.len - 1} : name;
}

static bool names_domain(ens_str item, ens_str host)
{
    if (ens_str_starts(item, ENS_STR("*."))) {
        item = (ens_str){item.ptr + 1, item.len - 1};
    }
    if (ens_str_starts(item, ENS_STR("."))) {
        item = (ens_str){item.ptr + 1, item.len - 1};
    }
    item = without_last_dot(item);
    host = without_last_dot(host);
    return item.len > 0 && ends_without_case(host, item) &&
           (host.len == item.len || host.ptr[host.len - item.len - 1] == '.');
}

static bool same_bits(const unsigned char *a, const unsigned char *b, size_t bits)
{
    const unsigned rest = (unsigned)(bits % 8);

    return memcmp(a, b, bits / 8) == 0 &&
           (rest == 0 || ((unsigned)(a[bits / 8] ^ b[bits / 8]) >> (8 - rest)) == 0);
}

static ens_str without_brackets(ens_str text)
{
    return text.len > 2 && text.ptr[0] == '[' && text.ptr[text.len - 1] == ']'
               ? (ens_str){text.ptr + 1, text.len - 2}
               : text;
}

static bool names_network(ens_str item, ens_str host)
{
    static const struct {
        int family;
        int64_t bits;
    } families[] = {{AF_INET, 32}, {AF_INET6, 128}};
    unsigned char network[sizeof(struct in6_addr)];
    unsigned char address[sizeof(struct in6_addr)];
    ens_str length = {NULL, 0};
    const ens_str start = without_brackets(ens_str_cut(item, '/', &length));

    for (size_t i = 0; i < ENS_COUNT(families); i++) {
        int64_t bits = families[i].bits;
        if (ens_address_parse(families[i].family, start, network) &&
            ens_address_parse(families[i].family, without_brackets(host), address) &&
            (length.ptr == NULL || (ens_str_to_i64(length, &bits) && bits >= 0)) &&
            bits <= families[i].bits) {
            return same_bits(network, address, (size_t)bits);
        }
    }
    return false;
}

bool ens_no_proxy_names(ens_str list, ens_str host)
{
    size_t at = 0;

    while (at < list.len) {
        size_t end = at;
        while (end < list.len && strchr(", \t", list.ptr[end]) == NULL) {
            end++;
        }
        const ens_str item = {list.ptr + at, end - at};
        if (ens_str_eq(item, ENS_STR("*")) || names_domain(item, host) ||
            names_network(item, host)) {
            return true;
        }
        at = end + 1;
    }
    return false;
}

/* ---- the proxy ---- */

static const char *find(const struct ens_environment *environment, const char *const *names,
                        const char **ret_name)
{
    for (; *names != NULL; names++) {
        const char *value = environment->get(environment->ud, *names);
        if (value != NULL) {
            *ret_name = *names;
            return value;
        }
    }
    return NULL;
}

static ens_str part(CURLU *url, CURLUPart which, struct ens_arena *arena)
{
    char *text = NULL;

    if (curl_url_get(url, which, &text, 0) != CURLUE_OK) {
        return (ens_str){NULL, 0};
    }
    const ens_str copy = ens_arena_dup(arena, ens_str_of(text));
    curl_free(text);
    return copy;
}

/* Uses libcurl's URL parser, so that the host shown to the user is the one libcurl connects to. */
static void read_address(struct ens_proxy *proxy, struct ens_arena *arena)
{
    CURLU *url = curl_url();

    ENS_ASSERT(url != NULL);
    if (curl_url_set(url, CURLUPART_URL, proxy->url,
                     CURLU_NON_SUPPORT_SCHEME | CURLU_GUESS_SCHEME) == CURLUE_OK) {
        const bool tls = ens_str_eq(part(url, CURLUPART_SCHEME, arena), ENS_STR("https"));
        const ens_str port = part(url, CURLUPART_PORT, arena);
        proxy->host = part(url, CURLUPART_HOST, arena);
        /* libcurl's default ports. */
        proxy->address =
            ens_arena_printf(arena, "%.*s:%.*s", ENS_STR_ARG(proxy->host),
                             ENS_STR_ARG(port.len > 0 ? port : ens_str_of(tls ? "443" : "1080")));
    }
    curl_url_cleanup(url);
}

struct ens_proxy ens_proxy_find(const struct ens_environment *environment,
                                const struct ens_endpoint *endpoint, struct ens_arena *arena)
{
    static const char *const for_https[] = {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY",
                                            NULL};
    static const char *const for_http[] = {"http_proxy", "all_proxy", "ALL_PROXY", NULL};
    static const char *const exceptions[] = {"no_proxy", "NO_PROXY", NULL};
    struct ens_proxy proxy = {0};
    const char *unused = NULL;

    if (environment == NULL || ens_endpoint_is_loopback(endpoint)) {
        return proxy; /* a proxy can't reach the loopback of this machine */
    }
    proxy.url = find(environment, endpoint->tls ? for_https : for_http, &proxy.variable);
    if (proxy.url == NULL ||
        ens_no_proxy_names(ens_str_of(find(environment, exceptions, &unused)), endpoint->host)) {
        return (struct ens_proxy){0};
    }
    read_address(&proxy, arena);
    return proxy;
}
