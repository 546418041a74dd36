/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <tfplugin6.pb-c.h>

#include "base/utf8.h"
#include "blocks.h"
#include "terraform/diagnostics_report.h"

#define SINGLE "ensure_instance_running"
#define PLURAL "ensure_instances_running"
#define ERROR  TFPLUGIN6__DIAGNOSTIC__SEVERITY__ERROR
#define WARN   TFPLUGIN6__DIAGNOSTIC__SEVERITY__WARNING

static struct ens_tf_instance refused(const char *id, enum ens_reason reason)
{
    struct ens_tf_instance instance = {
        .result = test_result(id, ENS_STATUS_STOPPED, "STOPPED", ENS_ACTION_REFUSE, reason)};

    instance.result.confidence = ENS_CONFIDENCE_VALIDATED;
    instance.result.message = ENS_STR("The cloud refuses it.");
    instance.result.advice = ENS_STR("Do something about it.");
    instance.result.provider_code = ENS_STR("Some.Code");
    instance.result.http_status = 400;
    instance.result.request_id = ENS_STR("REQ-1");
    return instance;
}

/* The diagnostic of one instance. */
static const struct {
    enum ens_tf_phase phase;
    enum ens_tf_preflight preflight;
    enum ens_status status;
    enum ens_action action;
    enum ens_confidence confidence;
    enum ens_reason reason;
    int severity; /* 0: no diagnostic */
    const char *summary;
} rows[] = {
    {ENS_TF_AT_PLAN, ENS_TF_PREFLIGHT_ENFORCE, ENS_STATUS_STOPPED, ENS_ACTION_REFUSE,
     ENS_CONFIDENCE_VALIDATED, ENS_REASON_NO_CAPACITY, ERROR, "can't be started: no_capacity"},
    {ENS_TF_AT_PLAN, ENS_TF_PREFLIGHT_WARN, ENS_STATUS_STOPPED, ENS_ACTION_REFUSE,
     ENS_CONFIDENCE_VALIDATED, ENS_REASON_NO_CAPACITY, WARN, "can't be started: no_capacity"},
    {ENS_TF_AT_PLAN, ENS_TF_PREFLIGHT_ENFORCE, ENS_STATUS_UNKNOWN, ENS_ACTION_REFUSE,
     ENS_CONFIDENCE_OBSERVED, ENS_REASON_UNAVAILABLE, ERROR, "could not be checked: unavailable"},
    {ENS_TF_AT_PLAN, ENS_TF_PREFLIGHT_ENFORCE, ENS_STATUS_STOPPED, ENS_ACTION_REFUSE,
     ENS_CONFIDENCE_OBSERVED, ENS_REASON_CANCELLED, ERROR, "could not be checked: cancelled"},
    {ENS_TF_AT_PLAN, ENS_TF_PREFLIGHT_ENFORCE, ENS_STATUS_STOPPED, ENS_ACTION_START,
     ENS_CONFIDENCE_UNVERIFIED, ENS_REASON_PERMISSION_DENIED, WARN,
     "will be started unverified: permission_denied"},
    {ENS_TF_AT_PLAN, ENS_TF_PREFLIGHT_ENFORCE, ENS_STATUS_STOPPED, ENS_ACTION_START,
     ENS_CONFIDENCE_UNVERIFIED, ENS_REASON_OK, 0, NULL},
    {ENS_TF_AT_PLAN, ENS_TF_PREFLIGHT_ENFORCE, ENS_STATUS_STOPPED, ENS_ACTION_START,
     ENS_CONFIDENCE_SIMULATED, ENS_REASON_OK, 0, NULL},
    {ENS_TF_AT_PLAN, ENS_TF_PREFLIGHT_ENFORCE, ENS_STATUS_STOPPED, ENS_ACTION_START,
     ENS_CONFIDENCE_VALIDATED, ENS_REASON_OK, 0, NULL},
    {ENS_TF_AT_PLAN, ENS_TF_PREFLIGHT_ENFORCE, ENS_STATUS_STOPPING, ENS_ACTION_START,
     ENS_CONFIDENCE_UNVERIFIED, ENS_REASON_IN_PROGRESS, WARN,
     "will be started once stopped, unverified: in_progress"},
    {ENS_TF_AT_ACTION_PLAN, ENS_TF_PREFLIGHT_ENFORCE, ENS_STATUS_BUSY, ENS_ACTION_START,
     ENS_CONFIDENCE_UNVERIFIED, ENS_REASON_IN_PROGRESS, WARN,
     "will be started once stopped, unverified: in_progress"},
    {ENS_TF_AT_PLAN, ENS_TF_PREFLIGHT_ENFORCE, ENS_STATUS_STOPPING, ENS_ACTION_START,
     ENS_CONFIDENCE_SIMULATED, ENS_REASON_IN_PROGRESS, 0, NULL},
    {ENS_TF_AT_PLAN, ENS_TF_PREFLIGHT_ENFORCE, ENS_STATUS_STARTING, ENS_ACTION_WAIT,
     ENS_CONFIDENCE_OBSERVED, ENS_REASON_IN_PROGRESS, 0, NULL},
    {ENS_TF_AT_READ, ENS_TF_PREFLIGHT_OFF, ENS_STATUS_STOPPED, ENS_ACTION_REFUSE,
     ENS_CONFIDENCE_OBSERVED, ENS_REASON_LOCKED, 0, NULL},
    {ENS_TF_AT_READ, ENS_TF_PREFLIGHT_OFF, ENS_STATUS_UNKNOWN, ENS_ACTION_REFUSE,
     ENS_CONFIDENCE_OBSERVED, ENS_REASON_UNAVAILABLE, ERROR, "could not be checked: unavailable"},
    {ENS_TF_AT_CREATE, ENS_TF_PREFLIGHT_OFF, ENS_STATUS_RUNNING, ENS_ACTION_START,
     ENS_CONFIDENCE_OBSERVED, ENS_REASON_OK, 0, NULL},
    {ENS_TF_AT_UPDATE, ENS_TF_PREFLIGHT_OFF, ENS_STATUS_STARTING, ENS_ACTION_WAIT,
     ENS_CONFIDENCE_OBSERVED, ENS_REASON_TIMED_OUT, ERROR, "not running: timed_out"},
    {ENS_TF_AT_INVOKE, ENS_TF_PREFLIGHT_OFF, ENS_STATUS_STOPPED, ENS_ACTION_START,
     ENS_CONFIDENCE_OBSERVED, ENS_REASON_FELL_BACK, ERROR, "not running: fell_back"},
};

