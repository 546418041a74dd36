/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/capabilities.h"

static void test_row_of_a_descriptor(void **state)
{
    static const struct ens_code_row no_codes[] = {{NULL, 0, 0}};
    static const struct ens_status_row no_statuses[] = {{NULL, 0, 0}};
    static const struct ens_provider provider = {
        .codes = no_codes,
        .statuses = no_statuses,
        .name = "toy",
        .title = "Toy",
        .version = "1.0",
        .abi_major = 1,
        .abi_minor = 3,
        .capabilities = ENS_CAP_CLIENT_TOKEN,
        .describe_limit = 100,
        .start_limit = 50,
    };

    (void)state;
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_provider_row row = ens_provider_row(arena, &provider, "/x/toy.so");
    assert_true(ens_str_is(row.name, "toy"));
    assert_true(ens_str_is(row.origin, "/x/toy.so"));
    assert_true(row.client_token);
    assert_false(row.dry_run);
    assert_int_equal(row.start_limit, 50);
}

static void test_document(void **state)
{
    ENS_AUTO_BUF out = ens_buf_new(4096);
    struct ens_provider_row provider = {
        .name = ENS_STR("toy"),
        .title = ENS_STR("Toy"),
        .version = ENS_STR("1.0"),
        .abi_major = 1,
        .abi_minor = 3,
        .origin = ENS_STR("built in"),
        .dry_run = true,
        .dry_run_checks = ENS_STR("It checks a toy."),
        .describe_limit = 100,
        .dry_run_limit = 20,
        .start_limit = 50,
    };
    ens_str warning = ENS_STR("a.so: not a provider");
    const struct ens_capabilities capabilities = {
        .version = ENS_STR("0.1"),
        .providers = &provider,
        .provider_count = 1,
        .warnings = &warning,
        .warning_count = 1,
    };

    (void)state;
    ens_capabilities_write(&out, &capabilities);
    assert_string_equal(ens_buf_text(&out), "{\n"
                                            "  \"version\": \"0.1\",\n"
                                            "  \"providers\": [\n"
                                            "    {\n"
                                            "      \"name\": \"toy\",\n"
                                            "      \"title\": \"Toy\",\n"
                                            "      \"version\": \"1.0\",\n"
                                            "      \"abi_major\": 1,\n"
                                            "      \"abi_minor\": 3,\n"
                                            "      \"origin\": \"built in\",\n"
                                            "      \"dry_run\": true,\n"
                                            "      \"client_token\": false,\n"
                                            "      \"dry_run_checks\": \"It checks a toy.\",\n"
                                            "      \"describe_limit\": 100,\n"
                                            "      \"dry_run_limit\": 20,\n"
                                            "      \"start_limit\": 50\n"
                                            "    }\n"
                                            "  ],\n"
                                            "  \"warnings\": [\n"
                                            "    \"a.so: not a provider\"\n"
                                            "  ]\n"
                                            "}\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_row_of_a_descriptor),
        cmocka_unit_test(test_document),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
