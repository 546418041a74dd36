/* SPDX-License-Identifier: Apache-2.0 */
/* Transfers without a complete reply: cut connections, timeouts, cancellation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "http_pair.h"

#define EMPTY_OK "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

/* ---- cut connections ---- */

struct cut_plan {
    const char *bytes; /* sent before the connection is cut */
    bool reset;
};

static bool send_and_cut(void *ud, struct http_peer *peer, ens_str request)
{
    const struct cut_plan *plan = ud;

    (void)request;
    (void)http_peer_send(peer, ens_str_of(plan->bytes));
    if (plan->reset) {
        http_peer_reset(peer);
    }
    return false;
}

static void test_cut(void **state)
{
    static const struct {
        struct cut_plan plan;
        const char *error;
    } rows[] = {
        {{"", false}, "HOST closed the connection without an answer"},
        {{"", true}, "the connection to HOST was lost before the reply was complete"},
        {{"HTTP/1.1 200 OK\r\nContent-Len", false},
         "the connection to HOST was lost before the reply was complete"},
        {{"HTTP/1.1 200 OK\r\nX: 1\r\n", false},
         "the connection to HOST was lost before the reply was complete"},
        {{"HTTP/1.1 200", false}, "HOST closed the connection without an answer"},
        {{"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", false},
         "the connection to HOST was lost before the reply was complete"},
        {{"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", false},
         "the connection to HOST was lost before the reply was complete"},
        {{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", false},
         "the connection to HOST was lost before the reply was complete"},
        {{"hello, this is no HTTP\r\n", false}, "the answer of HOST is not HTTP"},
        {{"HTTP/1.1 two hundred\r\n\r\n", false}, "the answer of HOST is not HTTP"},
        {{"\x15\x03\x01\x00\x02\x02\x16", false}, "the answer of HOST is not HTTP"},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        struct cut_plan plan = rows[i].plan;
        struct pair pair = pair_new(send_and_cut, &plan);
        struct answer answer =
            client_ask(pair.http, &(struct sending){.base = http_server_base(pair.server),
                                                    .method = "POST",
                                                    .body = ENS_STR("{}")});
        assert_int_equal(answer.end, ENS_TRANSPORT_LOST);
        assert_false(answer.timed_out);
        expect_error(&answer, pair.server, rows[i].error);
        assert_int_equal(http_server_requests(pair.server), 1);
        answer_done(&answer);
        pair_done(&pair);
    }
}

/* A reused connection is closed after its second request was sent. The server has received that
 * request, so libcurl must not resend it without the caller's knowledge: it may be a start. */
static bool answer_first_only(void *ud, struct http_peer *peer, ens_str request)
{
    const struct cut_plan *plan = ud;

    (void)request;
    if (http_peer_request_number(peer) == 1) {
        return http_peer_send(peer, ENS_STR(EMPTY_OK));
    }
    if (plan->reset) {
        http_peer_reset(peer);
    }
    return false;
}

static void test_no_silent_repeat(void **state)
{
    static const char *const methods[] = {"GET", "POST", "PUT"};

    (void)state;
    for (size_t i = 0; i < 2 * ENS_COUNT(methods); i++) {
        struct cut_plan plan = {NULL, i % 2 == 1};
        struct pair pair = pair_new(answer_first_only, &plan);
        struct sending sending = {.base = http_server_base(pair.server), .method = methods[i / 2]};
        struct answer answer = client_ask(pair.http, &sending);
        assert_int_equal(answer.end, ENS_TRANSPORT_REPLY);
        answer_done(&answer);
        answer = client_ask(pair.http, &sending);
        assert_int_equal(answer.end, ENS_TRANSPORT_LOST);
        expect_error(&answer, pair.server, "HOST closed the connection without an answer");
        assert_int_equal(http_server_requests(pair.server), 2);
        answer_done(&answer);
        pair_done(&pair);
    }
}

/* If every second request on a connection is cut, a request with "fresh" is answered, because it
 * does not reuse one of the idle connections. */
static void test_fresh_connection(void **state)
{
    struct cut_plan plan = {NULL, true};
    struct pair pair = pair_new(answer_first_only, &plan);
    struct sending sending = {.base = http_server_base(pair.server), .method = "POST"};

    (void)state;
    for (unsigned i = 1; i <= 4; i++) {
        struct answer answer = client_ask(pair.http, &sending);
        assert_int_equal(answer.end, ENS_TRANSPORT_REPLY);
        assert_int_equal(http_server_connections(pair.server), i);
        answer_done(&answer);
        sending.fresh = true;
    }
    sending.fresh = false;
    struct answer answer = client_ask(pair.http, &sending);
    assert_int_equal(answer.end, ENS_TRANSPORT_LOST); /* on a reused connection */
    answer_done(&answer);
    pair_done(&pair);
}

/* If an idle connection was closed before the request was sent, libcurl may send it on a new one.
 */
static bool answer_and_close(void *ud, struct http_peer *peer, ens_str request)
{
    (void)ud;
    (void)request;
    (void)http_peer_send(peer, ENS_STR(EMPTY_OK));
    return false;
}

static void test_idle_connection_was_closed(void **state)
{
    struct pair pair = pair_new(answer_and_close, NULL);
    struct sending sending = {.base = http_server_base(pair.server), .method = "POST"};

    (void)state;
    for (unsigned i = 1; i <= 3; i++) {
        struct answer answer = client_ask(pair.http, &sending);
        assert_int_equal(answer.end, ENS_TRANSPORT_REPLY);
        answer_done(&answer);
        http_server_wait_closed(pair.server, i);
    }
    assert_int_equal(http_server_requests(pair.server), 3);
    assert_int_equal(http_server_connections(pair.server), 3);
    pair_done(&pair);
}

/* Closes the connection while a large request is still being written. */
static bool cut_early(void *ud, struct http_peer *peer, ens_str request)
{
    (void)ud;
    (void)peer;
    (void)request;
    return false;
}

static void test_sigpipe_is_not_raised(void **state)
{
    const size_t size = (size_t)8 * 1024 * 1024;
    struct pair pair = pair_new(cut_early, NULL);
    char *body = ens_alloc(size);
    struct sigaction before = {0};

    (void)state;
    assert_int_equal(sigaction(SIGPIPE, NULL, &before), 0);
    assert_ptr_equal(before.sa_handler, SIG_DFL); /* SIGPIPE would terminate this process */
    for (int i = 0; i < 20; i++) {
        struct answer answer = {0};
        /* The server trusts this header, and closes after the first byte. */
        struct ens_pair lie = {ENS_STR("Content-Length"), ENS_STR("1")};
        (void)client_send(pair.http,
                          &(struct sending){.base = http_server_base(pair.server),
                                            .method = "POST",
                                            .headers = &lie,
                                            .header_count = 1,
                                            .body = {body, size}},
                          &answer);
        client_run(pair.http, &answer, 1);
        assert_int_equal(answer.end, ENS_TRANSPORT_LOST);
        answer_done(&answer);
    }
    ens_free(body);
    pair_done(&pair);
}

/* ---- not sent ---- */

static void test_refused(void **state)
{
    struct ens_http *http = client_new(NULL);
    struct answer answer = client_ask(http, &(struct sending){.base = "http://127.0.0.1:1"});

    (void)state;
    assert_int_equal(answer.end, ENS_TRANSPORT_NOT_SENT);
    assert_false(answer.timed_out);
    assert_string_equal(answer.error, "connection refused by 127.0.0.1:1");
    answer_done(&answer);
    ens_http_free(http);
}

static void test_unknown_host(void **state)
{
    struct ens_http *http = client_new(NULL);
    struct answer answer =
        client_ask(http, &(struct sending){.base = "https://nowhere.invalid:444"});

    (void)state;
    assert_int_equal(answer.end, ENS_TRANSPORT_NOT_SENT);
    assert_false(answer.untrusted);
    assert_string_equal(answer.error, "could not resolve host nowhere.invalid");
    answer_done(&answer);
    ens_http_free(http);
}

/* A listening socket whose backlog is full: connections to it are neither accepted nor refused. */
struct deaf {
    int listening;
    int filling[8];
    char base[64];
};

static struct deaf deaf_new(void)
{
    struct deaf deaf = {.listening = socket(AF_INET, SOCK_STREAM, 0)};
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof(address);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(deaf.listening, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(deaf.listening, 0), 0);
    assert_int_equal(getsockname(deaf.listening, (struct sockaddr *)&address, &size), 0);
    (void)snprintf(deaf.base, sizeof(deaf.base), "http://127.0.0.1:%d", ntohs(address.sin_port));
    for (size_t i = 0; i < ENS_COUNT(deaf.filling); i++) {
        deaf.filling[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        (void)connect(deaf.filling[i], (struct sockaddr *)&address, size);
    }
    return deaf;
}

static void deaf_done(struct deaf *deaf)
{
    for (size_t i = 0; i < ENS_COUNT(deaf->filling); i++) {
        (void)close(deaf->filling[i]);
    }
    (void)close(deaf->listening);
}

static void test_connecting_takes_too_long(void **state)
{
    struct deaf deaf = deaf_new();
    struct ens_http *http =
        client_new(&(struct ens_http_options){.connect_timeout_ms = 50, .user_agent = "x"});
    struct answer answers[2] = {{0}};

    (void)state;
    (void)client_send(http, &(struct sending){.base = deaf.base}, &answers[0]);
    (void)client_send(http, &(struct sending){.base = deaf.base, .timeout_ms = 30}, &answers[1]);
    client_run(http, answers, 2);
    for (size_t i = 0; i < 2; i++) {
        char expected[128];
        (void)snprintf(expected, sizeof(expected), "no connection to %s within %d ms",
                       deaf.base + strlen("http://"), i == 0 ? 50 : 30);
        assert_int_equal(answers[i].end, ENS_TRANSPORT_NOT_SENT);
        assert_true(answers[i].timed_out);
        assert_string_equal(answers[i].error, expected);
        answer_done(&answers[i]);
    }
    ens_http_free(http);
    deaf_done(&deaf);
}

/* ---- slow ---- */

static bool send_and_linger(void *ud, struct http_peer *peer, ens_str request)
{
    (void)request;
    (void)http_peer_send(peer, ens_str_of(ud));
    (void)http_peer_closed(peer, -1);
    return false;
}

static bool trickle(void *ud, struct http_peer *peer, ens_str request)
{
    (void)ud;
    (void)request;
    (void)http_peer_send(peer, ENS_STR("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"));
    while (http_peer_send(peer, ENS_STR("x")) && !http_peer_closed(peer, 1)) {
    }
    return false;
}

static void test_too_slow(void **state)
{
    static const struct {
        http_serve_fn *serve;
        const char *bytes;
        int64_t timeout_ms;
        const char *error;
    } rows[] = {
        {send_and_linger, "", 100, "no answer from HOST within 100 ms"},
        {send_and_linger, "HTTP/1.1 200 OK\r\n", 100, "no complete reply from HOST within 100 ms"},
        {send_and_linger, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nx", 100,
         "no complete reply from HOST within 100 ms"},
        {trickle, "", 1000, "no complete reply from HOST within 1 s"},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        char bytes[128];
        (void)snprintf(bytes, sizeof(bytes), "%s", rows[i].bytes);
        struct pair pair = pair_new(rows[i].serve, bytes);
        struct answer answer =
            client_ask(pair.http, &(struct sending){.base = http_server_base(pair.server),
                                                    .timeout_ms = rows[i].timeout_ms});
        assert_int_equal(answer.end, ENS_TRANSPORT_LOST);
        assert_true(answer.timed_out);
        expect_error(&answer, pair.server, rows[i].error);
        answer_done(&answer);
        http_server_wait_closed(pair.server, 1);
        pair_done(&pair);
    }
}

/* ---- the clock, and progress ---- */

static int64_t fake_now_ms;

static int64_t fake_now(void *ud)
{
    (void)ud;
    return fake_now_ms;
}

/* Time limits are measured by the transport's clock, not the system's. */
static void test_limit_is_by_the_clock(void **state)
{
    static const struct ens_clock clock = {.unix_ms = fake_now, .mono_ms = fake_now};
    char nothing[] = "";
    struct pair pair = {http_server_start(send_and_linger, nothing, NULL),
                        client_new(&(struct ens_http_options){.clock = &clock})};
    struct answer answer = {0};

    (void)state;
    fake_now_ms = 1000;
    (void)client_send(pair.http,
                      &(struct sending){.base = http_server_base(pair.server), .timeout_ms = 20},
                      &answer);
    while (http_server_requests(pair.server) == 0) {
        (void)ens_http_transport(pair.http)->wait(ens_http_transport(pair.http)->ud, fake_now_ms);
    }
    (void)usleep(50 * 1000);
    (void)ens_http_transport(pair.http)->wait(ens_http_transport(pair.http)->ud, fake_now_ms);
    assert_false(answer.done);
    fake_now_ms += 20;
    (void)ens_http_transport(pair.http)->wait(ens_http_transport(pair.http)->ud, fake_now_ms);
    assert_true(answer.done);
    assert_true(answer.timed_out);
    expect_error(&answer, pair.server, "no answer from HOST within 20 ms");
    assert_int_equal(answer.fault, ENS_FAULT_NETWORK);
    answer_done(&answer);
    pair_done(&pair);
}

static void test_progress(void **state)
{
    struct deaf deaf = deaf_new();
    char nothing[] = "";
    struct pair pair = pair_new(send_and_linger, nothing);
    struct answer answers[2] = {{0}};
    struct ens_transfer *connecting =
        client_send(pair.http, &(struct sending){.base = deaf.base}, &answers[0]);
    struct ens_transfer *waiting = client_send(
        pair.http, &(struct sending){.base = http_server_base(pair.server)}, &answers[1]);

    (void)state;
    while (http_server_requests(pair.server) == 0) {
        client_wait(pair.http, 10);
    }
    assert_int_equal(client_progress(pair.http, connecting).phase, ENS_PHASE_CONNECT);
    assert_int_equal(client_progress(pair.http, waiting).phase, ENS_PHASE_REPLY);
    assert_int_equal(client_progress(pair.http, waiting).proxy.len, 0);
    client_cancel(pair.http, connecting);
    client_cancel(pair.http, waiting);
    pair_done(&pair);
    deaf_done(&deaf);
}

/* ---- cancelling ---- */

static void run_until_requests(struct pair *pair, unsigned count)
{
    while (http_server_requests(pair->server) < count) {
        client_wait(pair->http, 10);
    }
}

static void test_abort(void **state)
{
    char nothing[] = "";
    struct pair pair = {http_server_start(send_and_linger, nothing, NULL),
                        client_new(&(struct ens_http_options){.host_connections = 1})};
    struct sending sending = {.base = http_server_base(pair.server)};
    struct answer answers[4] = {{0}};
    struct ens_transfer *transfers[3];

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        transfers[i] = client_send(pair.http, &sending, &answers[i]);
    }
    run_until_requests(&pair, 1);
    client_cancel(pair.http, transfers[1]); /* waiting for the only connection */
    client_cancel(pair.http, transfers[0]); /* active */
    run_until_requests(&pair, 2);           /* the third one becomes active */
    client_cancel(pair.http, transfers[2]);
    http_server_wait_closed(pair.server, 2);
    sending.target = "not fit to be sent";
    client_cancel(pair.http, client_send(pair.http, &sending, &answers[3]));
    client_wait(pair.http, 0);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(answers[i].calls, 0);
    }
    assert_int_equal(http_server_connections(pair.server), 2);
    pair_done(&pair);
}

