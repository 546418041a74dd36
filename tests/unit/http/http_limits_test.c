/* SPDX-License-Identifier: Apache-2.0 */
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
    bool announced; /* with Content-Length, else delimited by the end of the connection */
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

/* A reply whose header section has that many bytes, status line and line ends included. */
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
    /* At the limit, one byte more, and a line longer than libcurl's own limit. */
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

static void test_endless_interim_replies(void **state)
{
    struct pair pair = pair_new(send_interim_for_ever, NULL);
    struct answer answer =
        client_ask(pair.http, &(struct sending){.base = http_server_base(pair.server)});

    (void)state;
    assert_int_equal(answer.end, ENS_TRANSPORT_TOO_LARGE);
    answer_done(&answer);
    pair_done(&pair);
}

/* A reply that is compressed although the request had no Accept-Encoding. The bytes were made by
 * zlib. */
static struct answer ask_for_encoded(const char *encoding, ens_str body)
{
    ENS_AUTO_BUF reply = ens_buf_new((size_t)4096);

    ens_buf_addf(&reply, "HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: %zu\r\n\r\n",
                 encoding, body.len);
    ens_buf_add(&reply, body);
    return ask_for(ens_buf_str(&reply));
}

static void test_unrequested_encodings(void **state)
{
    static const struct {
        const char *encoding;
        ens_str body; /* {"a": 1} */
    } rows[] = {
        {"gzip",
         ENS_STR_INIT(
             "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xab\x56\x4a\x54\xb2\x52\x30\xac\x05\x00"
             "\x97\x8e\xa1\xfb\x08\x00\x00\x00")},
        {"deflate",
         ENS_STR_INIT("\x78\x9c\xab\x56\x4a\x54\xb2\x52\x30\xac\x05\x00\x09\xe5\x02\x29")},
        {"deflate", ENS_STR_INIT("\xab\x56\x4a\x54\xb2\x52\x30\xac\x05\x00")},
        {"identity", ENS_STR_INIT("{\"a\": 1}")},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        struct answer answer = ask_for_encoded(rows[i].encoding, rows[i].body);
        assert_int_equal(answer.end, ENS_TRANSPORT_REPLY);
        assert_string_equal(answer.body, "{\"a\": 1}");
        answer_done(&answer);
    }
    struct answer answer = ask_for_encoded("gzip", ENS_STR("no gzip"));
    assert_int_equal(answer.end, ENS_TRANSPORT_LOST);
    answer_done(&answer);
    answer = ask_for_encoded("rot13", ENS_STR("x"));
    assert_int_equal(answer.end, ENS_TRANSPORT_LOST);
    answer_done(&answer);
}

/* 16 MiB of zeros and one byte more, compressed three times. */
static void test_limit_of_decoded_bytes(void **state)
{
    static const ens_str bodies[] = {
        ENS_STR_INIT(
            "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x93\xef\xe6\x60\x00\x01\x26\xe6\xb7\xb7"
            "\xd6\xf2\x1e\x4a\x10\x69\xbb\xf8\x4f\x41\x8a\xe5\x81\x60\x09\x0f\x4f\xd3\x04\x85"
            "\x80\x19\x59\x87\x04\x2c\x5c\x84\x55\xda\x44\x3d\x56\xa4\xb1\xce\x68\xda\xc0\xec"
            "\xb8\x80\x73\xa9\xbc\xb3\xc2\xac\xe2\x2b\xab\xd7\xd7\x14\xb9\xff\xd6\xe1\x9a\xf4"
            "\xa5\xb0\xf7\x71\xda\x94\xf6\xf3\x3f\x67\x96\x2a\x03\xcd\x5a\xf0\xf4\xd4\x6f\x3d"
            "\x5e\x43\x85\x53\xaf\x6f\xd7\x44\x82\x0c\xcf\xdd\xfe\xee\xbb\xd5\x7e\x8d\x0f\x71"
            "\xbc\xcb\xcf\x31\x02\xf9\x6b\xc3\x7d\x8f\x55\x66\x30\x36\x87\xef\x9d\xa9\x2a\xa7"
            "\x0a\x14\x78\xc0\xaf\x77\xf4\xd1\x0e\x5b\x53\xe5\x7f\x4c\x7c\xc5\x27\xb6\x9d\xb0"
            "\x67\x60\x00\x00\x70\x77\x87\x77\x99\x00\x00\x00"),
        ENS_STR_INIT(
            "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x93\xef\xe6\x60\x00\x01\x26\xe6\xb7\xb7"
            "\x0c\xf9\x0e\x26\x48\x1c\x7f\xf8\x3e\x9b\xb7\x97\x71\xb7\x63\xbf\xa2\x60\xb3\xc0"
            "\xe6\xd6\x50\x99\x43\xf7\x8e\x64\x14\xb2\x75\xee\x0c\x7f\x20\xf2\x88\x2f\xc9\xa0"
            "\x3b\xa8\xdd\xc0\xe4\xbc\xf1\xdf\xe7\xe5\x7f\x9e\xca\xbe\xd9\x1c\xe0\x7d\xe9\xb7"
            "\xea\xb1\xf7\x1a\x7c\xef\x3f\x4d\xdc\xca\x0c\x34\xe9\x42\xc1\xd1\xdc\xe9\xd7\x0c"
            "\x15\x9e\x5c\x2d\xdd\x17\xc1\x04\x14\xf0\xdd\xfe\xb2\x2c\x6a\xbf\xc6\x87\xa8\xef"
            "\xea\xe7\x18\x81\xfc\xde\x72\x29\xfe\xcf\xbb\x58\xbf\xcc\xbb\x5a\x36\xab\x62\x0a"
            "\x50\xa0\xc1\xde\x62\x7d\xdf\xe2\x22\x31\xe7\x0e\xf9\xb0\x69\x5c\x13\x4e\xd8\x33"
            "\x30\x00\x00\x73\xb6\x1c\xcc\x97\x00\x00\x00"),
    };

    (void)state;
    struct answer answer = ask_for_encoded("gzip, gzip, gzip", bodies[0]);
    assert_int_equal(answer.end, ENS_TRANSPORT_REPLY);
    assert_int_equal(answer.body_size, ENS_HTTP_REPLY_MAX);
    answer_done(&answer);
    answer = ask_for_encoded("gzip, gzip, gzip", bodies[1]);
    assert_int_equal(answer.end, ENS_TRANSPORT_TOO_LARGE);
    assert_string_equal(answer.error, "the reply is larger than 16 MiB");
    answer_done(&answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_body_limit),
        cmocka_unit_test(test_unrequested_encodings),
        cmocka_unit_test(test_limit_of_decoded_bytes),
        cmocka_unit_test(test_header_count_limit),
        cmocka_unit_test(test_header_bytes_limit),
        cmocka_unit_test(test_endless_interim_replies),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
