/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of requests, and the parsing of complete replies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "http_client.h"
#include "http_server.h"
#include "os/os.h"

#define EMPTY_OK "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

/* ---- requests ---- */

/* Replies with the request as the body. */
static bool echo(void *ud, struct http_peer *peer, ens_str request)
{
    char head[128];

    (void)ud;
    (void)snprintf(head, sizeof(head), "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n",
                   request.len);
    return http_peer_send(peer, ens_str_of(head)) && http_peer_send(peer, request);
}

static void expect_request(const struct sending *sending, const char *expected)
{
    struct http_server *server = http_server_start(echo, NULL, NULL);
    struct ens_http *http = client_new(NULL);
    struct sending copy = *sending;

    copy.base = http_server_base(server);
    struct answer answer = client_ask(http, &copy);
    assert_int_equal(answer.end, ENS_TRANSPORT_REPLY);
    assert_int_equal(answer.status, 200);
    assert_string_equal(answer.body, expected);
    answer_done(&answer);
    ens_http_free(http);
    http_server_stop(server);
}

static void test_get(void **state)
{
    (void)state;
    /* The target must not be normalised, because it was signed in this form. */
    expect_request(&(struct sending){.target = "/a/../b//./%2f%2F;x?b=2&a=%20+&=&y&z=~!*'()",
                                     .host = "signed.example:81"},
                   "GET /a/../b//./%2f%2F;x?b=2&a=%20+&=&y&z=~!*'() HTTP/1.1\r\n"
                   "Host: signed.example:81\r\n"
                   "User-Agent: test/1\r\n"
                   "Accept: application/json\r\n\r\n");
}

static void test_headers(void **state)
{
    const struct ens_pair headers[] = {
        {ENS_STR_INIT("accept"), ENS_STR_INIT("text/plain")},
        {ENS_STR_INIT("content-type"), ENS_STR_INIT("application/json")},
        {ENS_STR_INIT("x-empty"), ENS_STR_INIT("")},
    };
    const struct ens_pair signed_headers[] = {
        {ENS_STR_INIT("Authorization"), ENS_STR_INIT("HMAC key, sig=a;b: c")},
        {ENS_STR_INIT("x-token"), ENS_STR_INIT("t")},
    };

    (void)state;
    expect_request(&(struct sending){.method = "POST",
                                     .target = "/?A=1",
                                     .body = ENS_STR("{}"),
                                     .headers = headers,
                                     .header_count = 3,
                                     .signed_headers = signed_headers,
                                     .signed_count = 2},
                   "POST /?A=1 HTTP/1.1\r\n"
                   "Host: api.example\r\n"
                   "User-Agent: test/1\r\n"
                   "accept: text/plain\r\n"
                   "content-type: application/json\r\n"
                   "x-empty:\r\n"
                   "Authorization: HMAC key, sig=a;b: c\r\n"
                   "x-token: t\r\n"
                   "Content-Length: 2\r\n\r\n{}");
}

static void test_bodies(void **state)
{
    (void)state;
    expect_request(&(struct sending){.method = "POST"}, "POST / HTTP/1.1\r\n"
                                                        "Host: api.example\r\n"
                                                        "User-Agent: test/1\r\n"
                                                        "Accept: application/json\r\n"
                                                        "Content-Length: 0\r\n\r\n");
    expect_request(&(struct sending){.method = "PUT", .body = ENS_STR("x")},
                   "PUT / HTTP/1.1\r\n"
                   "Host: api.example\r\n"
                   "User-Agent: test/1\r\n"
                   "Accept: application/json\r\n"
                   "Content-Length: 1\r\n\r\nx");
}

