/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration of a session: every key, and every error. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "ensure_config.h"

static void test_every_key_is_read(void **state)
{
    (void)state;
    static const char text[] =
        "{\"clouds\": {\"alibaba\": {\"access_key\": \"ak\", \"secret_key\": \"sk\","
        " \"security_token\": \"st\", \"profile\": \"p\","
        " \"region\": \"r\", \"endpoint\": \"http://127.0.0.1:1\"},"
        " \"baidu\": {\"assume_role\": {\"role\": \"r\", \"session_name\": \"n\","
        "   \"duration_seconds\": 900, \"policy\": \"{}\", \"external_id\": \"x\"},"
        "  \"assume_role_with_oidc\": {\"role\": \"o\", \"provider\": \"i\", \"token\": \"t\","
        "   \"token_file\": \"f\", \"session_name\": \"m\", \"duration_seconds\": 43200,"
        "   \"policy\": \"[]\"},"
        "  \"metadata_role\": \"q\"}},"
        " \"defaults\": {\"plan_timeout_ms\": 1, \"apply_timeout_ms\": 86400000,"
        " \"no_dry_run\": true}, \"log_level\": \"trace\"}";
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_DIAGS diags = {0};
    struct ens_session_config config;

    assert_int_equal(ens_session_config_read(arena, ens_str_of(text), &config, &diags), ENS_OK);
    assert_int_equal(config.cloud_count, 2);
    assert_string_equal(config.clouds[0].cloud.ptr, "alibaba");
    assert_string_equal(config.clouds[0].access_key.ptr, "ak");
    assert_string_equal(config.clouds[0].secret_key.ptr, "sk");
    assert_string_equal(config.clouds[0].security_token.ptr, "st");
    assert_string_equal(config.clouds[0].profile.ptr, "p");
    assert_string_equal(config.clouds[0].region.ptr, "r");
    assert_string_equal(config.clouds[0].endpoint.ptr, "http://127.0.0.1:1");
    assert_string_equal(config.clouds[1].cloud.ptr, "baidu");
    assert_int_equal(config.clouds[1].access_key.len, 0);
    const struct ens_role_settings *role = &config.clouds[1].assume_role;
    assert_string_equal(role->role.ptr, "r");
    assert_string_equal(role->session_name.ptr, "n");
    assert_int_equal(role->duration_s, 900);
    assert_string_equal(role->policy.ptr, "{}");
    assert_string_equal(role->external_id.ptr, "x");
    const struct ens_oidc_settings *oidc = &config.clouds[1].assume_role_with_oidc;
    assert_string_equal(oidc->role.ptr, "o");
    assert_string_equal(oidc->provider.ptr, "i");
    assert_string_equal(oidc->token.ptr, "t");
    assert_string_equal(oidc->token_file.ptr, "f");
    assert_string_equal(oidc->session_name.ptr, "m");
    assert_int_equal(oidc->duration_s, 43200);
    assert_string_equal(oidc->policy.ptr, "[]");
    assert_string_equal(config.clouds[1].metadata_role.ptr, "q");
    assert_int_equal(config.defaults.plan_timeout_ms, 1);
    assert_int_equal(config.defaults.apply_timeout_ms, ENS_TIMEOUT_MAX_MS);
    assert_true(config.defaults.no_dry_run);
    assert_int_equal(config.log_level, ENS_LOG_TRACE);
}

static void test_defaults(void **state)
{
    (void)state;
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_session_config config;

    assert_int_equal(ens_session_config_read(arena, ENS_STR("{}"), &config, NULL), ENS_OK);
    assert_int_equal(config.cloud_count, 0);
    assert_int_equal(config.defaults.plan_timeout_ms, 0);
    assert_int_equal(config.defaults.apply_timeout_ms, 0);
    assert_false(config.defaults.no_dry_run);
    assert_int_equal(config.log_level, ENS_LOG_WARN);
}

struct bad_row {
    const char *text;
    ens_rc rc;
    const char *where;
    const char *summary;
};

#define NOT_JSON "expected a JSON object, got text that is not JSON "

