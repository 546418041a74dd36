/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ensure_v1/convert.h"

static const struct ens_pair tags[] = {{{"team", 4}, {"red", 3}}, {{"empty", 5}, {"", 0}}};

static void test_finding(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const struct ens_finding finding = {
        .target = {ENS_STR("baidu"), ENS_STR("bj"), ENS_STR("i-1")},
        .name = ENS_STR("web\xff"),
        .status = ENS_STATUS_STOPPED,
        .provider_status = ENS_STR("Stopped"),
        .zone = ENS_STR("zone"),
        .instance_type = ENS_STR("type"),
        .charge_type = ENS_STR("charge"),
        .tags = tags,
        .tag_count = 2,
    };
    Ensure__V1__FoundInstance message;
    struct ens_finding back = {0};

    (void)state;
    ens_finding_to_proto(arena, &finding, &message);
    assert_int_equal(ens_finding_from_proto(arena, &message, "here", &back, NULL), ENS_OK);
    assert_true(ens_target_eq(&back.target, &finding.target));
    assert_true(ens_str_is(back.name, "web\xEF\xBF\xBD"));
    assert_int_equal(back.status, ENS_STATUS_STOPPED);
    assert_true(ens_str_is(back.provider_status, "Stopped"));
    assert_true(ens_str_is(back.zone, "zone"));
    assert_true(ens_str_is(back.instance_type, "type"));
    assert_true(ens_str_is(back.charge_type, "charge"));
    assert_int_equal(back.tag_count, 2);
    assert_true(ens_str_is(back.tags[0].name, "team") && ens_str_is(back.tags[0].value, "red"));
    message.status = message.name;
    assert_int_equal(ens_finding_from_proto(arena, &message, "here", &back, NULL), ENS_MALFORMED);
    message.target = message.zone;
    assert_int_equal(ens_finding_from_proto(arena, &message, "here", &back, NULL), ENS_MALFORMED);
}

static void test_failure(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const struct ens_find_failure failure = {
        .cloud = ENS_STR("baidu"),
        .region = ENS_STR("bj"),
        .reason = ENS_REASON_PERMISSION_DENIED,
        .message = ENS_STR("message"),
        .advice = ENS_STR("advice"),
        .provider_code = ENS_STR("code"),
        .http_status = 403,
        .request_id = ENS_STR("r-1"),
    };
    Ensure__V1__FindFailure message;
    struct ens_find_failure back = {0};

    (void)state;
    ens_find_failure_to_proto(arena, &failure, &message);
    assert_int_equal(ens_find_failure_from_proto(&message, "here", &back, NULL), ENS_OK);
    assert_string_equal(ens_find_failure_text(arena, &back).ptr,
                        "baidu/bj: permission_denied: message");
    assert_true(ens_str_is(back.advice, "advice"));
    assert_true(ens_str_is(back.provider_code, "code"));
    assert_int_equal(back.http_status, 403);
    assert_true(ens_str_is(back.request_id, "r-1"));
    message.reason = message.cloud;
    assert_int_equal(ens_find_failure_from_proto(&message, "here", &back, NULL), ENS_MALFORMED);
}

static void test_selector(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const struct ens_selector selector = {
        .cloud = ENS_STR("baidu"),
        .region = ENS_STR("bj"),
        .statuses = 1u << ENS_STATUS_STOPPED | 1u << ENS_STATUS_UNKNOWN,
        .tags = (struct ens_pair *)(uintptr_t)tags,
        .tag_count = 2,
        .name = ENS_STR("web-*"),
        .zone = ENS_STR("zone"),
        .group = ENS_STR("group"),
        .limit = 7,
    };
    ENS_AUTO_DIAGS diags = {0};
    Ensure__V1__Selector message;
    struct ens_selector back = {0};

    (void)state;
    ens_selector_to_proto(arena, &selector, &message);
    assert_int_equal(ens_selector_from_proto(arena, &message, "select[0]", &back, NULL), ENS_OK);
    assert_int_equal(back.statuses, selector.statuses);
    assert_int_equal(back.limit, 7);
    assert_string_equal(ens_selector_text(arena, &back).ptr,
                        ens_selector_text(arena, &selector).ptr);
    message.status[1] = message.zone;
    assert_int_equal(ens_selector_from_proto(arena, &message, "select[0]", &back, &diags),
                     ENS_MALFORMED);
    assert_string_equal(diags.items[0].where, "select[0].status");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_finding),
        cmocka_unit_test(test_failure),
        cmocka_unit_test(test_selector),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
