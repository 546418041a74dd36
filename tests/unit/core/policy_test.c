/* SPDX-License-Identifier: Apache-2.0 */
/* How guards judge a start, alone and together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/policy.h"

/* Adds a guard; values are separated by blanks. */
static ens_rc add(struct ens_arena *arena, struct ens_policy *policy, enum ens_rule rule,
                  const char *source, const char *values)
{
    ens_str *list = ens_arena_array(arena, strlen(values), sizeof(*list));
    struct ens_guard guard = {.rule = rule, .source = ens_str_of(source), .values = list};
    ens_str rest = ens_str_of(values);

    while (rest.len > 0) {
        list[guard.value_count++] = ens_str_cut(rest, ' ', &rest);
    }
    return ens_policy_read_guard(arena, policy, &guard, NULL, NULL);
}

static void test_patterns(void **state)
{
    static const struct {
        const char *pattern;
        bool valid;
        bool matches; /* alibaba/cn-hangzhou/i-bp67A_z */
    } rows[] = {
        {"alibaba/cn-hangzhou/i-bp67A_z", true, true},
        {"*/*/*", true, true},
        {"alibaba/*/*", true, true},
        {"ali*a/cn-*-*/i*", true, false},
        {"ali*a/cn-*/i*", true, true},
        {"ali*a/*-*/i-*z", true, true},
        {"a*b*a/cn-hang*zhou/i-bp*", true, true},
        {"alibaba/cn-hangzhou/*A_*", true, true},
        {"alibaba/cn-hangzhou/i-bp67a_z", true, false}, /* case matters */
        {"alibaba/cn-hang/*", true, false},
        {"alibab/*/*", true, false},
        {"*libab/*/*", true, false},
        {"baidu/*/*", true, false},
        {"*/*/i-bp67A_z*", true, true},
        {"*/*/i-bp67A_zz*", true, false},
        {"**/*/*", true, true},
        {"", false, false},
        {"*", false, false},
        {"*/*", false, false},
        {"*/*/*/*", false, false},
        {"*//*", false, false},
        {"/*/*", false, false},
        {"*/*/", false, false},
        {"Alibaba/*/*", false, false},
        {"*/cn_x/*", false, false},
        {"*/*/bp67*", false, false}, /* no id begins so */
        {"*/*/i?", false, false},
        {"*/*/i-a b", false, false},
    };
    const struct ens_target target = {ENS_STR("alibaba"), ENS_STR("cn-hangzhou"),
                                      ENS_STR("i-bp67A_z")};

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        ENS_AUTO_DIAGS diags = {0};
        struct ens_policy policy = {0};
        ens_str pattern = ens_str_of(rows[i].pattern);
        struct ens_guard guard = {
            .rule = ENS_RULE_DENY, .source = ENS_STR("s"), .values = &pattern, .value_count = 1};
        ens_rc rc = ens_policy_read_guard(arena, &policy, &guard, "here", &diags);
        if ((rc == ENS_OK) != rows[i].valid) {
            fail_msg("%s: %d", rows[i].pattern, (int)rc);
        }
        if (rc != ENS_OK) {
            assert_int_equal(diags.count, 1);
            assert_non_null(strstr(diags.items[0].summary, "three segments of a target"));
            continue;
        }
        const bool refused =
            ens_policy_refuse_target(&policy, arena, &target, ENS_AUDIT_OFF).len > 0;
        if (refused != rows[i].matches) {
            fail_msg("%s: %s", rows[i].pattern, refused ? "matches" : "does not match");
        }
    }
}

static void test_values(void **state)
{
    static const struct {
        enum ens_rule rule;
        const char *values;
        bool valid;
    } rows[] = {
        {ENS_RULE_MAX_STARTS, "0", true},
        {ENS_RULE_MAX_STARTS, "1000000000", true},
        {ENS_RULE_MAX_STARTS, "1000000001", false},
        {ENS_RULE_MAX_STARTS, "-1", false},
        {ENS_RULE_MAX_STARTS, "1.5", false},
        {ENS_RULE_MAX_STARTS, "", false},
        {ENS_RULE_MAX_STARTS, "1 2", false},
        {ENS_RULE_ALLOW, "", true},
        {ENS_RULE_DENY, "", true},
        {ENS_RULE_MIN_CONFIDENCE, "unverified", true},
        {ENS_RULE_MIN_CONFIDENCE, "validated", true},
        {ENS_RULE_MIN_CONFIDENCE, "observed", false}, /* it is no start's */
        {ENS_RULE_MIN_CONFIDENCE, "Validated", false},
        {ENS_RULE_AUDIT_REQUIRED, "true", true},
        {ENS_RULE_AUDIT_REQUIRED, "false", false},
        {ENS_RULE_AUDIT_REQUIRED, "yes", false},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        struct ens_policy policy = {0};
        const bool valid = add(arena, &policy, rows[i].rule, "s", rows[i].values) == ENS_OK;
        if (valid != rows[i].valid || policy.count != (valid ? 1 : 0)) {
            fail_msg("%s %s", ens_rule_name(rows[i].rule), rows[i].values);
        }
    }
}