static const struct bad_row bad_rows[] = {
    {"", ENS_MALFORMED, "configuration", NOT_JSON "(line 1, column 0)"},
    {"{", ENS_MALFORMED, "configuration", NOT_JSON "(line 1, column 1)"},
    {"{} x", ENS_MALFORMED, "configuration", NOT_JSON "(line 1, column 4)"},
    {"{\"defaults\":{},\"defaults\":{}}", ENS_MALFORMED, "configuration",
     NOT_JSON "(line 1, column 25)"},
    {"[]", ENS_INVALID, "configuration", "expected an object, got a list"},
    {"null", ENS_MALFORMED, "configuration", NOT_JSON "(line 1, column 4)"},
    {"{\"cloud\":{}}", ENS_INVALID, "configuration.cloud",
     "unknown key; known: clouds, defaults, policy, log_level"},
    {"{\"s3cr3t KEY\":{}}", ENS_INVALID, "configuration.?",
     "unknown key; known: clouds, defaults, policy, log_level"},
    {"{\"clouds\":[]}", ENS_INVALID, "configuration.clouds", "expected an object, got a list"},
    {"{\"clouds\":{\"alibaba\":1}}", ENS_INVALID, "configuration.clouds.alibaba",
     "expected an object, got a number"},
    {"{\"clouds\":{\"alibaba\":{\"access_key\":null}}}", ENS_INVALID,
     "configuration.clouds.alibaba.access_key", "expected a text, got null"},
    {"{\"clouds\":{\"alibaba\":{\"zone\":\"cn-hangzhou-b\"}}}", ENS_INVALID,
     "configuration.clouds.alibaba.zone",
     "unknown key; known: access_key, secret_key, security_token, profile, region, endpoint, "
     "assume_role, assume_role_with_oidc, metadata_role"},
    {"{\"clouds\":{\"alibaba\":{\"assume_role\":\"r\"}}}", ENS_INVALID,
     "configuration.clouds.alibaba.assume_role", "expected an object, got a text"},
    {"{\"clouds\":{\"alibaba\":{\"assume_role\":{\"arn\":\"r\"}}}}", ENS_INVALID,
     "configuration.clouds.alibaba.assume_role.arn",
     "unknown key; known: role, session_name, duration_seconds, policy, external_id"},
    {"{\"clouds\":{\"alibaba\":{\"assume_role_with_oidc\":{\"duration_seconds\":0}}}}", ENS_INVALID,
     "configuration.clouds.alibaba.assume_role_with_oidc.duration_seconds",
     "expected a whole number of seconds, got a number"},
    {"{\"defaults\":true}", ENS_INVALID, "configuration.defaults",
     "expected an object, got a boolean"},
    {"{\"defaults\":{\"no_dry_run\":\"yes\"}}", ENS_INVALID, "configuration.defaults.no_dry_run",
     "expected true or false, got a text"},
    {"{\"defaults\":{\"plan_timeout_ms\":1.5}}", ENS_INVALID,
     "configuration.defaults.plan_timeout_ms",
     "expected a whole number of milliseconds, got a number"},
    {"{\"defaults\":{\"plan_timeout_ms\":0}}", ENS_INVALID,
     "configuration.defaults.plan_timeout_ms", "expected 1 to 86400000 milliseconds, got 0"},
    {"{\"defaults\":{\"apply_timeout_ms\":86400001}}", ENS_INVALID,
     "configuration.defaults.apply_timeout_ms",
     "expected 1 to 86400000 milliseconds, got 86400001"},
    {"{\"defaults\":{\"retries\":1}}", ENS_INVALID, "configuration.defaults.retries",
     "unknown key; known: plan_timeout_ms, apply_timeout_ms, no_dry_run"},
    {"{\"log_level\":\"loud\"}", ENS_INVALID, "configuration.log_level",
     "expected error, warn, info, debug or trace"},
    {"{\"log_level\":3}", ENS_INVALID, "configuration.log_level", "expected a text, got a number"},
};

static void test_errors(void **state)
{
    (void)state;
    for (size_t i = 0; i < ENS_COUNT(bad_rows); i++) {
        const struct bad_row *row = &bad_rows[i];
        ENS_AUTO_ARENA *arena = ens_arena_new();
        ENS_AUTO_DIAGS diags = {0};
        struct ens_session_config config;

        print_message("  %s\n", row->text);
        assert_int_equal(ens_session_config_read(arena, ens_str_of(row->text), &config, &diags),
                         row->rc);
        assert_int_equal(diags.count, 1);
        assert_string_equal(diags.items[0].where, row->where);
        assert_string_equal(diags.items[0].summary, row->summary);
    }
}

/* A configuration of the maximum size is read, a larger one is not. */
static void test_size_limit(void **state)
{
    (void)state;
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_DIAGS diags = {0};
    struct ens_session_config config;
    char *text = ens_alloc(ENS_CONFIG_MAX + 1);

    memset(text, ' ', ENS_CONFIG_MAX + 1);
    text[0] = '{';
    text[1] = '}';
    assert_int_equal(
        ens_session_config_read(arena, (ens_str){text, ENS_CONFIG_MAX}, &config, &diags), ENS_OK);
    assert_int_equal(
        ens_session_config_read(arena, (ens_str){text, ENS_CONFIG_MAX + 1}, &config, &diags),
        ENS_LIMIT);
    assert_string_equal(diags.items[0].summary, "expected at most 1048576 bytes, got 1048577");
    ens_free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_key_is_read),
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_size_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