/* Larger than the size from which libcurl sends "Expect: 100-continue". */
static void test_large_body(void **state)
{
    const size_t size = (size_t)3 * 1024 * 1024;
    struct http_server *server = http_server_start(echo, NULL, NULL);
    struct ens_http *http = client_new(NULL);
    char *body = ens_alloc(size + 1);

    (void)state;
    memset(body, 'b', size);
    struct answer answer = client_ask(http, &(struct sending){.base = http_server_base(server),
                                                              .method = "POST",
                                                              .body = {body, size}});
    assert_int_equal(answer.end, ENS_TRANSPORT_REPLY);
    assert_null(strstr(answer.body, "Expect"));
    assert_string_equal(answer.body + answer.body_size - size, body);
    answer_done(&answer);
    ens_free(body);
    ens_http_free(http);
    http_server_stop(server);
}

/* Invalid requests of a provider are refused and not sent in another form. */
static void test_invalid_requests(void **state)
{
    static const struct ens_pair bad_headers[] = {
        {ENS_STR_INIT("x"), ENS_STR_INIT("a\r\nHost: evil")},
        {ENS_STR_INIT("x"), ENS_STR_INIT("a\nb")},
        {ENS_STR_INIT("x"), ENS_STR_INIT("a\0b")},
        {ENS_STR_INIT("x:y"), ENS_STR_INIT("a")},
        {ENS_STR_INIT("x y"), ENS_STR_INIT("a")},
        {ENS_STR_INIT(""), ENS_STR_INIT("a")},
    };
    static const char *const bad_targets[] = {"",     "x",       "@evil.example/", ":1/",
                                              "/a b", "/a\r\nb", "/a#b",           "/\x80"};
    static const char *const bad_methods[] = {"", "get", "GET ", "GET\r\n",
                                              "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFG"};
    struct http_server *server = http_server_start(echo, NULL, NULL);
    struct ens_http *http = client_new(NULL);
    struct answer answers[32] = {{0}};
    size_t count = 0;

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(bad_headers); i++) {
        struct sending sending = {
            .base = http_server_base(server), .headers = &bad_headers[i], .header_count = 1};
        (void)client_send(http, &sending, &answers[count++]);
    }
    for (size_t i = 0; i < ENS_COUNT(bad_targets); i++) {
        struct sending sending = {.base = http_server_base(server), .target = bad_targets[i]};
        (void)client_send(http, &sending, &answers[count++]);
    }
    for (size_t i = 0; i < ENS_COUNT(bad_methods); i++) {
        struct sending sending = {.base = http_server_base(server), .method = bad_methods[i]};
        (void)client_send(http, &sending, &answers[count++]);
    }
    (void)client_send(http, &(struct sending){.base = "nonsense"}, &answers[count++]);
    (void)client_send(http, &(struct sending){.base = "file:///etc/passwd"}, &answers[count++]);
    client_run(http, answers, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(answers[i].end, ENS_TRANSPORT_NOT_SENT);
        assert_int_equal(answers[i].calls, 1);
        assert_ptr_equal(strstr(answers[i].error, "the provider made an invalid request for"),
                         answers[i].error);
        answer_done(&answers[i]);
    }
    assert_int_equal(http_server_requests(server), 0);
    ens_http_free(http);
    http_server_stop(server);
}

/* ---- replies ---- */

static bool answer_text(void *ud, struct http_peer *peer, ens_str request)
{
    (void)request;
    return http_peer_send(peer, ens_str_of(ud));
}

static struct answer ask_for(char *reply)
{
    struct http_server *server = http_server_start(answer_text, reply, NULL);
    struct ens_http *http = client_new(NULL);
    struct answer answer =
        client_ask(http, &(struct sending){.base = http_server_base(server), .method = "POST"});

    ens_http_free(http);
    http_server_stop(server);
    return answer;
}

static void test_reply(void **state)
{
    char reply[] = "HTTP/1.1 403 Forbidden\r\n"
                   "Content-Type:  application/json ; x\t \r\n"
                   "X-Request-ID:r-1\r\n"
                   "X-Empty:\r\n"
                   " folded: line\r\n"
                   "Content-Length: 5\r\n\r\n{\"a\"}";
    struct answer answer = ask_for(reply);

    (void)state;
    assert_int_equal(answer.end, ENS_TRANSPORT_REPLY);
    assert_int_equal(answer.status, 403);
    assert_string_equal(answer.body, "{\"a\"}");
    assert_string_equal(answer.headers, "content-type=application/json ; x\nx-request-id=r-1\n"
                                        "x-empty=\ncontent-length=5\n");
    answer_done(&answer);
}