static void test_summaries(void **state)
{
    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        struct ens_tf_diags diags = ens_tf_diags_new(arena, test_schema(SINGLE));
        struct ens_tf_instance instance = refused("i-a", rows[i].reason);
        struct ens_tf_report report = {&instance, 1};
        instance.result.status = rows[i].status;
        instance.result.provider_status =
            rows[i].status == ENS_STATUS_UNKNOWN ? (ens_str){NULL, 0} : ENS_STR("WORD");
        instance.result.action = rows[i].action;
        instance.result.confidence = rows[i].confidence;
        ens_tf_diags_report(&diags, rows[i].phase, rows[i].preflight, &report);
        assert_int_equal(diags.count, rows[i].severity != 0);
        if (rows[i].severity != 0) {
            assert_int_equal(diags.items[0]->severity, rows[i].severity);
            assert_non_null(strstr(diags.items[0]->summary, "volcengine/cn-beijing/i-a "));
            assert_non_null(strstr(diags.items[0]->summary, rows[i].summary));
            assert_string_equal(diags.items[0]->attribute->steps[0]->attribute_name, "instance_id");
            assert_int_equal(ens_tf_diags_has_error(&diags), rows[i].severity == ERROR);
        }
    }
}

static void test_detail(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_tf_diags diags = ens_tf_diags_new(arena, test_schema(SINGLE));
    struct ens_tf_instance instance = refused("i-a", ENS_REASON_NO_CAPACITY);
    struct ens_tf_report report = {&instance, 1};

    (void)state;
    ens_tf_diags_report(&diags, ENS_TF_AT_PLAN, ENS_TF_PREFLIGHT_ENFORCE, &report);
    const char *detail = diags.items[0]->detail;
    assert_non_null(strstr(detail, "The cloud refuses it."));
    assert_non_null(strstr(detail, "The cloud's code: Some.Code (HTTP 400); request id: REQ-1"));
    assert_non_null(strstr(detail, "Do something about it."));
    assert_non_null(strstr(detail, "terraform destroy -refresh=false"));
    assert_non_null(strstr(detail, "preflight = \"off\""));
}