struct chain {
    struct ens_http *http;
    const char *base;
    struct ens_transfer *victim;
    unsigned steps;
    bool done;
    struct answer last;
};

/* done function: the first call cancels another transfer and sends a new one; the test waits for
 * the last. */
static void on_step(void *ud, const struct ens_transport_result *outcome)
{
    struct chain *chain = ud;
    struct ens_http_request request = {.struct_size = sizeof(request), .method = ENS_STR("GET")};
    struct ens_signature signature = {.struct_size = sizeof(signature), .target = ENS_STR("/")};
    struct ens_transport_message message = {.base = ens_str_of(chain->base),
                                            .host = ENS_STR("h"),
                                            .request = &request,
                                            .signature = &signature,
                                            .timeout_ms = 30000};

    assert_int_equal(outcome->end, ENS_TRANSPORT_REPLY);
    if (chain->victim != NULL) {
        client_cancel(chain->http, chain->victim);
        chain->victim = NULL;
    }
    if (++chain->steps < 5) {
        (void)client_send_message(chain->http, &message, on_step, chain);
    } else {
        chain->done = true;
    }
}

static bool answer_slash_only(void *ud, struct http_peer *peer, ens_str request)
{
    (void)ud;
    if (ens_str_starts(request, ENS_STR("GET / "))) {
        return http_peer_send(peer, ENS_STR(EMPTY_OK));
    }
    (void)http_peer_closed(peer, -1);
    return false;
}

