/* SPDX-License-Identifier: Apache-2.0 */
/* Proxies that the environment names: honoured, but never for this machine itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

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

static bool refuse(void *ud, struct http_peer *peer, ens_str request)
{
    (void)ud;
    (void)request;
    (void)http_peer_send(peer, ENS_STR("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"));
    return false;
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

/* The proxy saw a CONNECT, the cloud nothing. */
static void test_tunnel_is_refused(void **state)
{
    struct http_server *proxy = http_server_start(refuse, NULL, NULL);

    (void)state;
    use_proxy(proxy);
    struct ens_http *http = client_new(NULL);
    struct answer answer = client_ask(http, &(struct sending){.base = "https://cloud.invalid"});
    assert_int_equal(http_server_requests(proxy), 1);
    assert_int_equal(answer.end, ENS_TRANSPORT_NOT_SENT);
    assert_false(answer.untrusted);
    assert_string_equal(answer.error, "could not connect to cloud.invalid: CONNECT tunnel failed, "
                                      "response 403");
    answer_done(&answer);
    ens_http_free(http);
    http_server_stop(proxy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_tunnel_is_refused),
    };
    (void)unsetenv("no_proxy");
    (void)unsetenv("NO_PROXY");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