/* The hint on preflight of each setting, in both plans. */
static void test_hint_on_preflight(void **state)
{
    static const enum ens_tf_phase phases[] = {ENS_TF_AT_PLAN, ENS_TF_AT_ACTION_PLAN};

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(phases); i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        struct ens_tf_diags diags = ens_tf_diags_new(arena, test_schema(PLURAL));
        struct ens_tf_instance instance = refused("i-a", ENS_REASON_NO_CAPACITY);
        struct ens_tf_report report = {&instance, 1};
        ens_tf_diags_report(&diags, phases[i], ENS_TF_PREFLIGHT_ENFORCE, &report);
        ens_tf_diags_report(&diags, phases[i], ENS_TF_PREFLIGHT_WARN, &report);
        instance.result.action = ENS_ACTION_START;
        instance.result.confidence = ENS_CONFIDENCE_UNVERIFIED;
        ens_tf_diags_report(&diags, phases[i], ENS_TF_PREFLIGHT_ENFORCE, &report);
        instance.result.reason = ENS_REASON_IN_PROGRESS;
        ens_tf_diags_report(&diags, phases[i], ENS_TF_PREFLIGHT_WARN, &report);
        assert_int_equal(diags.count, 4);
        assert_non_null(strstr(diags.items[0]->detail, "set preflight = \"warn\" or \"off\""));
        assert_null(strstr(diags.items[1]->detail, "set preflight"));
        assert_null(strstr(diags.items[1]->detail, "terraform destroy"));
        assert_non_null(strstr(diags.items[1]->detail, "has preflight = \"warn\"."));
        assert_null(strstr(diags.items[2]->detail, "preflight"));
        assert_null(strstr(diags.items[3]->detail, "preflight"));
    }
}

/* Terraform replaces the summary of an action's diagnostic by its own. */
static void test_detail_of_an_action_has_all_results(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_tf_diags diags = ens_tf_diags_new(arena, test_schema(PLURAL));
    struct ens_tf_instance instances[] = {refused("i-a", ENS_REASON_NO_CAPACITY),
                                          refused("i-b", ENS_REASON_OK)};
    struct ens_tf_report both = {instances, 2};
    struct ens_tf_report one = {instances, 1};

    (void)state;
    instances[1].result.status = ENS_STATUS_RUNNING;
    instances[1].result.action = ENS_ACTION_START;
    ens_tf_diags_report(&diags, ENS_TF_AT_INVOKE, ENS_TF_PREFLIGHT_ENFORCE, &both);
    ens_tf_diags_report(&diags, ENS_TF_AT_INVOKE, ENS_TF_PREFLIGHT_ENFORCE, &one);
    ens_tf_diags_report(&diags, ENS_TF_AT_UPDATE, ENS_TF_PREFLIGHT_ENFORCE, &both);
    assert_int_equal(diags.count, 3);
    assert_non_null(strstr(diags.items[0]->detail,
                           "In all: 1 of 2 instances running: ok; 1 of 2 instances not running: "
                           "no_capacity."));
    assert_non_null(strstr(diags.items[1]->detail,
                           "In all: volcengine/cn-beijing/i-a not running: no_capacity."));
    assert_non_null(strstr(diags.items[0]->detail, diags.items[0]->summary));
    assert_non_null(strstr(diags.items[1]->detail, diags.items[1]->summary));
    assert_null(strstr(diags.items[2]->detail, "In all"));
}

static void test_accepted_start_is_reported(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_tf_diags diags = ens_tf_diags_new(arena, test_schema(SINGLE));
    struct ens_tf_instance instance = refused("i-a", ENS_REASON_CANCELLED);
    struct ens_tf_report report = {&instance, 1};

    (void)state;
    instance.result.started = true;
    instance.start_request_id = ENS_STR("REQ-START");
    ens_tf_diags_report(&diags, ENS_TF_AT_CREATE, ENS_TF_PREFLIGHT_OFF, &report);
    assert_non_null(strstr(diags.items[0]->detail, "accepted (request id: REQ-START)"));
    assert_non_null(strstr(diags.items[0]->detail, "The state does not hold it"));
}

static void test_set_has_one_diagnostic_per_reason(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_tf_diags diags = ens_tf_diags_new(arena, test_schema(PLURAL));
    struct ens_tf_instance instances[] = {
        refused("i-a", ENS_REASON_NO_CAPACITY), refused("i-b", ENS_REASON_LOCKED),
        refused("i-c", ENS_REASON_NO_CAPACITY), refused("i-d", ENS_REASON_ALREADY_RUNNING),
        refused("i-e", ENS_REASON_UNAUTHENTICATED)};
    struct ens_tf_report report = {instances, ENS_COUNT(instances)};

    (void)state;
    instances[3].result.action = ENS_ACTION_NONE;
    instances[4].result.message = ENS_STR("\xC3\x28 and \x01");
    ens_tf_diags_report(&diags, ENS_TF_AT_PLAN, ENS_TF_PREFLIGHT_ENFORCE, &report);
    assert_int_equal(diags.count, 3);
    for (size_t i = 0; i < diags.count; i++) {
        bool no_capacity = strstr(diags.items[i]->summary, "no_capacity") != NULL;
        bool account = strstr(diags.items[i]->summary, "unauthenticated") != NULL;
        assert_non_null(
            strstr(diags.items[i]->summary, no_capacity ? "2 of 5 instances" : "1 of 5 instances"));
        assert_int_equal(strstr(diags.items[i]->detail, "Instances: i-a, i-c.") != NULL,
                         no_capacity);
        assert_string_equal(diags.items[i]->attribute->steps[0]->attribute_name,
                            account ? "cloud" : "instance_ids");
        assert_true(ens_utf8_valid(ens_str_of(diags.items[i]->detail)));
    }
}