static void test_send_and_cancel_in_done(void **state)
{
    struct pair pair = pair_new(answer_slash_only, NULL);
    struct chain chain = {.http = pair.http, .base = http_server_base(pair.server)};
    struct ens_http_request request = {.struct_size = sizeof(request), .method = ENS_STR("GET")};
    struct ens_signature signature = {.struct_size = sizeof(signature), .target = ENS_STR("/")};
    struct ens_transport_message message = {.base = ens_str_of(chain.base),
                                            .host = ENS_STR("h"),
                                            .request = &request,
                                            .signature = &signature,
                                            .timeout_ms = 30000};
    struct answer never = {0};

    (void)state;
    chain.victim =
        client_send(pair.http, &(struct sending){.base = chain.base, .target = "/never"}, &never);
    (void)client_send_message(pair.http, &message, on_step, &chain);
    while (!chain.done) {
        client_wait(pair.http, -1);
    }
    assert_null(chain.victim);
    assert_int_equal(never.calls, 0);
    pair_done(&pair);
}

static void test_free_ends_all(void **state)
{
    char nothing[] = "";
    struct http_server *server = http_server_start(send_and_linger, nothing, NULL);
    struct pair pair = {server, client_new(&(struct ens_http_options){.host_connections = 2})};
    struct answer answers[6] = {{0}};

    (void)state;
    for (size_t i = 0; i < 5; i++) {
        (void)client_send(pair.http, &(struct sending){.base = http_server_base(server)},
                          &answers[i]);
    }
    (void)client_send(pair.http,
                      &(struct sending){.base = http_server_base(server), .target = "unfit"},
                      &answers[5]);
    run_until_requests(&pair, 2);
    answer_done(&answers[5]); /* it ended in the meantime */
    ens_http_free(pair.http);
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(answers[i].calls, 0);
    }
    http_server_wait_closed(server, 2);
    http_server_stop(server);
    ens_http_free(NULL);
}