static void assert_clause(ens_str clause, const char *expected)
{
    if (!ens_str_is(clause, expected)) {
        fail_msg("%.*s, not %s", ENS_STR_ARG(clause), expected);
    }
}

/* Every allow list has to match, any deny refuses, and beats allow. */
static void test_instances_together(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const struct ens_target a = {ENS_STR("baidu"), ENS_STR("bj"), ENS_STR("i-a")};
    const struct ens_target b = {ENS_STR("baidu"), ENS_STR("bj"), ENS_STR("i-b")};
    const struct ens_target c = {ENS_STR("baidu"), ENS_STR("gz"), ENS_STR("i-a")};
    struct ens_policy policy = {0};

    (void)state;
    assert_clause(ens_policy_refuse_target(&policy, arena, &a, ENS_AUDIT_OFF), "");
    assert_int_equal(add(arena, &policy, ENS_RULE_ALLOW, "one", "*/bj/* */gz/*"), ENS_OK);
    assert_int_equal(add(arena, &policy, ENS_RULE_ALLOW, "two", "*/*/i-a"), ENS_OK);
    assert_int_equal(add(arena, &policy, ENS_RULE_DENY, "three", "baidu/gz/* */sh/*"), ENS_OK);
    assert_clause(ens_policy_refuse_target(&policy, arena, &a, ENS_AUDIT_OFF), "");
    assert_clause(ens_policy_refuse_target(&policy, arena, &b, ENS_AUDIT_OFF),
                  "two: allow */*/i-a, which this instance does not match");
    assert_clause(ens_policy_refuse_target(&policy, arena, &c, ENS_AUDIT_OFF),
                  "three: deny baidu/gz/*, which this instance matches");
    const struct ens_target d = {ENS_STR("baidu"), ENS_STR("su"), ENS_STR("i-a")};
    assert_clause(ens_policy_refuse_target(&policy, arena, &d, ENS_AUDIT_OFF),
                  "one: allow, and this instance matches none of its 2 patterns");
}

static void test_empty_allow(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const struct ens_target target = {ENS_STR("baidu"), ENS_STR("bj"), ENS_STR("i-a")};
    struct ens_policy policy = {0};

    (void)state;
    assert_int_equal(add(arena, &policy, ENS_RULE_DENY, "s", ""), ENS_OK);
    assert_clause(ens_policy_refuse_target(&policy, arena, &target, ENS_AUDIT_OFF), "");
    assert_int_equal(add(arena, &policy, ENS_RULE_ALLOW, "s", ""), ENS_OK);
    assert_clause(ens_policy_refuse_target(&policy, arena, &target, ENS_AUDIT_OFF),
                  "s: allow, and this instance matches none of its 0 patterns");
}

static void test_audit(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const struct ens_target target = {ENS_STR("baidu"), ENS_STR("bj"), ENS_STR("i-a")};
    struct ens_policy policy = {0};

    (void)state;
    assert_int_equal(add(arena, &policy, ENS_RULE_AUDIT_REQUIRED, "s", "true"), ENS_OK);
    assert_clause(ens_policy_refuse_target(&policy, arena, &target, ENS_AUDIT_WORKING), "");
    assert_clause(ens_policy_refuse_target(&policy, arena, &target, ENS_AUDIT_OFF),
                  "s: audit_required true, and ENSURE_AUDIT_LOG is not set");
    assert_clause(ens_policy_refuse_target(&policy, arena, &target, ENS_AUDIT_FAILING),
                  "s: audit_required true, and the audit log can't be written");
}

/* The highest counts. */
static void test_confidence(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_policy policy = {0};

    (void)state;
    assert_false(ens_policy_needs_confidence(&policy));
    assert_int_equal(add(arena, &policy, ENS_RULE_MIN_CONFIDENCE, "one", "unverified"), ENS_OK);
    assert_false(ens_policy_needs_confidence(&policy));
    assert_clause(ens_policy_refuse_confidence(&policy, arena, ENS_CONFIDENCE_UNVERIFIED), "");
    assert_int_equal(add(arena, &policy, ENS_RULE_MIN_CONFIDENCE, "two", "validated"), ENS_OK);
    assert_int_equal(add(arena, &policy, ENS_RULE_MIN_CONFIDENCE, "three", "simulated"), ENS_OK);
    assert_true(ens_policy_needs_confidence(&policy));
    assert_clause(ens_policy_refuse_confidence(&policy, arena, ENS_CONFIDENCE_VALIDATED), "");
    assert_clause(ens_policy_refuse_confidence(&policy, arena, ENS_CONFIDENCE_SIMULATED),
                  "two: min_confidence validated, this start would be simulated");
}

