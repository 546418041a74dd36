/* Replies at and over the limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "http_pair.h"

struct body_plan {
    size_t size;
    bool announced; /* with a Content-Length, else until the end of the connection */
};

static bool send_body(void *ud, struct http_peer *peer, ens_str request)
{
    static const char piece[65536] = {'x'};
    const struct body_plan *plan = ud;
    char head[128] = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";

    (void)request;
    if (plan->announced) {
        (void)snprintf(head, sizeof(head), "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n",
                       plan->size);
    }
    bool good = http_peer_send(peer, ens_str_of(head));
    for (size_t left = plan->size; good && left > 0;) {
        size_t now = left < sizeof(piece) ? left : sizeof(piece);
        good = http_peer_send(peer, (ens_str){piece, now});
        left -= now;
    }
    return false;
}

static void test_body_limit(void **state)
{
    static const size_t sizes[] = {ENS_HTTP_REPLY_MAX, ENS_HTTP_REPLY_MAX + 1,
                                   (size_t)50 * 1024 * 1024};

    (void)state;
    for (size_t i = 0; i < 2 * ENS_COUNT(sizes); i++) {
        struct body_plan plan = {sizes[i / 2], i % 2 == 0};
        struct pair pair = pair_new(send_body, &plan);
        struct answer answer =
            client_ask(pair.http, &(struct sending){.base = http_server_base(pair.server)});
        if (plan.size == ENS_HTTP_REPLY_MAX) {
            assert_int_equal(answer.end, ENS_TRANSPORT_REPLY);
            assert_int_equal(answer.body_size, ENS_HTTP_REPLY_MAX);
        } else {
            assert_int_equal(answer.end, ENS_TRANSPORT_TOO_LARGE);
            expect_error(&answer, pair.server, "the reply is larger than 16 MiB");
        }
        answer_done(&answer);
        pair_done(&pair);
    }
}

static bool send_text(void *ud, struct http_peer *peer, ens_str request)
{
    const ens_str *reply = ud;

    (void)request;
    return http_peer_send(peer, *reply);
}

static struct answer ask_for(ens_str reply)
{
    struct pair pair = pair_new(send_text, &reply);
    struct answer answer =
        client_ask(pair.http, &(struct sending){.base = http_server_base(pair.server)});

    pair_done(&pair);
    return answer;
}

static struct answer ask_for_headers(size_t count)
{
    ENS_AUTO_BUF reply = ens_buf_new((size_t)64 * 1024);

    ens_buf_add(&reply, ENS_STR("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"));
    for (size_t i = 1; i < count; i++) {
        ens_buf_addf(&reply, "X-%zu: 1\r\n", i);
    }
    ens_buf_add(&reply, ENS_STR("\r\n"));
    assert_false(ens_buf_failed(&reply));
    return ask_for(ens_buf_str(&reply));
}

static void test_header_count_limit(void **state)
{
    struct answer answer = ask_for_headers(ENS_HTTP_HEADERS_MAX);

    (void)state;
    assert_int_equal(answer.end, ENS_TRANSPORT_REPLY);
    assert_int_equal(answer.header_count, ENS_HTTP_HEADERS_MAX);
    answer_done(&answer);
    answer = ask_for_headers(ENS_HTTP_HEADERS_MAX + 1);
    assert_int_equal(answer.end, ENS_TRANSPORT_TOO_LARGE);
    assert_string_equal(answer.error, "the reply has more than 200 headers");
    answer_done(&answer);
}

/* All header lines together have so many bytes, line ends and status line included. */
static struct answer ask_for_header_bytes(size_t bytes)
{
    static const char head[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n";
    ENS_AUTO_BUF reply = ens_buf_new(bytes + 1000);

    ens_buf_add(&reply, ENS_STR("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: "));
    while (reply.len < bytes - 4) {
        ens_buf_add_char(&reply, 'x');
    }
    ens_buf_add(&reply, ENS_STR("\r\n\r\n"));
    assert_int_equal(reply.len, bytes);
    assert_memory_equal(reply.ptr, head, sizeof(head) - 1);
    return ask_for(ens_buf_str(&reply));
}

static void test_header_bytes_limit(void **state)
{
    /* At the limit, one more, and one line longer than libcurl itself takes. */
    static const size_t sizes[] = {ENS_HTTP_HEADER_BYTES_MAX, ENS_HTTP_HEADER_BYTES_MAX + 1,
                                   300000};

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(sizes); i++) {
        struct answer answer = ask_for_header_bytes(sizes[i]);
        assert_int_equal(answer.end, i == 0 ? ENS_TRANSPORT_REPLY : ENS_TRANSPORT_TOO_LARGE);
        assert_string_equal(answer.error,
                            i == 0 ? "" : "the headers of the reply are larger than 64 KiB");
        answer_done(&answer);
    }
}

static bool send_interim_for_ever(void *ud, struct http_peer *peer, ens_str request)
{
    (void)ud;
    (void)request;
    while (http_peer_send(peer, ENS_STR("HTTP/1.1 102 Processing\r\nX: 1\r\n\r\n"))) {
    }
    return false;
}

static void test_interim_replies_without_end(void **state)
{
    struct pair pair = pair_new(send_interim_for_ever, NULL);
    struct answer answer =
        client_ask(pair.http, &(struct sending){.base = http_server_base(pair.server)});

    (void)state;
    assert_int_equal(answer.end, ENS_TRANSPORT_TOO_LARGE);
    answer_done(&answer);
    pair_done(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_body_limit),
        cmocka_unit_test(test_header_count_limit),
        cmocka_unit_test(test_header_bytes_limit),
        cmocka_unit_test(test_interim_replies_without_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