/* ---- waking ---- */

struct waker {
    struct ens_http *http;
    atomic_bool said;
};

static void *wake(void *ud)
{
    struct waker *waker = ud;

    atomic_store(&waker->said, true);
    client_wake(waker->http);
    return NULL;
}

static void test_wake(void **state)
{
    struct waker waker = {.http = client_new(NULL)};
    pthread_t thread;

    (void)state;
    for (int i = 0; i < 50; i++) {
        atomic_store(&waker.said, false);
        assert_int_equal(pthread_create(&thread, NULL, wake, &waker), 0);
        while (!atomic_load(&waker.said)) {
            client_wait(waker.http, -1); /* without a wake-up this would never return */
        }
        assert_int_equal(pthread_join(thread, NULL), 0);
    }
    /* A wake-up before the wait makes it return at once. */
    client_wake(waker.http);
    client_wake(waker.http);
    client_wait(waker.http, -1);
    ens_http_free(waker.http);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_no_silent_repeat),
        cmocka_unit_test(test_fresh_connection),
        cmocka_unit_test(test_idle_connection_was_closed),
        cmocka_unit_test(test_sigpipe_is_not_raised),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_unknown_host),
        cmocka_unit_test(test_connecting_takes_too_long),
        cmocka_unit_test(test_too_slow),
        cmocka_unit_test(test_limit_is_by_the_clock),
        cmocka_unit_test(test_progress),
        cmocka_unit_test(test_abort),
        cmocka_unit_test(test_send_and_cancel_in_done),
        cmocka_unit_test(test_free_ends_all),
        cmocka_unit_test(test_wake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