static void test_interim_reply(void **state)
{
    char reply[] = "HTTP/1.1 102 Processing\r\nX-Early: 1\r\nRetry-After: 9\r\n\r\n"
                   "HTTP/1.1 200 OK\r\nX-Late: 2\r\nTransfer-Encoding: chunked\r\n\r\n"
                   "3\r\nabc\r\n2\r\nde\r\n0\r\nX-Trailer: 3\r\n\r\n";
    struct answer answer = ask_for(reply);

    (void)state;
    assert_int_equal(answer.status, 200);
    assert_string_equal(answer.body, "abcde");
    assert_string_equal(answer.headers, "x-late=2\ntransfer-encoding=chunked\nx-trailer=3\n");
    answer_done(&answer);
}

static bool answer_and_close(void *ud, struct http_peer *peer, ens_str request)
{
    (void)answer_text(ud, peer, request);
    return false;
}

static void test_body_until_the_end(void **state)
{
    char reply[] = "HTTP/1.0 500 Oops\r\n\r\n<html>";
    struct http_server *server = http_server_start(answer_and_close, reply, NULL);
    struct ens_http *http = client_new(NULL);
    struct answer answer = client_ask(http, &(struct sending){.base = http_server_base(server)});

    (void)state;
    assert_int_equal(answer.end, ENS_TRANSPORT_REPLY);
    assert_int_equal(answer.status, 500);
    assert_string_equal(answer.body, "<html>");
    answer_done(&answer);
    ens_http_free(http);
    http_server_stop(server);
}

static bool redirect(void *ud, struct http_peer *peer, ens_str request)
{
    (void)ud;
    (void)request;
    return http_peer_send(peer, ENS_STR("HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\n"
                                        "Content-Length: 0\r\n\r\n"));
}

static void test_redirects_are_not_followed(void **state)
{
    struct http_server *server = http_server_start(redirect, NULL, NULL);
    struct ens_http *http = client_new(NULL);
    struct answer answer = client_ask(http, &(struct sending){.base = http_server_base(server)});

    (void)state;
    assert_int_equal(answer.end, ENS_TRANSPORT_REPLY);
    assert_int_equal(answer.status, 302);
    assert_int_equal(http_server_requests(server), 1);
    answer_done(&answer);
    ens_http_free(http);
    http_server_stop(server);
}

static void test_keep_alive(void **state)
{
    char reply[] = EMPTY_OK;
    struct http_server *server = http_server_start(answer_text, reply, NULL);
    struct ens_http *http = client_new(NULL);

    (void)state;
    for (int i = 0; i < 20; i++) {
        struct answer answer =
            client_ask(http, &(struct sending){.base = http_server_base(server),
                                               .method = i % 2 == 0 ? "GET" : "POST"});
        assert_int_equal(answer.status, 200);
        answer_done(&answer);
    }
    assert_int_equal(http_server_connections(server), 1);
    assert_int_equal(http_server_requests(server), 20);
    ens_http_free(http);
    http_server_stop(server);
}

