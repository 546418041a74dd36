/* SPDX-License-Identifier: Apache-2.0 */
/* Proxies from environment variables, which are used except for loopback. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/http_proxy.h"
#include "http_client.h"
#include "http_server.h"

static bool echo_line(void *ud, struct http_peer *peer, ens_str request)
{
    ens_str rest = {NULL, 0};
    ENS_AUTO_BUF reply = ens_buf_new(4096);

    (void)ud;
    ens_str line = ens_str_cut(request, '\r', &rest);
    ens_buf_addf(&reply, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%.*s", line.len,
                 ENS_STR_ARG(line));
    return http_peer_send(peer, ens_buf_str(&reply));
}

static void use_proxy(const struct http_server *proxy)
{
    static const char *const names[] = {"http_proxy", "https_proxy", "ALL_PROXY"};

    for (size_t i = 0; i < ENS_COUNT(names); i++) {
        assert_int_equal(setenv(names[i], http_server_base(proxy), 1), 0);
    }
}

static void test_plain(void **state)
{
    struct http_server *proxy = http_server_start(echo_line, NULL, NULL);
    struct http_server *server = http_server_start(echo_line, NULL, NULL);

    (void)state;
    use_proxy(proxy);
    struct ens_http *http = client_new(NULL);
    struct answer answer =
        client_ask(http, &(struct sending){.base = "http://cloud.invalid", .target = "/x?a=1"});
    assert_string_equal(answer.body, "GET http://cloud.invalid/x?a=1 HTTP/1.1");
    answer_done(&answer);
    assert_int_equal(http_server_requests(proxy), 1);
    answer = client_ask(http, &(struct sending){.base = http_server_base(server)});
    assert_string_equal(answer.body, "GET / HTTP/1.1");
    answer_done(&answer);
    assert_int_equal(http_server_requests(proxy), 1);
    assert_int_equal(http_server_requests(server), 1);
    ens_http_free(http);
    http_server_stop(server);
    http_server_stop(proxy);
}

/* A direct request does not go through a proxy, whatever the variables say. 0.0.0.0 leads to this
 * machine, but is not exempt from the proxy like loopback. */
static void test_direct(void **state)
{
    struct http_server *proxy = http_server_start(echo_line, NULL, NULL);
    struct http_server *server = http_server_start(echo_line, NULL, NULL);
    char base[64];

    (void)state;
    use_proxy(proxy);
    (void)snprintf(base, sizeof(base), "http://0.0.0.0:%d", http_server_port(server));
    struct ens_http *http = client_new(NULL);
    for (unsigned direct = 0; direct < 2; direct++) {
        struct answer answer =
            client_ask(http, &(struct sending){.base = base, .direct = direct == 1});
        answer_done(&answer);
    }
    const unsigned by_proxy = http_server_requests(proxy);
    const unsigned by_server = http_server_requests(server);
    ens_http_free(http);
    http_server_stop(server);
    http_server_stop(proxy);
    assert_int_equal(by_proxy, 1);
    assert_int_equal(by_server, 1);
}

/* ---- proxies that fail ---- */

static bool send_status(void *ud, struct http_peer *peer, ens_str request)
{
    ENS_AUTO_BUF reply = ens_buf_new(256);

    (void)request;
    ens_buf_addf(&reply, "HTTP/1.1 %s\r\nContent-Length: 0\r\n\r\n", (const char *)ud);
    (void)http_peer_send(peer, ens_buf_str(&reply));
    return false;
}

static bool stay_silent(void *ud, struct http_peer *peer, ens_str request)
{
    (void)ud;
    (void)request;
    (void)http_peer_closed(peer, -1);
    return false;
}

static bool close_connection(void *ud, struct http_peer *peer, ens_str request)
{
    (void)ud;
    (void)peer;
    (void)request;
    return false;
}

static void expect(const struct answer *answer, int port, const char *rest,
                   enum ens_transport_fault fault)
{
    char expected[256];

    (void)snprintf(expected, sizeof(expected), "the proxy 127.0.0.1:%d (https_proxy) %s", port,
                   rest);
    assert_string_equal(answer->error, expected);
    assert_int_equal(answer->end, ENS_TRANSPORT_NOT_SENT);
    assert_int_equal(answer->fault, fault);
    assert_false(answer->untrusted);
}

/* The proxy received a CONNECT, the cloud no request. The error contains neither the user name nor
 * the password of the proxy. */