static void test_a_thousand_ids_are_all_named(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_tf_diags diags = ens_tf_diags_new(arena, test_schema(PLURAL));
    struct ens_tf_instance *instances =
        ens_arena_array(arena, ENS_TF_INSTANCES_MAX, sizeof(*instances));
    struct ens_tf_report report = {instances, ENS_TF_INSTANCES_MAX};

    (void)state;
    for (size_t i = 0; i < report.count; i++) {
        instances[i] = refused(ens_arena_printf(arena, "i-%062zu", i).ptr, ENS_REASON_LOCKED);
    }
    ens_tf_diags_report(&diags, ENS_TF_AT_CREATE, ENS_TF_PREFLIGHT_ENFORCE, &report);
    assert_int_equal(diags.count, 1);
    assert_non_null(strstr(diags.items[0]->detail, instances[999].result.target.id.ptr));
    assert_non_null(strstr(diags.items[0]->detail, "Do something about it."));
}

static void test_findings_of_checks(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_tf_diags diags = ens_tf_diags_new(arena, test_schema(SINGLE));
    struct ens_diags found = {0};

    (void)state;
    ens_diags_add(&found, ENS_ERROR, "timeouts.create", NULL, "not so");
    ens_diags_add(&found, ENS_WARNING, "timeouts.nothing", "more", "odd");
    ens_diags_add(&found, ENS_ERROR, NULL, NULL, "plain \xFF");
    ens_tf_diags_take(&diags, &found);
    assert_int_equal(found.count, 0);
    assert_int_equal(diags.count, 3);
    assert_string_equal(diags.items[0]->summary, "Invalid timeouts.create");
    assert_string_equal(diags.items[0]->detail, "not so");
    assert_int_equal(diags.items[0]->attribute->n_steps, 2);
    assert_string_equal(diags.items[0]->attribute->steps[1]->attribute_name, "create");
    assert_string_equal(diags.items[1]->summary, "timeouts.nothing: odd");
    assert_string_equal(diags.items[1]->detail, "more");
    assert_null(diags.items[1]->attribute);
    assert_string_equal(diags.items[2]->summary, "plain \xEF\xBF\xBD");
}

static void test_find_failure(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_tf_diags diags = ens_tf_diags_new(arena, test_schema("ensure_instances"));
    struct ens_find_failure failure = {
        .cloud = ENS_STR("alibaba"),
        .region = ENS_STR("cn-hangzhou"),
        .reason = ENS_REASON_PERMISSION_DENIED,
        .message = ENS_STR("The list was denied."),
        .advice = ENS_STR("Grant it."),
        .provider_code = ENS_STR("Forbidden.RAM"),
        .http_status = 403,
        .request_id = ENS_STR("REQ-1"),
    };

    (void)state;
    ens_tf_diags_find_failure(&diags, &failure);
    failure.reason = ENS_REASON_UNAUTHENTICATED;
    ens_tf_diags_find_failure(&diags, &failure);
    assert_string_equal(diags.items[0]->summary,
                        "alibaba/cn-hangzhou could not be listed: permission_denied");
    assert_string_equal(diags.items[0]->detail,
                        "The list was denied.\n\nThe cloud's code: Forbidden.RAM (HTTP 403); "
                        "request id: REQ-1\n\nGrant it.");
    assert_string_equal(diags.items[0]->attribute->steps[0]->attribute_name, "region");
    assert_string_equal(diags.items[1]->attribute->steps[0]->attribute_name, "cloud");
    assert_int_equal(diags.items[0]->severity, ERROR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_summaries),
        cmocka_unit_test(test_detail),
        cmocka_unit_test(test_hint_on_preflight),
        cmocka_unit_test(test_detail_of_an_action_has_all_results),
        cmocka_unit_test(test_accepted_start_is_reported),
        cmocka_unit_test(test_set_has_one_diagnostic_per_reason),
        cmocka_unit_test(test_a_thousand_ids_are_all_named),
        cmocka_unit_test(test_findings_of_checks),
        cmocka_unit_test(test_find_failure),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
