/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <string.h>

#include "core/policy_read.h"

static ens_str written(struct ens_arena *arena, const struct ens_policy *policy)
{
    ENS_AUTO_BUF out = ens_buf_new(ENS_POLICY_FILE_MAX);
    struct ens_json json = ens_json_new(&out, 0);

    ens_policy_write_list(&json, policy);
    return ens_arena_dup(arena, ens_buf_str(&out));
}

static void test_read_and_written(void **state)
{
    static const char text[] =
        "{\"max_starts\": 5, \"allow\": [\"alibaba/*/*\", \"baidu/bj/i-1\"], \"deny\": [],"
        " \"min_confidence\": \"validated\", \"audit_required\": true}";
    static const char list[] =
        "[{\"rule\":\"max_starts\",\"value\":5,\"source\":\"p.json\"},"
        "{\"rule\":\"allow\",\"value\":[\"alibaba/*/*\",\"baidu/bj/i-1\"],\"source\":\"p.json\"},"
        "{\"rule\":\"deny\",\"value\":[],\"source\":\"p.json\"},"
        "{\"rule\":\"min_confidence\",\"value\":\"validated\",\"source\":\"p.json\"},"
        "{\"rule\":\"audit_required\",\"value\":true,\"source\":\"p.json\"}]";
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_policy policy = {0};
    struct ens_policy again = {0};

    (void)state;
    assert_int_equal(ens_policy_read_text(arena, ens_str_of(text), "p.json", &policy, NULL),
                     ENS_OK);
    json_auto_t *wanted = json_loads(list, 0, NULL);
    json_auto_t *found = json_loads(written(arena, &policy).ptr, 0, NULL);
    assert_true(json_equal(wanted, found));
    assert_int_equal(ens_policy_read_list(arena, found, "policy", &again, NULL), ENS_OK);
    ens_policy_add_all(arena, &policy, &again);
    assert_int_equal(policy.count, 5); /* the same */
}

static void test_no_guards(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_policy policy = {0};

    (void)state;
    assert_int_equal(ens_policy_read_text(arena, ENS_STR("{}"), "p", &policy, NULL), ENS_OK);
    assert_int_equal(ens_policy_read_text(arena, ENS_STR("\xEF\xBB\xBF{\"audit_required\":false}"),
                                          "p", &policy, NULL),
                     ENS_OK);
    assert_int_equal(policy.count, 0);
}

static void test_refusals(void **state)
{
    static const struct {
        const char *text;
        const char *said;
    } rows[] = {
        {"", "not JSON (line 1, column 0)"},
        {"{\"max_starts\": 5", "not JSON"},
        {"{\"max_starts\": 5, \"max_starts\": 6}", "not JSON"},
        {"[]", "expected an object of guards"},
        {"5", "not JSON"},
        {"{\"max_start\": 5}", "unknown key \"max_start\"; known: max_starts, allow, deny, "
                               "min_confidence, audit_required"},
        {"{\"a\\nb\": 5}", "unknown key \"a?b\""},
        {"{\"max_starts\": \"5\"}", "max_starts: expected a whole number from 0 to 1000000000"},
        {"{\"max_starts\": 5.0}", "max_starts: expected a whole number"},
        {"{\"max_starts\": -1}", "max_starts: expected a whole number"},
        {"{\"max_starts\": true}", "max_starts: expected a whole number"},
        {"{\"max_starts\": null}", "max_starts: expected a whole number"},
        {"{\"allow\": \"*/*/*\"}", "allow: expected a list of patterns"},
        {"{\"deny\": [1]}", "deny: expected a list of patterns"},
        {"{\"deny\": [\"*\"]}", "deny: \"*\" is not a pattern: expected the three segments"},
        {"{\"min_confidence\": \"observed\"}",
         "min_confidence: expected unverified, simulated or validated"},
        {"{\"min_confidence\": 3}", "min_confidence: expected unverified"},
        {"{\"audit_required\": \"true\"}", "audit_required: expected true or false"},
        {"{\"audit_required\": 1}", "audit_required: expected true or false"},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        ENS_AUTO_DIAGS diags = {0};
        struct ens_policy policy = {0};
        ens_rc rc =
            ens_policy_read_text(arena, ens_str_of(rows[i].text), "p.json", &policy, &diags);
        if (rc == ENS_OK || diags.count != 1 ||
            strstr(diags.items[0].summary, rows[i].said) == NULL) {
            fail_msg("%s: %s", rows[i].text, diags.count > 0 ? diags.items[0].summary : "read");
        }
        assert_string_equal(diags.items[0].where, "p.json");
    }
}

static void test_lists_refused(void **state)
{
    static const char *const rows[] = {
        "{}",
        "[1]",
        "[{\"rule\": \"max_starts\", \"value\": 5}]",
        "[{\"rule\": \"max_starts\", \"value\": 5, \"source\": 1}]",
        "[{\"rule\": \"max_start\", \"value\": 5, \"source\": \"s\"}]",
        "[{\"rule\": \"max_starts\", \"value\": 5, \"source\": \"s\", \"more\": 1}]",
        "[{\"rule\": \"max_starts\", \"value\": [5], \"source\": \"s\"}]",
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        ENS_AUTO_DIAGS diags = {0};
        struct ens_policy policy = {0};
        json_auto_t *list = json_loads(rows[i], 0, NULL);
        assert_non_null(list);
        assert_int_not_equal(ens_policy_read_list(arena, list, "policy", &policy, &diags), ENS_OK);
        assert_int_equal(diags.count, 1);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read_and_written),
        cmocka_unit_test(test_no_guards),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_lists_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
