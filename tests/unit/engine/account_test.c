/* SPDX-License-Identifier: Apache-2.0 */
/* Accounts: endpoints by setting and variable, and which configurations share an account. No source
 * is asked for keys here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "credentials/source_key.h"
#include "engine/account.h"
#include "support/fake_environment.h"
#include "support/fake_provider.h"

static const struct ens_cloud_settings keys = {.cloud = ENS_STR_INIT("fake"),
                                               .access_key = ENS_STR_INIT("ak"),
                                               .secret_key = ENS_STR_INIT("sk")};

static struct ens_cloud_settings with_endpoint(const char *endpoint)
{
    struct ens_cloud_settings settings = keys;

    settings.endpoint = ens_str_of(endpoint);
    return settings;
}

static const struct ens_cloud_account *resolve(struct ens_accounts *accounts,
                                               struct ens_configs *configs,
                                               const struct ens_cloud_settings *settings,
                                               const struct ens_provider *provider)
{
    ens_configs_set(configs, settings, 1, NULL);
    return ens_cloud_account_get(accounts, configs->current, provider);
}

static void test_endpoint(void **state)
{
    static const struct {
        const char *setting;
        struct variable variables[3];
        const char *endpoint; /* NULL: refused */
        const char *error;
    } rows[] = {
        {"", {{NULL, NULL}}, "", NULL},
        {"https://a.example",
         {{"ENSURE_FAKE_ENDPOINT", "https://b.example"}},
         "https://a.example",
         NULL},
        {"", {{"ENSURE_FAKE_ENDPOINT", "http://127.0.0.1:9"}}, "http://127.0.0.1:9", NULL},
        {"HTTPS://a.example/", {{NULL, NULL}}, "https://a.example", NULL},
        {"",
         {{"ENSURE_FAKE_ENDPOINT", "ftp://x"}},
         NULL,
         "ENSURE_FAKE_ENDPOINT: the endpoint is not of the form scheme://host[:port]: it starts "
         "with neither https:// nor http://"},
        {"",
         {{"ENSURE_FAKE_ENDPOINT", "http://b.example"}, {"ENSURE_ALLOW_HTTP", "1"}},
         "http://b.example",
         NULL},
        {"",
         {{"ENSURE_FAKE_STS_ENDPOINT", "http://b.example"}},
         NULL,
         "ENSURE_FAKE_STS_ENDPOINT: the endpoint http://b.example is neither https nor on this "
         "machine; ENSURE_ALLOW_HTTP=1 allows it"},
        {"",
         {{"ENSURE_FAKE_METADATA", "http://192.0.2.1"}},
         NULL,
         "ENSURE_FAKE_METADATA: the address 192.0.2.1 is not on this machine"},
        {"",
         {{"ENSURE_FAKE_METADATA", "127.0.0.1"}},
         NULL,
         "ENSURE_FAKE_METADATA: the address is not of the form scheme://host[:port]: it starts "
         "with "
         "neither https:// nor http://"},
        {"",
         {{"ENSURE_FAKE_ENDPOINT", "http://b.example"}, {"ENSURE_ALLOW_HTTP", "yes"}},
         NULL,
         "ENSURE_FAKE_ENDPOINT: the endpoint http://b.example is neither https nor on this "
         "machine; ENSURE_ALLOW_HTTP=1 allows it"},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        const struct ens_provider provider = fake_provider();
        const struct ens_environment environment = fake_environment(rows[i].variables);
        const struct ens_cloud_settings settings = with_endpoint(rows[i].setting);
        struct ens_logins logins = {0};
        struct ens_accounts accounts = {.environment = &environment, .logins = &logins};
        struct ens_configs configs;
        ens_configs_init(&configs);
        const struct ens_cloud_account *cloud = resolve(&accounts, &configs, &settings, &provider);
        if (rows[i].endpoint != NULL) {
            assert_non_null(cloud->account);
            assert_true(ens_str_is(cloud->account->endpoint, rows[i].endpoint));
        } else {
            assert_null(cloud->account);
            assert_int_equal(cloud->hint, ENS_HINT_ENDPOINT);
            assert_string_equal(cloud->error.ptr, rows[i].error);
        }
        ens_accounts_done(&accounts);
        ens_configs_done(&configs);
    }
}

