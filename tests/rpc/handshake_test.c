/* SPDX-License-Identifier: Apache-2.0 */
/* Writing and parsing the handshake line, and selecting the host. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "rpc/handshake.h"

static const struct ens_plugin_host hosts[] = {{"A_COOKIE", "aaa", 1}, {"B_COOKIE", "bbb", 6}};

/* "NAME=VALUE" strings, NULL-terminated, as an environment. */
static const char *get(void *ud, const char *name)
{
    size_t length = strlen(name);

    for (const char *const *at = ud; *at != NULL; at++) {
        if (strncmp(*at, name, length) == 0 && (*at)[length] == '=') {
            return *at + length + 1;
        }
    }
    return NULL;
}

static void test_host_is_known_by_its_cookie(void **state)
{
    static const struct {
        const char *variables[4];
        int version; /* 0: no host */
    } rows[] = {
        {{NULL}, 0},
        {{"A_COOKIE=", NULL}, 0},
        {{"A_COOKIE=aa", NULL}, 0},
        {{"A_COOKIE=aaaa", NULL}, 0},
        {{"B_COOKIE=aaa", NULL}, 0},
        {{"A_COOKIE=aaa", NULL}, 1},
        {{"B_COOKIE=bbb", NULL}, 6},
        {{"A_COOKIE=aaa", "B_COOKIE=wrong", "PLUGIN_PROTOCOL_VERSIONS=6", NULL}, 1},
        /* Of two, the highest that the host knows. */
        {{"A_COOKIE=aaa", "B_COOKIE=bbb", NULL}, 1},
        {{"A_COOKIE=aaa", "B_COOKIE=bbb", "PLUGIN_PROTOCOL_VERSIONS=1", NULL}, 1},
        {{"A_COOKIE=aaa", "B_COOKIE=bbb", "PLUGIN_PROTOCOL_VERSIONS=5,6", NULL}, 6},
        {{"A_COOKIE=aaa", "B_COOKIE=bbb", "PLUGIN_PROTOCOL_VERSIONS= 6 , 1", NULL}, 6},
        {{"A_COOKIE=aaa", "B_COOKIE=bbb", "PLUGIN_PROTOCOL_VERSIONS=,x,-6,66", NULL}, 1},
        {{"A_COOKIE=aaa", "B_COOKIE=bbb", "PLUGIN_PROTOCOL_VERSIONS=", NULL}, 1},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        struct ens_environment environment = {get, (void *)(uintptr_t)rows[i].variables};
        const struct ens_plugin_host *host =
            ens_handshake_host(hosts, ENS_COUNT(hosts), &environment);
        assert_int_equal(host == NULL ? 0 : host->app_version, rows[i].version);
    }
}

static void test_write(void **state)
{
    static const struct {
        struct ens_handshake handshake;
        bool multiplex;
        const char *line;
    } rows[] = {
        {{6, ENS_STR_INIT("/tmp/x/rpc"), {NULL, 0}, false}, false, "1|6|unix|/tmp/x/rpc|grpc|\n"},
        {{1, ENS_STR_INIT("/s"), ENS_STR_INIT("MIIB"), false}, false, "1|1|unix|/s|grpc|MIIB\n"},
        {{1, ENS_STR_INIT("/s"), ENS_STR_INIT("MIIB"), false},
         true,
         "1|1|unix|/s|grpc|MIIB|false\n"},
        {{1, ENS_STR_INIT("/s"), {NULL, 0}, false}, true, "1|1|unix|/s|grpc||false\n"},
        {{1, ENS_STR_INIT("3"), {NULL, 0}, true}, false, "1|1|inherited|3|grpc|\n"},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_BUF line = ens_buf_new(ENS_HANDSHAKE_MAX);
        assert_int_equal(ens_handshake_write(&line, &rows[i].handshake, rows[i].multiplex), ENS_OK);
        assert_string_equal(ens_buf_text(&line), rows[i].line);
    }
}

