/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "http/endpoint.h"

#define LABEL10 "abcdefghi."
#define NAME50  LABEL10 LABEL10 LABEL10 LABEL10 LABEL10
#define NAME253 NAME50 NAME50 NAME50 NAME50 NAME50 "abc"

static void test_parse(void **state)
{
    static const struct {
        const char *text;
        bool tls;
        const char *host;
        const char *port;
    } rows[] = {
        {"https://ecs.aliyuncs.com", true, "ecs.aliyuncs.com", ""},
        {"http://127.0.0.1:8080", false, "127.0.0.1", "8080"},
        {"https://[::1]:1", true, "[::1]", "1"},
        {"https://[2001:db8::7]", true, "[2001:db8::7]", ""},
        {"https://A-b.C", true, "A-b.C", ""},
        {"https://h:65535", true, "h", "65535"},
        {"https://" NAME253, true, NAME253, ""},
        {"HTTPS://ecs.aliyuncs.com", true, "ecs.aliyuncs.com", ""},
        {"Http://127.0.0.1:8080", false, "127.0.0.1", "8080"},
        {"https://ecs.aliyuncs.com/", true, "ecs.aliyuncs.com", ""},
        {"HTTP://[::1]:1/", false, "[::1]", "1"},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        struct ens_endpoint endpoint = {0};
        assert_null(ens_endpoint_parse(ens_str_of(rows[i].text), &endpoint));
        assert_int_equal(endpoint.tls, rows[i].tls);
        assert_true(ens_str_is(endpoint.host, rows[i].host));
        assert_true(ens_str_is(endpoint.port, rows[i].port));
    }
}

#define SCHEME "it starts with neither https:// nor http://"
#define HOST   "what follows the scheme is not a host name or address with an optional port"
#define PATH   "a path, a query or a fragment follows the host"
#define USER   "it holds a user name"
#define PORT   "what follows the host is not a port from 1 to 65535"

static void test_refused(void **state)
{
    static const struct {
        const char *text;
        const char *wrong;
    } rows[] = {
        {"", SCHEME},
        {"ecs.aliyuncs.com", SCHEME},
        {"HTTPS:/h", SCHEME},
        {"httpss://h", SCHEME},
        {"ftp://h", SCHEME},
        {"file:///etc/passwd", SCHEME},
        {"https:/h", SCHEME},
        {"https://", HOST},
        {"https://:80", HOST},
        {"https:///", HOST},
        {"https://h//", PATH},
        {"https://h:80//", PATH},
        {"https://h/path", PATH},
        {"https://h?x", PATH},
        {"https://h#x", PATH},
        {"https://user@h", USER},
        {"https://user:1@h", USER},
        {"https://h h", HOST},
        {"https://h\n", HOST},
        {"https://.h", HOST},
        {"https://-h", HOST},
        {"https://h_h", HOST},
        {"https://\xE4\xBD\xA0", HOST},
        {"https://::1", HOST},
        {"https://[::1", HOST},
        {"https://[]", HOST},
        {"https://[127.0.0.1]", HOST},
        {"https://[::1]x", HOST},
        {"https://[::1%25eth0]", HOST},
        {"https://x" NAME253, HOST},
        {"https://h:", PORT},
        {"https://h:0", PORT},
        {"https://h:65536", PORT},
        {"https://h:000080", PORT},
        {"https://h:80x", PORT},
        {"https://h:-1", PORT},
        {"https://h:80:90", PORT},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        struct ens_endpoint endpoint = {0};
        const char *wrong = ens_endpoint_parse(ens_str_of(rows[i].text), &endpoint);
        if (wrong == NULL || strcmp(wrong, rows[i].wrong) != 0) {
            fail_msg("%s: %s", rows[i].text, wrong == NULL ? "accepted" : wrong);
        }
        assert_null(endpoint.host.ptr);
    }
}

static void test_base(void **state)
{
    static const char *const rows[][2] = {
        {"https://h", "https://h"},
        {"HTTPS://h/", "https://h"},
        {"hTTp://[::1]:80/", "http://[::1]:80"},
        {"https://H.example:443", "https://H.example:443"},
    };
    ENS_AUTO_ARENA *arena = ens_arena_new();

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        struct ens_endpoint endpoint = {0};
        assert_null(ens_endpoint_parse(ens_str_of(rows[i][0]), &endpoint));
        assert_true(ens_str_is(ens_endpoint_base(arena, &endpoint), rows[i][1]));
    }
}

static void test_nul_is_refused(void **state)
{
    static const ens_str texts[] = {
        ENS_STR_INIT("https://h\0.example"),
        ENS_STR_INIT("https://[::1\0]:80"),
        ENS_STR_INIT("https://h:80\0"),
        ENS_STR_INIT("http://127.0.0.1\0"),
    };
    struct ens_endpoint endpoint = {0};

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(texts); i++) {
        assert_non_null(ens_endpoint_parse(texts[i], &endpoint));
    }
}

static void test_length(void **state)
{
    char text[ENS_ENDPOINT_MAX + 2];
    struct ens_endpoint endpoint = {0};

    (void)state;
    memset(text, 'x', sizeof(text));
    memcpy(text, "https://", 8);
    /* At the limit of the length, the host name is too long. */
    assert_string_equal(ens_endpoint_parse((ens_str){text, ENS_ENDPOINT_MAX}, &endpoint), HOST);
    assert_string_equal(ens_endpoint_parse((ens_str){text, ENS_ENDPOINT_MAX + 1}, &endpoint),
                        "it is longer than 512 bytes");
}