static void test_proxy_does_not_connect(void **state)
{
    static const struct {
        http_serve_fn *serve;
        const char *status;
        const char *rest;
        enum ens_transport_fault fault;
    } rows[] = {
        {send_status, "403 Forbidden", "does not allow connections to cloud.invalid (HTTP 403)",
         ENS_FAULT_PROXY_FORBIDS},
        {send_status, "407 Proxy Authentication Required",
         "wants a user name and a password (HTTP 407)", ENS_FAULT_PROXY_LOGIN},
        {send_status, "502 Bad Gateway", "did not connect to cloud.invalid: HTTP 502",
         ENS_FAULT_PROXY},
        {close_connection, "", "did not connect to cloud.invalid: Proxy CONNECT aborted",
         ENS_FAULT_PROXY},
        {stay_silent, "", "did not connect to cloud.invalid within 200 ms", ENS_FAULT_PROXY},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        char status[64];
        char url[128];
        (void)snprintf(status, sizeof(status), "%s", rows[i].status);
        struct http_server *proxy = http_server_start(rows[i].serve, status, NULL);
        use_proxy(proxy);
        (void)snprintf(url, sizeof(url), "http://user:pass-word@127.0.0.1:%d",
                       http_server_port(proxy));
        assert_int_equal(setenv("https_proxy", url, 1), 0);
        struct ens_http *http = client_new(NULL);
        struct answer answer = client_ask(
            http, &(struct sending){.base = "https://cloud.invalid",
                                    .timeout_ms = rows[i].serve == stay_silent ? 200 : 30000});
        assert_int_equal(
            http_server_requests(proxy),
            rows[i].status[0] == '4' && rows[i].status[2] == '7' ? http_server_requests(proxy) : 1);
        expect(&answer, http_server_port(proxy), rows[i].rest, rows[i].fault);
        answer_done(&answer);
        ens_http_free(http);
        http_server_stop(proxy);
    }
}

static void test_proxy_is_unreachable(void **state)
{
    static const struct {
        const char *url;
        const char *error;
    } rows[] = {
        {"http://127.0.0.1:1", "the proxy 127.0.0.1:1 (https_proxy) refused the connection"},
        {"127.0.0.1:1", "the proxy 127.0.0.1:1 (https_proxy) refused the connection"},
        {"http://nowhere.invalid",
         "the proxy nowhere.invalid:1080 (https_proxy) is unknown: its name could not be resolved"},
        {"http://nowhere.invalid:99999", "the proxy in https_proxy is not a host with a port"},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        assert_int_equal(setenv("https_proxy", rows[i].url, 1), 0);
        struct ens_http *http = client_new(NULL);
        struct answer answer = client_ask(http, &(struct sending){.base = "https://cloud.invalid"});
        assert_string_equal(answer.error, rows[i].error);
        assert_int_equal(answer.fault, ENS_FAULT_PROXY);
        assert_int_equal(answer.end, ENS_TRANSPORT_NOT_SENT);
        answer_done(&answer);
        ens_http_free(http);
    }
}

/* ---- NO_PROXY ---- */

static void test_no_proxy(void **state)
{
    static const struct {
        const char *list;
        const char *host;
        bool named;
    } rows[] = {
        {"", "a.example", false},
        {"*", "a.example", true},
        {"a.example", "a.example", true},
        {"A.Example.", "a.eXAMPLE", true},
        {"example", "a.example", true},
        {".example", "a.example", true},
        {"*.example", "a.example", true},
        {"*.example", "a.b.example", true},
        {"*.example", "aexample", false},
        {"ample", "a.example", false},
        {"x, *.aliyuncs.com\tz", "ecs.aliyuncs.com", true},
        {"x y,,z", "z", true},
        {"*.", "a", false},
        {".", "a", false},
        {"a.*", "a.example", false},
        {"10.1.2.3", "10.1.2.3", true},
        {"10.0.0.0/8", "10.1.2.3", true},
        {"10.0.0.0/8", "11.1.2.3", false},
        {"10.1.2.0/23", "10.1.3.3", true},
        {"10.1.2.0/23", "10.1.4.3", false},
        {"0.0.0.0/0", "10.1.4.3", true},
        {"10.0.0.0/33", "10.0.0.0", false},
        {"10.0.0.0/x", "10.0.0.0", false},
        {"2001:db8::/32", "[2001:db8::7]", true},
        {"2001:db8::7", "[2001:db8::7]", true},
        {"[2001:db8::7]", "[2001:db8::7]", true},
        {"2001:db8::/33", "[2001:db8:8000::7]", false},
        {"0.0.0.0/0", "[2001:db8::7]", false},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        if (ens_no_proxy_names(ens_str_of(rows[i].list), ens_str_of(rows[i].host)) !=
            rows[i].named) {
            fail_msg("%s, %s", rows[i].list, rows[i].host);
        }
    }
}

/* A request to a host in NO_PROXY is sent directly. */
static void test_exception_is_not_sent_to_the_proxy(void **state)
{
    struct http_server *proxy = http_server_start(echo_line, NULL, NULL);

    (void)state;
    use_proxy(proxy);
    assert_int_equal(setenv("NO_PROXY", "other,*.invalid", 1), 0);
    struct ens_http *http = client_new(NULL);
    struct answer answer = client_ask(http, &(struct sending){.base = "http://cloud.invalid"});
    assert_string_equal(answer.error, "could not resolve host cloud.invalid");
    assert_int_equal(answer.fault, ENS_FAULT_NETWORK);
    answer_done(&answer);
    assert_int_equal(http_server_requests(proxy), 0);
    assert_int_equal(unsetenv("NO_PROXY"), 0);
    ens_http_free(http);
    http_server_stop(proxy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_direct),
        cmocka_unit_test(test_proxy_does_not_connect),
        cmocka_unit_test(test_proxy_is_unreachable),
        cmocka_unit_test(test_no_proxy),
        cmocka_unit_test(test_exception_is_not_sent_to_the_proxy),
    };
    (void)unsetenv("no_proxy");
    (void)unsetenv("NO_PROXY");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
