/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "ensure_v1/convert.h"

static const struct ens_result sample = {
    .target = {ENS_STR_INIT("alibaba"), ENS_STR_INIT("cn-hangzhou"), ENS_STR_INIT("i-1")},
    .status = ENS_STATUS_STOPPED,
    .provider_status = ENS_STR_INIT("Stopped"),
    .action = ENS_ACTION_START,
    .confidence = ENS_CONFIDENCE_VALIDATED,
    .reason = ENS_REASON_OK,
    .message = ENS_STR_INIT("message"),
    .advice = ENS_STR_INIT("advice"),
    .provider_code = ENS_STR_INIT("DRYRUN.SUCCESS"),
    .http_status = 400,
    .request_id = ENS_STR_INIT("R1"),
    .client_token = ENS_STR_INIT("t-1"),
    .started = true,
    .start_request_id = ENS_STR_INIT("R0"),
    .start_sent = true,
    .elapsed_ms = INT64_MAX,
};

static void assert_text(ens_str found, ens_str expected)
{
    assert_int_equal(found.len, expected.len);
    assert_true(ens_str_eq(found, expected));
}

static void assert_same(const struct ens_result *found, const struct ens_result *expected)
{
    assert_true(ens_target_eq(&found->target, &expected->target));
    assert_int_equal(found->status, expected->status);
    assert_text(found->provider_status, expected->provider_status);
    assert_int_equal(found->action, expected->action);
    assert_int_equal(found->confidence, expected->confidence);
    assert_int_equal(found->reason, expected->reason);
    assert_text(found->message, expected->message);
    assert_text(found->advice, expected->advice);
    assert_text(found->provider_code, expected->provider_code);
    assert_int_equal(found->http_status, expected->http_status);
    assert_text(found->request_id, expected->request_id);
    assert_text(found->client_token, expected->client_token);
    assert_int_equal(found->started, expected->started);
    assert_text(found->start_request_id, expected->start_request_id);
    assert_int_equal(found->start_sent, expected->start_sent);
    assert_int_equal(found->elapsed_ms, expected->elapsed_ms);
}

/* Every status, action, confidence and reason: to a message and back. */
static void test_round_trip(void **state)
{
    (void)state;
    for (unsigned i = 0; i < ENS_REASON_COUNT; i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        ENS_AUTO_DIAGS diags = {0};
        Ensure__V1__InstancePlan message;
        struct ens_result back = {0};
        struct ens_result result = sample;
        result.status = (enum ens_status)(i % ENS_STATUS_COUNT);
        result.action = (enum ens_action)(i % ENS_ACTION_COUNT);
        result.confidence = (enum ens_confidence)(i % ENS_CONFIDENCE_COUNT);
        result.reason = (enum ens_reason)i;
        result.started = i % 2 == 0;
        result.start_sent = i % 3 == 0;
        ens_result_to_proto(arena, &result, &message);
        size_t size = ensure__v1__instance_plan__get_packed_size(&message);
        uint8_t *bytes = ens_arena_alloc(arena, size);
        assert_int_equal(ensure__v1__instance_plan__pack(&message, bytes), size);
        Ensure__V1__InstancePlan *read = ensure__v1__instance_plan__unpack(NULL, size, bytes);
        assert_non_null(read);
        assert_int_equal(ens_result_from_proto(read, NULL, &back, &diags), ENS_OK);
        assert_same(&back, &result);
        ensure__v1__instance_plan__free_unpacked(read, NULL);
    }
}

static void test_text_becomes_utf8(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    Ensure__V1__InstancePlan message;
    struct ens_result result = sample;

    (void)state;
    result.message = ENS_STR("bad \xff and \x1b[31m");
    result.request_id = (ens_str){NULL, 0};
    ens_result_to_proto(arena, &result, &message);
    assert_string_equal(message.message, "bad \xef\xbf\xbd and \xef\xbf\xbd[31m");
    assert_string_equal(message.request_id, "");
}

enum part { TARGET, STATUS, ACTION, CONFIDENCE, REASON, PARTS };

static char **part_of(Ensure__V1__InstancePlan *message, enum part part)
{
    char **const parts[PARTS] = {
        [TARGET] = &message->target, [STATUS] = &message->status,
        [ACTION] = &message->action, [CONFIDENCE] = &message->confidence,
        [REASON] = &message->reason,
    };

    return parts[part];
}

static void test_other_words_are_refused(void **state)
{
    char other[] = "Other";
    char none[] = "";
    char *const words[] = {other, none};

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(words) * PARTS; i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        ENS_AUTO_DIAGS diags = {0};
        Ensure__V1__InstancePlan message;
        struct ens_result back = {.http_status = 7};
        enum part part = (enum part)(i % PARTS);
        ens_result_to_proto(arena, &sample, &message);
        *part_of(&message, part) = words[i / PARTS];
        assert_int_equal(ens_result_from_proto(&message, "plan[1]", &back, &diags), ENS_MALFORMED);
        assert_int_equal(back.http_status, 7);
        assert_int_equal(diags.count, 1);
        assert_string_equal(diags.items[0].where, "plan[1]");
        /* ens_planned_from_proto reads only these: */
        bool needed = part == TARGET || part == ACTION;
        assert_int_equal(ens_planned_from_proto(&message, NULL, &back, NULL),
                         needed ? ENS_MALFORMED : ENS_OK);
    }
}