static void test_check(void **state)
{
    static const struct {
        const char *endpoint;
        bool allow_http;
        bool good;
        bool loopback;
    } rows[] = {
        {"https://ecs.example", false, true, false},
        {"http://ecs.example", false, false, false},
        {"http://ecs.example", true, true, false},
        {"http://10.0.0.1", false, false, false},
        {"http://127.0.0.1:1", false, true, true},
        {"http://127.255.255.254", false, true, true},
        {"http://128.0.0.1", false, false, false},
        {"http://127.0.0.1.example", false, false, false},
        {"http://127.1", false, false, false},
        {"http://localhost:80", false, true, true},
        {"http://LocalHost", false, true, true},
        {"http://localhost.example", false, false, false},
        {"http://[::1]:80", false, true, true},
        {"http://[::2]", false, false, false},
        {"http://[::ffff:127.0.0.1]", false, false, false},
        {"nonsense", true, false, false},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_DIAGS diags = {0};
        struct ens_endpoint endpoint = {0};
        ens_str text = ens_str_of(rows[i].endpoint);
        ens_rc rc = ens_endpoint_check(text, rows[i].allow_http, "endpoint", &diags);
        assert_int_equal(rc, rows[i].good ? ENS_OK : ENS_INVALID);
        assert_int_equal(diags.count, rows[i].good ? 0 : 1);
        if (ens_endpoint_parse(text, &endpoint) == NULL) {
            assert_int_equal(ens_endpoint_is_loopback(&endpoint), rows[i].loopback);
        }
    }
}

/* Keys are asked for over https, on this machine, and at addresses that are not routed. */
static void test_refuses_keys(void **state)
{
    static const struct {
        const char *endpoint;
        bool allow_http;
        const char *wrong; /* NULL: nothing */
    } rows[] = {
        {"https://sts.example", false, NULL},
        {"http://sts.example", false, "it is neither https nor on this machine"},
        {"http://sts.example", true, NULL},
        {"http://127.0.0.1:8080", false, NULL},
        {"http://[::1]:8080", false, NULL},
        {"http://100.100.100.200", false, NULL},
        {"http://100.96.0.96", false, NULL},
        {"http://169.254.169.254", false, NULL},
        {"http://169.254.170.2:80", false, NULL},
        {"http://100.100.100.201", false, "it is neither https nor on this machine"},
        {"http://169.255.169.254", false, "it is neither https nor on this machine"},
        {"http://169.254.169.254.example", false, "it is neither https nor on this machine"},
        {"http://10.0.0.1", false, "it is neither https nor on this machine"},
        {"file:///etc/passwd", true, SCHEME},
        {"", true, SCHEME},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        const char *wrong =
            ens_endpoint_refuses_keys(ens_str_of(rows[i].endpoint), rows[i].allow_http);
        if ((wrong == NULL) != (rows[i].wrong == NULL) ||
            (wrong != NULL && strcmp(wrong, rows[i].wrong) != 0)) {
            fail_msg("%s: %s", rows[i].endpoint, wrong != NULL ? wrong : "accepted");
        }
    }
}

static void test_check_loopback(void **state)
{
    static const struct {
        const char *endpoint;
        const char *summary; /* NULL: it is */
    } rows[] = {
        {"http://127.0.0.1:9", NULL},
        {"https://localhost", NULL},
        {"http://192.0.2.1", "the address 192.0.2.1 is not on this machine"},
        {"127.0.0.1", "the address is not of the form scheme://host[:port]: " SCHEME},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_DIAGS diags = {0};
        ens_rc rc = ens_endpoint_check_loopback(ens_str_of(rows[i].endpoint), "X", &diags);
        assert_int_equal(rc == ENS_OK, rows[i].summary == NULL);
        if (rows[i].summary != NULL) {
            assert_string_equal(diags.items[0].summary, rows[i].summary);
        }
    }
}

static void test_host_header(void **state)
{
    static const char *const hosts[][2] = {
        {"https://a.example", "a.example"},      {"https://a.example:443", "a.example"},
        {"http://a.example:80", "a.example"},    {"https://a.example:80", "a.example:80"},
        {"http://127.0.0.1:81", "127.0.0.1:81"}, {"http://[::1]:80", "[::1]"},
    };
    ENS_AUTO_ARENA *arena = ens_arena_new();

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(hosts); i++) {
        assert_true(
            ens_str_is(ens_endpoint_host_header(arena, ens_str_of(hosts[i][0])), hosts[i][1]));
    }
}

static void test_messages(void **state)
{
    ENS_AUTO_DIAGS diags = {0};

    (void)state;
    assert_int_equal(ens_endpoint_check(ENS_STR("ecs.example"), false, "alibaba.endpoint", &diags),
                     ENS_INVALID);
    assert_int_equal(ens_endpoint_check(ENS_STR("http://h:80"), false, "x", &diags), ENS_INVALID);
    assert_string_equal(diags.items[0].where, "alibaba.endpoint");
    assert_string_equal(diags.items[0].summary,
                        "the endpoint is not of the form scheme://host[:port]: " SCHEME);
    assert_string_equal(diags.items[1].summary,
                        "the endpoint http://h is neither https nor on this machine; "
                        "ENSURE_ALLOW_HTTP=1 allows it");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_base),           cmocka_unit_test(test_parse),
        cmocka_unit_test(test_refused),        cmocka_unit_test(test_nul_is_refused),
        cmocka_unit_test(test_length),         cmocka_unit_test(test_check),
        cmocka_unit_test(test_messages),       cmocka_unit_test(test_refuses_keys),
        cmocka_unit_test(test_check_loopback), cmocka_unit_test(test_host_header),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
