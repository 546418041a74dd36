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
    static const struct ens_code codes[] = {
        {ENS_STR_INIT("*.NotFound"), ENS_CODE_KIND_ERROR, ENS_REASON_NOT_FOUND, {NULL, 0}},
        {ENS_STR_INIT("Expired"), ENS_CODE_KIND_STATUS, ENS_REASON_EXPIRED, ENS_STR_INIT("Pay.")},
    };
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
        .codes = codes,
        .code_count = ENS_COUNT(codes),
        .advice = {[ENS_REASON_POLICY] = ENS_STR("Ask.")},
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
    assert_int_equal(back.providers[0].code_count, ENS_COUNT(codes));
    for (size_t i = 0; i < ENS_COUNT(codes); i++) {
        const struct ens_code *code = &back.providers[0].codes[i];
        assert_text(code->pattern, codes[i].pattern);
        assert_int_equal(code->kind, codes[i].kind);
        assert_int_equal(code->reason, codes[i].reason);
        assert_text(code->advice, codes[i].advice);
    }
    assert_text(back.providers[0].advice[ENS_REASON_POLICY], ENS_STR("Ask."));
    assert_int_equal(back.providers[0].advice[ENS_REASON_OK].len, 0);
}

/* Codes of a kind or reason that only a newer plugin knows are omitted, the others kept. */
static void test_codes_of_a_newer_plugin(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    Ensure__V1__Code codes[3];
    Ensure__V1__Advice advice = ENSURE__V1__ADVICE__INIT;
    Ensure__V1__Provider provider = ENSURE__V1__PROVIDER__INIT;
    Ensure__V1__GetCapabilitiesResponse message = ENSURE__V1__GET_CAPABILITIES_RESPONSE__INIT;
    const char *const words[][2] = {{"error", "later"}, {"place", "locked"}, {"lock", "locked"}};

    (void)state;
    provider.n_codes = ENS_COUNT(codes);
    provider.codes = ens_arena_array(arena, ENS_COUNT(codes), sizeof(*provider.codes));
    for (size_t i = 0; i < ENS_COUNT(codes); i++) {
        ensure__v1__code__init(&codes[i]);
        codes[i].pattern = ens_proto_text(arena, ens_str_of(words[i][0]));
        codes[i].kind = ens_proto_text(arena, ens_str_of(words[i][0]));
        codes[i].reason = ens_proto_text(arena, ens_str_of(words[i][1]));
        provider.codes[i] = &codes[i];
    }
    advice.reason = ens_proto_text(arena, ENS_STR("later"));
    provider.n_advice = 1;
    provider.advice = (Ensure__V1__Advice *[]){&advice};
    message.n_providers = 1;
    message.providers = (Ensure__V1__Provider *[]){&provider};
    const struct ens_capabilities back = ens_capabilities_from_proto(arena, &message);
    assert_int_equal(back.providers[0].code_count, 1);
    assert_text(back.providers[0].codes[0].pattern, ENS_STR("lock"));
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

/* Guards: to messages and back, and what is no guard. */
static void test_guards(void **state)
{
    static const struct {
        const char *rule;
        const char *values[3];
        size_t count;
        const char *said; /* NULL: a good one */
    } rows[] = {
        {"max_starts", {"5"}, 1, NULL},
        {"allow", {"alibaba/*/*", "*/*/i-1"}, 2, NULL},
        {"deny", {NULL}, 0, NULL},
        {"min_confidence", {"validated"}, 1, NULL},
        {"audit_required", {"true"}, 1, NULL},
        {"", {NULL}, 0, "is not a rule of a guard"},
        {"max_start", {"5"}, 1, "\"max_start\" is not a rule of a guard"},
        {"max_starts", {NULL}, 0, "max_starts: expected a whole number"},
        {"max_starts", {"5", "6"}, 2, "max_starts: expected a whole number"},
        {"allow", {"alibaba"}, 1, "is not a pattern"},
        {"min_confidence", {"observed"}, 1, "min_confidence: expected unverified"},
        {"audit_required",
         {"false"},
         1,
         "audit_required: \"false\" guards nothing: expected true, or no guard of this rule"},
        {"audit_required", {"no"}, 1, "audit_required: expected true or false"},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        ENS_AUTO_DIAGS diags = {0};
        Ensure__V1__Guard message = ENSURE__V1__GUARD__INIT;
        Ensure__V1__Guard *list[] = {&message};
        struct ens_policy policy = {0};
        struct ens_policy again = {0};
        size_t count = 0;

        message.rule = ens_proto_text(arena, ens_str_of(rows[i].rule));
        message.n_value = rows[i].count;
        message.value = (char **)(uintptr_t)rows[i].values;
        ens_rc rc = ens_policy_from_proto(arena, list, 1, "Configure", &policy, &diags);
        assert_int_equal(rc == ENS_OK, rows[i].said == NULL);
        if (rc != ENS_OK) {
            assert_int_equal(diags.count, 1);
            assert_string_equal(diags.items[0].where, "policy[0]");
            assert_non_null(strstr(diags.items[0].summary, rows[i].said));
            continue;
        }
        assert_text(policy.guards[0].source, ENS_STR("Configure"));
        Ensure__V1__Guard **sent = ens_policy_to_proto(arena, &policy, &count);
        assert_int_equal(count, 1);
        assert_int_equal(ens_policy_from_proto(arena, sent, count, "another", &again, &diags),
                         ENS_OK);
        ens_policy_add_all(arena, &policy, &again);
        assert_int_equal(policy.count, 1); /* the same, with its source */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_guards),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_text_becomes_utf8),
        cmocka_unit_test(test_other_words_are_refused),
        cmocka_unit_test(test_unusable_token_is_refused),
        cmocka_unit_test(test_summary),
        cmocka_unit_test(test_capabilities_round_trip),
        cmocka_unit_test(test_diagnoses_round_trip),
        cmocka_unit_test(test_codes_of_a_newer_plugin),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