static void test_many_at_once(void **state)
{
    enum { MANY = 200, SERVERS = 2 };
    char reply[] = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc";
    struct http_server *servers[SERVERS];
    struct ens_http *http =
        client_new(&(struct ens_http_options){.host_connections = 3, .user_agent = "x"});
    struct answer *answers = ens_alloc_array(MANY, sizeof(*answers));

    (void)state;
    for (size_t i = 0; i < SERVERS; i++) {
        servers[i] = http_server_start(answer_text, reply, NULL);
    }
    for (size_t i = 0; i < MANY; i++) {
        struct sending sending = {.base = http_server_base(servers[i % SERVERS])};
        (void)client_send(http, &sending, &answers[i]);
    }
    client_run(http, answers, MANY);
    for (size_t i = 0; i < MANY; i++) {
        assert_int_equal(answers[i].end, ENS_TRANSPORT_REPLY);
        assert_int_equal(answers[i].calls, 1);
        assert_string_equal(answers[i].body, "abc");
        answer_done(&answers[i]);
    }
    ens_free(answers);
    for (size_t i = 0; i < SERVERS; i++) {
        assert_int_equal(http_server_requests(servers[i]), MANY / SERVERS);
        assert_int_equal(http_server_most_open(servers[i]), 3);
        assert_int_equal(http_server_connections(servers[i]), 3);
    }
    ens_http_free(http);
    for (size_t i = 0; i < SERVERS; i++) {
        http_server_stop(servers[i]);
    }
}

/* ---- descriptors of other origin ---- */

/* What the cloud did with an idle connection is no reason for a wait to return, but once. */
static void test_idle_connection_is_closed(void **state)
{
    char reply[] = EMPTY_OK;
    struct http_server *server = http_server_start(answer_text, reply, NULL);
    struct ens_http *http = client_new(NULL);
    struct answer answer =
        client_ask(http, &(struct sending){.base = http_server_base(server), .method = "GET"});
    unsigned waits = 0;

    (void)state;
    http_server_stop(server);
    for (int64_t left_ms = 60; left_ms > 0 && waits < 1000; waits++) {
        const int64_t begun_ms = ens_os_clock.mono_ms(ens_os_clock.ud);
        client_wait(http, left_ms);
        left_ms -= ens_os_clock.mono_ms(ens_os_clock.ud) - begun_ms;
    }
    ens_http_free(http);
    assert_int_equal(answer.status, 200);
    answer_done(&answer);
    assert_in_range(waits, 1, 20);
}

/* A wait returns when a watched descriptor can be read or its other end is closed. */
static void test_watch(void **state)
{
    struct ens_http *http = client_new(NULL);
    const struct ens_transport *transport = ens_http_transport(http);
    int ends[2];
    char byte = 'x';

    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_true(transport->watch(transport->ud, ends[0]));
    assert_int_equal(write(ends[1], &byte, 1), 1);
    client_wait(http, -1); /* would wait for ever */
    assert_int_equal(read(ends[0], &byte, 1), 1);
    (void)close(ends[1]);
    client_wait(http, -1);
    transport->unwatch(transport->ud, ends[0]);
    (void)close(ends[0]);
    client_wait(http, 0);
    ens_http_free(http);
}

static void test_watch_limit(void **state)
{
    struct ens_http *http = client_new(NULL);
    const struct ens_transport *transport = ens_http_transport(http);
    int ends[2];
    unsigned watched = 0;

    (void)state;
    assert_int_equal(pipe(ends), 0);
    while (watched < 1000 && transport->watch(transport->ud, ends[0])) {
        watched++;
    }
    transport->unwatch(transport->ud, ends[0]);
    const bool again = transport->watch(transport->ud, ends[0]);
    ens_http_free(http);
    (void)close(ends[0]);
    (void)close(ends[1]);
    assert_int_equal(watched, 32);
    assert_true(again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_watch),
        cmocka_unit_test(test_watch_limit),
        cmocka_unit_test(test_get),
        cmocka_unit_test(test_headers),
        cmocka_unit_test(test_bodies),
        cmocka_unit_test(test_large_body),
        cmocka_unit_test(test_invalid_requests),
        cmocka_unit_test(test_reply),
        cmocka_unit_test(test_interim_reply),
        cmocka_unit_test(test_body_until_the_end),
        cmocka_unit_test(test_redirects_are_not_followed),
        cmocka_unit_test(test_keep_alive),
        cmocka_unit_test(test_many_at_once),
        cmocka_unit_test(test_idle_connection_is_closed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