static void test_unusable_token_is_refused(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_DIAGS diags = {0};
    Ensure__V1__InstancePlan message;
    struct ens_result back = {0};
    char token[] = "two words";

    (void)state;
    ens_result_to_proto(arena, &sample, &message);
    message.client_token = token;
    assert_int_equal(ens_planned_from_proto(&message, "plan[0]", &back, &diags), ENS_MALFORMED);
    assert_string_equal(
        diags.items[0].summary,
        "\"two words\" is not a client token (at most 64 printable ASCII characters)");
}

static void test_summary(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const ens_str warnings[] = {ENS_STR("A sentence."), ENS_STR("Bad \xff.")};
    const struct ens_job_end end = {
        .summary = {.total = 10,
                    .none = 1,
                    .start = 2,
                    .wait = 3,
                    .refuse = 4,
                    .running = 5,
                    .started = 6,
                    .refused = 7,
                    .failed = 8,
                    .unfinished = 9},
        .warnings = warnings,
        .warning_count = 2,
    };
    Ensure__V1__Summary message;

    (void)state;
    ens_summary_to_proto(arena, &end, ENS_STR("2026-09-01T08:09:10Z"), &message);
    assert_string_equal(message.created_at, "2026-09-01T08:09:10Z");
    struct ens_job_end back = ens_summary_from_proto(arena, &message);
    assert_memory_equal(&back.summary, &end.summary, sizeof(back.summary));
    assert_int_equal(back.warning_count, 2);
    assert_text(back.warnings[0], ENS_STR("A sentence."));
    assert_text(back.warnings[1], ENS_STR("Bad \xef\xbf\xbd."));
}

static void test_capabilities_round_trip(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_BUF sent = ens_buf_new(4096);
    ENS_AUTO_BUF read = ens_buf_new(4096);
    struct ens_provider_row provider = {
        .name = ENS_STR("baidu"),
        .title = ENS_STR("Baidu BCC"),
        .version = ENS_STR("1.2.3"),
        .abi_major = 1,
        .abi_minor = 2,
        .origin = ENS_STR("/providers/baidu.so"),
        .dry_run = true,
        .describe_limit = 3,
        .dry_run_limit = 4,
        .start_limit = 5,
    };
    ens_str warnings[] = {ENS_STR("a.so: not a provider"), ENS_STR("b.so: \"quoted\"")};
    const struct ens_capabilities capabilities = {
        .version = ENS_STR("9.9"),
        .providers = &provider,
        .provider_count = 1,
        .warnings = warnings,
        .warning_count = ENS_COUNT(warnings),
    };
    Ensure__V1__GetCapabilitiesResponse message;

    (void)state;
    ens_capabilities_to_proto(arena, &capabilities, &message);
    const struct ens_capabilities back = ens_capabilities_from_proto(arena, &message);
    ens_capabilities_write(&sent, &capabilities);
    ens_capabilities_write(&read, &back);
    assert_string_equal(ens_buf_text(&read), ens_buf_text(&sent));
}

static void test_diagnoses_round_trip(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_DIAGS diags = {0};
    ENS_AUTO_BUF sent = ens_buf_new(8192);
    ENS_AUTO_BUF read = ens_buf_new(8192);
    const ens_str looked_at[] = {ENS_STR("the environment"), ENS_STR("OIDC (x is not set)")};
    const struct ens_diagnosis items[] = {
        {
            .cloud = ENS_STR("alibaba"),
            .region = ENS_STR("cn-hangzhou"),
            .source = ENS_STR("OIDC token file F, role R"),
            .key_id_tail = ENS_STR("1234"),
            .expires_at = ENS_STR("2026-09-01T08:09:10Z"),
            .identity = ENS_STR("acs:ram::1:user/a"),
            .endpoint = ENS_STR("https://ecs.cn-hangzhou.aliyuncs.com"),
            .clock_skew_ms = -3600000,
            .may_read = ENS_MAY_READ_NO,
            .reason = ENS_REASON_PERMISSION_DENIED,
            .message = ENS_STR("message"),
            .advice = ENS_STR("advice"),
            .looked_at = looked_at,
            .looked_at_count = ENS_COUNT(looked_at),
        },
        {.cloud = ENS_STR("baidu"), .may_read = ENS_MAY_READ_YES},
        {.cloud = ENS_STR("fake"), .reason = ENS_REASON_UNAUTHENTICATED},
    };
    const struct ens_diagnoses diagnoses = {
        .created_at = ENS_STR("2026-09-01T08:09:10Z"),
        .warnings = looked_at,
        .warning_count = 1,
        .items = items,
        .count = ENS_COUNT(items),
    };
    Ensure__V1__DiagnoseResponse message;
    struct ens_diagnoses back = {0};

    (void)state;
    ens_diagnoses_to_proto(arena, &diagnoses, &message);
    assert_int_equal(ens_diagnoses_from_proto(arena, &message, "here", &back, &diags), ENS_OK);
    ens_diagnoses_write(&sent, &diagnoses, 2);
    ens_diagnoses_write(&read, &back, 2);
    assert_string_equal(ens_buf_text(&read), ens_buf_text(&sent));
    message.clouds[1]->may_read = ens_proto_text(arena, ENS_STR("maybe"));
    assert_int_equal(ens_diagnoses_from_proto(arena, &message, "here", &back, &diags),
                     ENS_MALFORMED);
    assert_string_equal(diags.items[0].summary, "\"maybe\" is not yes, no or unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_text_becomes_utf8),
        cmocka_unit_test(test_other_words_are_refused),
        cmocka_unit_test(test_unusable_token_is_refused),
        cmocka_unit_test(test_summary),
        cmocka_unit_test(test_capabilities_round_trip),
        cmocka_unit_test(test_diagnoses_round_trip),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