/* The smallest counts. */
static void test_starts(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_policy policy = {0};

    (void)state;
    assert_null(ens_policy_limit(&policy));
    assert_int_equal(add(arena, &policy, ENS_RULE_MAX_STARTS, "one", "7"), ENS_OK);
    assert_int_equal(add(arena, &policy, ENS_RULE_MAX_STARTS, "/etc/ensure/policy.json", "5"),
                     ENS_OK);
    assert_int_equal(add(arena, &policy, ENS_RULE_MAX_STARTS, "three", "6"), ENS_OK);
    const struct ens_guard *limit = ens_policy_limit(&policy);
    assert_int_equal(limit->max_starts, 5);
    assert_clause(ens_guard_refuse_starts(limit, arena, "plan", 9),
                  "/etc/ensure/policy.json: max_starts 5, this plan would start 9");
    assert_clause(ens_guard_refuse_further(limit, arena, 5),
                  "/etc/ensure/policy.json: max_starts 5, this process has planned or sent 5");
}

/* A guard that is there already, with the same source, is not added again. */
static void test_joined(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_policy one = {0};
    struct ens_policy two = {0};

    (void)state;
    assert_int_equal(add(arena, &one, ENS_RULE_DENY, "s", "*/bj/* */gz/*"), ENS_OK);
    assert_int_equal(add(arena, &two, ENS_RULE_DENY, "s", "*/bj/* */gz/*"), ENS_OK);
    assert_int_equal(add(arena, &two, ENS_RULE_DENY, "s", "*/bj/*"), ENS_OK);
    assert_int_equal(add(arena, &two, ENS_RULE_DENY, "t", "*/bj/* */gz/*"), ENS_OK);
    assert_int_equal(add(arena, &two, ENS_RULE_ALLOW, "s", "*/bj/* */gz/*"), ENS_OK);
    ens_policy_add_all(arena, &one, &two);
    assert_int_equal(one.count, 4);
    assert_clause(ens_guard_text(arena, &one.guards[0]), "s: deny */bj/* */gz/*");
}

/* What a plan was judged by holds again: what holds already, once. */
static void test_plan_kept(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_policy policy = {0};
    struct ens_policy plan = {0};

    (void)state;
    assert_int_equal(add(arena, &policy, ENS_RULE_MAX_STARTS, "/home/a/p.json", "3"), ENS_OK);
    assert_int_equal(add(arena, &plan, ENS_RULE_MAX_STARTS, "../a/p.json", "3"), ENS_OK);
    assert_int_equal(add(arena, &plan, ENS_RULE_MAX_STARTS, "fleet.json", "2"), ENS_OK);
    assert_int_equal(add(arena, &plan, ENS_RULE_DENY, ENS_POLICY_FILE, "*/*/*"), ENS_OK);
    assert_int_equal(add(arena, &plan, ENS_RULE_DENY, "/home/a/p.json", "*/*/i-3"), ENS_OK);
    ens_policy_name_plan(arena, &plan, "saved.plan");
    ens_policy_add_others(arena, &policy, &plan);
    assert_int_equal(policy.count, 4);
    assert_clause(ens_guard_text(arena, &policy.guards[0]), "/home/a/p.json: max_starts 3");
    assert_clause(ens_guard_text(arena, &policy.guards[1]),
                  "fleet.json in saved.plan: max_starts 2");
    assert_clause(ens_guard_text(arena, &policy.guards[2]),
                  ENS_POLICY_FILE " in saved.plan: deny */*/*");
    assert_clause(ens_guard_text(arena, &policy.guards[3]),
                  "/home/a/p.json in saved.plan: deny */*/i-3");
}

static void test_limits(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_DIAGS diags = {0};
    ens_str *patterns = ens_arena_array(arena, ENS_PATTERNS_MAX + 1, sizeof(*patterns));
    struct ens_guard guard = {.rule = ENS_RULE_DENY,
                              .source = ENS_STR("s"),
                              .values = patterns,
                              .value_count = ENS_PATTERNS_MAX};
    struct ens_policy policy = {0};

    (void)state;
    for (size_t i = 0; i <= ENS_PATTERNS_MAX; i++) {
        patterns[i] = ENS_STR("*/*/*");
    }
    assert_int_equal(ens_policy_read_guard(arena, &policy, &guard, "w", &diags), ENS_OK);
    guard.value_count++;
    assert_int_equal(ens_policy_read_guard(arena, &policy, &guard, "w", &diags), ENS_LIMIT);
    assert_non_null(strstr(diags.items[0].summary, "deny has 1001 patterns"));
    for (size_t i = policy.count; i < ENS_GUARDS_MAX; i++) {
        const char *number = ens_arena_printf(arena, "%zu", i).ptr;
        assert_int_equal(add(arena, &policy, ENS_RULE_MAX_STARTS, "s", number), ENS_OK);
    }
    assert_int_equal(add(arena, &policy, ENS_RULE_MAX_STARTS, "s", "0"), ENS_LIMIT);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_patterns),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_instances_together),
        cmocka_unit_test(test_empty_allow),
        cmocka_unit_test(test_audit),
        cmocka_unit_test(test_confidence),
        cmocka_unit_test(test_starts),
        cmocka_unit_test(test_joined),
        cmocka_unit_test(test_plan_kept),
        cmocka_unit_test(test_limits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
