/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kit/keys.h"
#include "kit/metadata.h"
#include "kit/text.h"
#include "support/exact_memory.h"

#define NOW INT64_C(1788249600)

static const struct kit_keys_shape strict = {.path = "A.B",
                                             .access_key = "Id|ak",
                                             .secret_key = "Secret",
                                             .security_token = "Token",
                                             .expiry = "Expires|Until",
                                             .state = "Code"};
static const struct kit_keys_shape four_minutes = {
    .path = "", .access_key = "ak", .secret_key = "sk", .expiry = "expires", .life_s = 240};
static const struct kit_keys_shape for_ever = {
    .path = "", .access_key = "ak", .secret_key = "sk", .expiry = "expires", .life_s = -1};

static void test_reading(void **state)
{
    static const struct {
        const struct kit_keys_shape *shape;
        const char *document;
        const char *wrong; /* "": nothing */
        int64_t expires;
    } rows[] = {
        {&strict, "{\"A\": {\"B\": {\"Id\": \"a\", \"Secret\": \"s\", \"Until\": 1788253200}}}", "",
         1788253200},
        {&strict,
         "{\"A\": {\"B\": {\"AK\": \"a\", \"SECRET\": \"s\", \"expires\": \"1788253200\"}}}", "",
         1788253200},
        {&strict,
         "{\"A\": {\"B\": {\"Code\": \"success\", \"Id\": \"a\", \"Secret\": \"s\","
         " \"Expires\": \"2026-09-01T09:00:00Z\"}}}",
         "", 1788253200},
        {&strict, "{\"A\": {\"B\": {\"Code\": \"Failed\", \"Id\": \"a\", \"Secret\": \"s\"}}}",
         "Code is not Success", 0},
        {&strict, "{\"A\": {}}", "A.B is missing or not an object", 0},
        {&strict, "{\"A\": {\"B\": []}}", "A.B is missing or not an object", 0},
        {&strict, "{\"A\": {\"B\": {\"Secret\": \"s\"}}}", "Id is missing or not a text", 0},
        {&strict, "{\"A\": {\"B\": {\"Id\": [], \"Secret\": \"s\"}}}",
         "Id is missing or not a text", 0},
        {&strict, "{\"A\": {\"B\": {\"Id\": \"a\", \"Secret\": \"\"}}}",
         "Secret is missing or not a text", 0},
        {&strict, "{\"A\": {\"B\": {\"Id\": \"a\", \"Secret\": \"s\"}}}",
         "Expires is missing or not a text", 0},
        {&strict, "{\"A\": {\"B\": {\"Id\": \"a\", \"Secret\": \"s\", \"Expires\": \"soon\"}}}",
         "Expires is not a time", 0},
        {&four_minutes, "{\"ak\": \"a\", \"sk\": \"s\"}", "", NOW + 240},
        {&four_minutes, "{\"ak\": \"a\", \"sk\": \"s\", \"expires\": \"soon\"}",
         "expires is not a time", 0},
        {&for_ever, "{\"ak\": \"a\", \"sk\": \"s\"}", "", 0},
        {&for_ever, "{\"sk\": \"s\"}", "ak is missing or not a text", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct exact_memory exact;
        struct kit_keys keys = {0};
        json_t *document = json_loads(rows[i].document, 0, NULL);
        assert_non_null(document);
        exact_memory_init(&exact);
        const ens_str wrong = kit_keys_read(&exact.memory, document, rows[i].shape, NOW, &keys);
        const bool as_expected = kit_is(wrong, rows[i].wrong) &&
                                 (wrong.len > 0 || (kit_is(keys.identity.access_key, "a") &&
                                                    kit_is(keys.identity.secret_key, "s") &&
                                                    keys.expires_unix_s == rows[i].expires));
        json_decref(document);
        exact_memory_done(&exact);
        if (!as_expected) {
            fail_msg("row %zu", i);
        }
    }
}

static void test_expiry(void **state)
{
    static const struct {
        const char *text;
        int64_t unix_s;
    } rows[] = {
        {"1788253200", 1788253200},
        {"1788253200123", 1788253200},
        {"1788253200123456", 1788253200},
        {"1788253200123456789", 1788253200},
        {"2026-09-01T09:00:00Z", 1788253200},
        {"2026-09-01T17:00:00+08:00", 1788253200},
        {"", 0},
        {"0", 0},
        {"-1", 0},
        {"12345678901234567890123", 0},
        {"tomorrow", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_int_equal(kit_expiry(kit_str(rows[i].text)), rows[i].unix_s);
    }
}

/* What a metadata service answers with is a token or a role only if it looks like one. */
static void test_metadata(void **state)
{
    static const struct {
        uint32_t status;
        const char *body;
        const char *token;
        const char *role;
    } rows[] = {
        {200, "abc", "abc", "abc"},
        {200, " abc\r\ndef\n", "", "abc"},
        {200, "[\"r\", \"s\"]", "", "r"},
        {200, "[]", "", ""},
        {200, "[1]", "", ""},
        {200, "[\"r\"", "", ""},
        {200, "", "", ""},
        {200, "<html>", "", ""},
        {200, "{\"a\":1}", "", ""},
        {200, "../x", "../x", ""},
        {200, "a b", "", ""},
        {404, "abc", "", ""},
        {301, "abc", "", ""},
        {200, "R-1_a.b@c+d=e,f", "R-1_a.b@c+d=e,f", "R-1_a.b@c+d=e,f"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct exact_memory exact;
        const struct ens_http_reply reply = {
            .struct_size = sizeof(reply), .status = rows[i].status, .body = kit_str(rows[i].body)};
        exact_memory_init(&exact);
        const bool token = kit_is(kit_metadata_read_token(&reply), rows[i].token);
        const bool role = kit_is(kit_metadata_read_role(&exact.memory, &reply), rows[i].role);
        exact_memory_done(&exact);
        if (!token || !role) {
            fail_msg("%s", rows[i].body);
        }
    }
}

static void test_metadata_limits(void **state)
{
    char text[1026];

    (void)state;
    for (size_t extra = 0; extra < 2; extra++) {
        const struct ens_http_reply reply = {
            .struct_size = sizeof(reply), .status = 200, .body = {text, 1024 + extra}};
        memset(text, 'x', sizeof(text));
        assert_int_equal(kit_metadata_read_token(&reply).len, extra == 0 ? 1024 : 0);
        assert_int_equal(kit_metadata_is_role((ens_str){text, 128 + extra}), extra == 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reading),
        cmocka_unit_test(test_expiry),
        cmocka_unit_test(test_metadata),
        cmocka_unit_test(test_metadata_limits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
