/* SPDX-License-Identifier: Apache-2.0 */
/* Contract tests of every documented refusal, in a plan and in an apply. */
#include "fixture.h"

#include <stdio.h>
#include <string.h>

struct row {
    const char *cloud;
    const char *flag;
    const char *plan;
    const char *apply;
};

#define ROWS_MAX 64

static const char *region_of(const char *cloud)
{
    return strcmp(cloud, "volcengine") == 0 ? "cn-beijing"
           : strcmp(cloud, "alibaba") == 0  ? "cn-hangzhou"
                                            : "bj";
}

/* A fixture with the instances i-0, i-1, ..., each with the flag of its row. */
static struct fixture *world_of(const struct row *rows, size_t count)
{
    json_t *instances = json_array();

    for (size_t i = 0; i < count; i++) {
        char id[32];
        (void)snprintf(id, sizeof(id), "i-%zu", i);
        json_array_append_new(
            instances, json_pack("{s:s, s:s, s:s, s:s, s:[s]}", "cloud", rows[i].cloud, "region",
                                 region_of(rows[i].cloud), "id", id, "status",
                                 strcmp(rows[i].cloud, "volcengine") == 0 ? "STOPPED" : "Stopped",
                                 "flags", rows[i].flag));
    }
    return fixture_new_with(instances, NULL);
}

static void check(struct fixture *fixture, const struct row *rows,
                  const struct ens_collected *collected, bool apply)
{
    for (size_t i = 0; i < collected->count; i++) {
        const struct ens_result *result = &collected->results[i];
        const char *expected = apply ? rows[i].apply : rows[i].plan;
        if (strcmp(fixture_brief(fixture, result), expected) != 0) {
            fail_msg("%s %s, %s: %s, not %s (%.*s)", rows[i].cloud, rows[i].flag,
                     apply ? "apply" : "plan", fixture_brief(fixture, result), expected,
                     ENS_STR_ARG(result->message));
        }
        assert_true(result->message.len > 0);
        if (result->action == ENS_ACTION_REFUSE) {
            assert_true(result->advice.len > 0);
        }
        if (result->confidence == ENS_CONFIDENCE_VALIDATED && result->action == ENS_ACTION_REFUSE) {
            assert_true(result->provider_code.len > 0);
            assert_true(result->request_id.len > 0);
            assert_int_not_equal(result->http_status, 0);
        }
    }
}

static void run_rows(const struct row *rows, size_t count)
{
    const char *targets[ROWS_MAX + 1] = {NULL};
    struct fixture *fixture = world_of(rows, count);

    assert_true(count <= ROWS_MAX);
    for (size_t i = 0; i < count; i++) {
        targets[i] = ens_arena_printf(fixture->arena, "%s/%s/i-%zu", rows[i].cloud,
                                      region_of(rows[i].cloud), i)
                         .ptr;
    }
    struct ens_collected plan = fixture_plan(fixture, targets);
    check(fixture, rows, &plan, false);
    assert_int_equal(fixture_starts_total(fixture), 0);
    struct ens_collected apply = fixture_apply(fixture, targets);
    check(fixture, rows, &apply, true);
    fixture_check_clean(fixture);
    fixture_free(fixture);
}

#define PLAN(reason)    "refuse validated " reason " stopped"
#define BOTH(reason)    PLAN(reason), PLAN(reason)
#define READ(reason)    "refuse observed " reason " stopped", "refuse observed " reason " stopped"
#define PASSED          "start validated ok stopped"
#define SIMULATED       "start simulated ok stopped"
#define UNVERIFIED(why) "start unverified " why " stopped"
#define RUNNING         "start validated ok running started"

static void test_volcengine(void **state)
{
    static const struct row rows[] = {
        {"volcengine", "balance", BOTH("insufficient_balance")},
        {"volcengine", "stock", BOTH("no_capacity")}, /* HTTP 500 */
        {"volcengine", "creating_image", BOTH("locked")},
        {"volcengine", "resource_locked", BOTH("locked")},
        {"volcengine", "other_service", BOTH("permission_denied")}, /* HTTP 412 */
        {"volcengine", "token_mismatch", BOTH("token_mismatch")},
        {"volcengine", "expired", READ("expired")},
        {"volcengine", "vanished", "refuse validated not_found absent",
         "refuse validated not_found absent"},
        {"volcengine", "wrong_state*4", PLAN("wrong_state"), RUNNING},
        {"volcengine", "permission", UNVERIFIED("permission_denied"), PLAN("permission_denied")},
        {"volcengine", "permission@dry_run", UNVERIFIED("permission_denied"), RUNNING},
        {"volcengine", "stock@real", PASSED, PLAN("no_capacity")},
        {"volcengine", "in_progress*1", PASSED, RUNNING},
        {"volcengine", "in_progress@real*2", PASSED, RUNNING},
        {"volcengine", "internal@dry_run", UNVERIFIED("internal"), RUNNING},
        {"volcengine", "internal@real*1", PASSED, RUNNING},
        {"volcengine", "code:400:Brand.New", BOTH("invalid_argument")},
        {"volcengine", "code:409:Brand.New", BOTH("locked")},
        {"volcengine", "code:404:ServiceNotFound", BOTH("invalid_argument")},
    };

    (void)state;
    run_rows(rows, ENS_COUNT(rows));
}