static void test_sharing(void **state)
{
    static const struct variable none[] = {{NULL, NULL}};
    const struct ens_environment environment = fake_environment(none);
    const struct ens_provider one = fake_provider();
    const struct ens_provider other = fake_provider();
    const struct ens_cloud_settings elsewhere = with_endpoint("https://h");
    struct ens_logins logins = {0};
    struct ens_accounts accounts = {.environment = &environment, .logins = &logins};
    struct ens_configs configs;

    (void)state;
    ens_configs_init(&configs);
    const struct ens_cloud_account *first = resolve(&accounts, &configs, &keys, &one);
    assert_ptr_equal(ens_cloud_account_get(&accounts, configs.current, &one), first);
    const struct ens_cloud_account *again = resolve(&accounts, &configs, &keys, &one);
    assert_ptr_not_equal(again, first);               /* another configuration ... */
    assert_ptr_equal(again->account, first->account); /* ... of the same account */
    assert_ptr_not_equal(resolve(&accounts, &configs, &elsewhere, &one)->account, first->account);
    assert_ptr_not_equal(resolve(&accounts, &configs, &keys, &other)->account, first->account);
    ens_accounts_done(&accounts);
    ens_configs_done(&configs);
}

/* Each member of the settings but region, and each variable of a source, makes another account. */
static void test_source_keys(void **state)
{
    static const struct {
        struct ens_cloud_settings settings;
        struct variable variable;
        bool same; /* as the first row */
    } rows[] = {
        {.settings = {.profile = ENS_STR_INIT("a")}, .same = true},
        {.settings = {.profile = ENS_STR_INIT("a"), .region = ENS_STR_INIT("moon")}, .same = true},
        {.settings = {.profile = ENS_STR_INIT("b")}},
        {.settings = {.access_key = ENS_STR_INIT("a")}},
        {.settings = {.secret_key = ENS_STR_INIT("a")}},
        {.settings = {.profile = ENS_STR_INIT("a"), .assume_role = {.role = ENS_STR_INIT("r")}}},
        {.settings = {.profile = ENS_STR_INIT("a"), .assume_role = {.duration_s = 900}}},
        {.settings = {.profile = ENS_STR_INIT("a"),
                      .assume_role_with_oidc = {.token = ENS_STR_INIT("t")}}},
        {.settings = {.profile = ENS_STR_INIT("a"), .metadata_role = ENS_STR_INIT("r")}},
        {.settings = {.profile = ENS_STR_INIT("a")}, .variable = {"FAKE_OIDC", "x"}},
        {.settings = {.profile = ENS_STR_INIT("a")}, .variable = {"FAKE_TOKEN", "x"}},
        {.settings = {.profile = ENS_STR_INIT("a")}, .variable = {"FAKE_FILE", "x"}},
        {.settings = {.profile = ENS_STR_INIT("a")}, .variable = {"FAKE_PROFILE", "x"}},
        {.settings = {.profile = ENS_STR_INIT("a")}, .variable = {"HOME", "x"}},
        {.settings = {.profile = ENS_STR_INIT("a")}, .variable = {"UNRELATED", "x"}, .same = true},
    };
    static const struct variable none[] = {{NULL, NULL}};
    struct ens_provider provider = fake_provider();

    (void)state;
    provider.sources = fake_sources;
    struct ens_environment nothing = fake_environment(none);
    struct ens_secret first = ens_source_key(&provider, &rows[0].settings, &nothing);
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        const struct variable variables[] = {rows[i].variable, {NULL, NULL}};
        struct ens_environment environment = fake_environment(variables);
        struct ens_secret key = ens_source_key(&provider, &rows[i].settings, &environment);
        if (ens_secret_eq(&first, &key) != rows[i].same) {
            fail_msg("row %zu", i);
        }
        ens_secret_done(&key);
    }
    ens_secret_done(&first);
}

static void test_switches(void **state)
{
    static const struct variable variables[] = {
        {"ENSURE_METADATA", "off"}, {"ENSURE_EXTERNAL_CREDENTIALS", "false"}, {NULL, NULL}};
    struct ens_environment environment = fake_environment(variables);
    ENS_AUTO_DIAGS diags = {0};

    (void)state;
    ens_accounts_check(&environment, &diags);
    assert_int_equal(diags.count, 1);
    assert_string_equal(diags.items[0].where, "ENSURE_EXTERNAL_CREDENTIALS");
    assert_string_equal(diags.items[0].summary, "\"false\" is not off, and is ignored");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_endpoint),
        cmocka_unit_test(test_sharing),
        cmocka_unit_test(test_source_keys),
        cmocka_unit_test(test_switches),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
