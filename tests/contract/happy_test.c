/* SPDX-License-Identifier: Apache-2.0 */
/* Contract test of a plan and an apply without faults, on all three clouds. */
#include "fixture.h"

static const char *const targets[] = {
    "volcengine/cn-beijing/i-v-stopped",
    "volcengine/cn-beijing/i-v-running",
    "volcengine/cn-beijing/i-v-absent",
    "alibaba/cn-hangzhou/i-a-stopped",
    "alibaba/cn-hangzhou/i-a-running",
    "alibaba/cn-hangzhou/i-a-absent",
    "baidu/bj/i-b-stopped",
    "baidu/bj/i-b-running",
    "baidu/bj/i-b-absent",
    NULL,
};

static void plans_then_applies(void **state)
{
    struct fixture *fixture = fixture_new("happy", NULL);
    static const char *const planned[] = {
        "start validated ok stopped",
        "none observed already_running running",
        "refuse observed not_found absent",
        "start validated ok stopped",
        "none observed already_running running",
        "refuse observed not_found absent",
        "start simulated ok stopped",
        "none observed already_running running",
        "refuse observed not_found absent",
    };
    static const char *const applied[] = {
        "start validated ok running started",    "none observed already_running running",
        "refuse observed not_found absent",      "start validated ok running started",
        "none observed already_running running", "refuse observed not_found absent",
        "start validated ok running started",    "none observed already_running running",
        "refuse observed not_found absent",
    };
    (void)state;

    struct ens_collected plan = fixture_plan(fixture, targets);
    for (size_t i = 0; i < plan.count; i++) {
        assert_brief(fixture, &plan.results[i], planned[i]);
    }
    assert_true(ens_str_is(plan.results[0].provider_code, "DryRunOperation"));
    assert_int_equal(plan.results[0].http_status, 412);
    assert_int_equal(plan.results[0].client_token.len, 36);
    assert_true(plan.results[0].request_id.len > 0);
    assert_int_equal(plan.results[3].client_token.len, 0);
    assert_int_equal(fixture_starts_total(fixture), 0);

    struct ens_collected apply = fixture_apply(fixture, targets);
    for (size_t i = 0; i < apply.count; i++) {
        assert_brief(fixture, &apply.results[i], applied[i]);
    }
    assert_int_equal(fixture_starts_total(fixture), 3);
    fixture_check_clean(fixture);
    fixture_free(fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plans_then_applies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