static void test_alibaba(void **state)
{
    static const struct row rows[] = {
        {"alibaba", "balance@both", BOTH("insufficient_balance")},
        {"alibaba", "balance", PASSED, PLAN("insufficient_balance")},
        {"alibaba", "arrears@both", BOTH("insufficient_balance")},
        {"alibaba", "arrears", PASSED, PLAN("insufficient_balance")},
        {"alibaba", "stock@both", BOTH("no_capacity")}, /* HTTP 403 */
        {"alibaba", "stock", PASSED, PLAN("no_capacity")},
        {"alibaba", "private_pool_stock@both", BOTH("no_capacity")},
        {"alibaba", "private_pool_stock", PASSED, PLAN("no_capacity")},
        {"alibaba", "spot_price@both", BOTH("spot_price")},
        {"alibaba", "spot_price", PASSED, PLAN("spot_price")},
        {"alibaba", "kms_key_disabled@both", BOTH("key_disabled")},
        {"alibaba", "kms_key_disabled", PASSED, PLAN("key_disabled")},
        {"alibaba", "kms_unauthorized@both", BOTH("key_disabled")},
        {"alibaba", "kms_unauthorized", PASSED, PLAN("key_disabled")},
        {"alibaba", "lack_resource", PASSED, PLAN("no_capacity")},
        {"alibaba", "dedicated_host_full", PASSED, PLAN("no_capacity")},
        {"alibaba", "initializing@real*1", PASSED, RUNNING},
        {"alibaba", "system_disk_missing", BOTH("wrong_state")},
        {"alibaba", "host_repairing", BOTH("locked")},
        {"alibaba", "locked_security", READ("locked")},
        {"alibaba", "recycling", READ("locked")},
        {"alibaba", "refunded", READ("locked")},
        {"alibaba", "locked_financial", READ("insufficient_balance")},
        {"alibaba", "locked_host_financial", READ("insufficient_balance")},
        {"alibaba", "expired", READ("expired")},
        {"alibaba", "vanished", "refuse validated not_found absent",
         "refuse validated not_found absent"},
        {"alibaba", "permission", UNVERIFIED("permission_denied"), PLAN("permission_denied")},
        {"alibaba", "permission@dry_run", UNVERIFIED("permission_denied"), RUNNING},
        {"alibaba", "not_ready@real*1", PASSED, RUNNING},
        {"alibaba", "in_progress@real*1", PASSED, RUNNING},
        {"alibaba", "conflict@real*1", PASSED, RUNNING},
        {"alibaba", "last_token@real*1", PASSED, RUNNING},
        {"alibaba", "wrong_state@real*2", PASSED, RUNNING},
    };

    (void)state;
    run_rows(rows, ENS_COUNT(rows));
}

static void test_baidu(void **state)
{
    static const struct row rows[] = {
        {"baidu", "expired", READ("expired")},
        {"baidu", "vanished", SIMULATED, "refuse validated not_found absent"},
        {"baidu", "permission", SIMULATED, PLAN("permission_denied")},
        {"baidu", "operation_denied", SIMULATED, PLAN("permission_denied")},
        {"baidu", "token_mismatch", SIMULATED, PLAN("token_mismatch")},
        {"baidu", "not_ready*2", SIMULATED, RUNNING},
        {"baidu", "wrong_state*2", SIMULATED, RUNNING},
        {"baidu", "code:409:Instance.TaskRunning", SIMULATED, PLAN("locked")},
        {"baidu", "batch_fails*1", SIMULATED, RUNNING},
    };

    (void)state;
    run_rows(rows, ENS_COUNT(rows));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_volcengine),
        cmocka_unit_test(test_alibaba),
        cmocka_unit_test(test_baidu),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