static void test_reattach(void **state)
{
    static const struct {
        const char *socket;
        ens_rc rc;
    } rows[] = {
        {"/tmp/ensure 1/~rpc", ENS_OK},     {"/tmp/it's/rpc", ENS_INVALID},
        {"/tmp/\"/rpc", ENS_INVALID},       {"/tmp/\\/rpc", ENS_INVALID},
        {"/tmp/\xC3\xA9/rpc", ENS_INVALID}, {"/tmp/\n/rpc", ENS_INVALID},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_DIAGS diags = {0};
        ENS_AUTO_BUF line = ens_buf_new(ENS_HANDSHAKE_MAX);
        assert_int_equal(
            ens_reattach_write(&line, "a/b/c", 6, 4194304, ens_str_of(rows[i].socket), &diags),
            rows[i].rc);
        assert_int_equal(diags.count, rows[i].rc == ENS_OK ? 0 : 1);
        if (rows[i].rc == ENS_OK) {
            assert_string_equal(
                ens_buf_text(&line),
                "TF_REATTACH_PROVIDERS='{\"a/b/c\":{\"Protocol\":\"grpc\",\"ProtocolVersion\":6,"
                "\"Pid\":4194304,\"Test\":true,\"Addr\":{\"Network\":\"unix\","
                "\"String\":\"/tmp/ensure 1/~rpc\"}}}'\n");
        }
    }
}

static void test_read(void **state)
{
    static const struct {
        const char *line;
        ens_rc rc;
        const char *socket;
        const char *certificate;
        bool inherited;
    } rows[] = {
        {"1|1|unix|/s|grpc|MIIB", ENS_OK, "/s", "MIIB", false},
        {"1|1|unix|/s|grpc|", ENS_OK, "/s", "", false},
        {"1|1|unix|/s|grpc", ENS_OK, "/s", "", false},
        {" 1|1|unix|/s|grpc|MIIB|true \r", ENS_OK, "/s", "MIIB", false},
        {"1|1|inherited|3|grpc|", ENS_OK, "3", "", true},
        {"", ENS_MALFORMED, NULL, NULL, false},
        {"hello", ENS_MALFORMED, NULL, NULL, false},
        {"2|1|unix|/s|grpc|", ENS_MALFORMED, NULL, NULL, false},
        {"1|one|unix|/s|grpc|", ENS_MALFORMED, NULL, NULL, false},
        {"1|1|unix||grpc|", ENS_MALFORMED, NULL, NULL, false},
        {"1|1|unix", ENS_MALFORMED, NULL, NULL, false},
        {"1|2|unix|/s|grpc|", ENS_UNSUPPORTED, NULL, NULL, false},
        {"1|1|tcp|127.0.0.1:1|grpc|", ENS_UNSUPPORTED, NULL, NULL, false},
        {"1|1|inherited|3|netrpc|", ENS_UNSUPPORTED, NULL, NULL, false},
        {"1|1|inherited||grpc|", ENS_MALFORMED, NULL, NULL, false},
        {"1|1|unix|/s|netrpc|", ENS_UNSUPPORTED, NULL, NULL, false},
        {"1|1|unix|/s", ENS_UNSUPPORTED, NULL, NULL, false},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_DIAGS diags = {0};
        struct ens_handshake handshake = {0};
        assert_int_equal(ens_handshake_read(ens_str_of(rows[i].line), 1, &handshake, &diags),
                         rows[i].rc);
        assert_int_equal(diags.count, rows[i].rc == ENS_OK ? 0 : 1);
        if (rows[i].rc == ENS_OK) {
            assert_true(ens_str_is(handshake.socket, rows[i].socket));
            assert_true(ens_str_is(handshake.certificate, rows[i].certificate));
            assert_int_equal(handshake.inherited, rows[i].inherited);
        }
    }
}

/* Output that is no handshake is quoted in the diagnostic, escaped and truncated. */
static void test_other_output_is_quoted(void **state)
{
    ENS_AUTO_DIAGS diags = {0};
    struct ens_handshake handshake = {0};
    char line[1000];

    (void)state;
    memset(line, 'x', sizeof(line));
    memcpy(line, "oops \x1b[31m", strlen("oops \x1b[31m"));
    assert_int_equal(ens_handshake_read((ens_str){line, sizeof(line)}, 1, &handshake, &diags),
                     ENS_MALFORMED);
    assert_non_null(strstr(diags.items[0].summary, "printed \"oops \xEF\xBF\xBD[31mxxx"));
    assert_true(strlen(diags.items[0].summary) < 300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_host_is_known_by_its_cookie),
        cmocka_unit_test(test_write),
        cmocka_unit_test(test_reattach),
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_other_output_is_quoted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
