/* SPDX-License-Identifier: Apache-2.0 */
/* Accounts: endpoints by setting and variable, and which configurations share an account. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

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
    ens_configs_set(configs, settings, 1);
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
        struct ens_accounts accounts = {.environment = &environment};
        struct ens_configs configs;
        ens_configs_init(&configs);
        const struct ens_cloud_account *cloud = resolve(&accounts, &configs, &settings, &provider);
        if (rows[i].endpoint != NULL) {
            assert_non_null(cloud->account);
            assert_true(ens_str_is(cloud->account->endpoint, rows[i].endpoint));
        } else {
            assert_null(cloud->account);
            assert_int_equal(cloud->reason, ENS_REASON_INVALID_ARGUMENT);
            assert_int_equal(cloud->hint, ENS_HINT_ENDPOINT);
            assert_string_equal(cloud->error.ptr, rows[i].error);
        }
        ens_accounts_clear(&accounts);
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
    struct ens_accounts accounts = {.environment = &environment};
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
    ens_accounts_clear(&accounts);
    ens_configs_done(&configs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_endpoint),
        cmocka_unit_test(test_sharing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
