/* SPDX-License-Identifier: Apache-2.0 */
/* What a task asks for, and what it ends with, where guards are in force. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/policy_read.h"
#include "task_script.h"

static void guard(struct script *script, const char *text)
{
    struct ens_policy *policy = ens_arena_alloc(script->arena, sizeof(*policy));

    *policy = (struct ens_policy){0};
    assert_int_equal(ens_policy_read_text(script->arena, ens_str_of(text), "p.json", policy, NULL),
                     ENS_OK);
    script->params.policy = policy;
}

static void deny(struct script *script)
{
    guard(script, "{\"deny\": [\"fake/*/i-2\", \"fake/moon-*/i-1\"]}");
}

static void allow_others(struct script *script)
{
    guard(script, "{\"allow\": [\"fake/*/i-2\"]}");
}

static void allow(struct script *script)
{
    guard(script, "{\"allow\": [\"*/*/*\"]}");
}

static void audit(struct script *script)
{
    guard(script, "{\"audit_required\": true}");
}

static void audited(struct script *script)
{
    audit(script);
    script->params.audit = ENS_AUDIT_WORKING;
}

static void validated(struct script *script)
{
    guard(script, "{\"min_confidence\": \"validated\"}");
}

static void validated_without_dry_run(struct script *script)
{
    validated(script);
    script_without_dry_run(script);
}

static void simulated_without_dry_run(struct script *script)
{
    guard(script, "{\"min_confidence\": \"simulated\"}");
    script_without_dry_run(script);
}

static void unasked(struct script *script)
{
    validated(script);
    script->params.no_dry_run = true;
}

static void unverified(struct script *script)
{
    guard(script, "{\"min_confidence\": \"unverified\"}");
}

static void planned_validated(struct script *script)
{
    validated(script);
    script->task.confidence_known = true;
    script->task.confidence = ENS_CONFIDENCE_VALIDATED;
}

static void planned_unverified(struct script *script)
{
    validated(script);
    script->task.confidence_known = true;
    script->task.confidence = ENS_CONFIDENCE_UNVERIFIED;
}

static void counted(struct script *script)
{
    script->params.counted = true;
}

static void read_only(struct script *script)
{
    deny(script);
    script->task.read_only = true;
}

#define PLAN(set, ...)  check(ENS_MODE_PLAN, set, (const struct script_row[]){{__VA_ARGS__}})
#define APPLY(set, ...) check(ENS_MODE_APPLY, set, (const struct script_row[]){{__VA_ARGS__}})

static void check(enum ens_mode mode, void (*set)(struct script *script),
                  const struct script_row *row)
{
    script_run_rows(row, 1, mode, set);
}

/* The instance alone decides: no dry run is asked for one that may not be started. */
static void test_instances(void **state)
{
    (void)state;
    PLAN(deny, "read=DOWN", "refuse observed policy stopped",
         "p.json: deny fake/moon-*/i-1, which this instance matches.");
    PLAN(deny, "read=HALTING", "refuse observed policy stopping", NULL);
    PLAN(deny, "read=UP", "none observed already_running running", NULL);
    PLAN(deny, "read=BOOTING", "wait observed in_progress starting", NULL);
    PLAN(deny, "read=UNPAID", "refuse observed expired failed", NULL);
    PLAN(allow_others, "read=DOWN", "refuse observed policy stopped",
         "p.json: allow fake/*/i-2, which this instance does not match.");
    PLAN(allow, "read=DOWN dry=ok", "start validated ok stopped", NULL);
    PLAN(audit, "read=DOWN", "refuse observed policy stopped",
         "p.json: audit_required true, and ENSURE_AUDIT_LOG is not set.");
    PLAN(audited, "read=DOWN dry=ok", "start validated ok stopped", NULL);
    APPLY(deny, "read=DOWN", "refuse observed policy stopped", "p.json: deny");
    APPLY(deny, "read=HALTING", "refuse observed policy stopping", "p.json: deny");
    APPLY(deny, "read=UP", "none observed already_running running", NULL);
    APPLY(deny, "read=BOOTING read=UP", "wait observed ok running", NULL);
    APPLY(deny, "read=BOOTING read=DOWN", "refuse observed policy stopped", "p.json: deny");
    APPLY(allow_others, "read=DOWN", "refuse observed policy stopped", "p.json: allow");
    APPLY(allow, "read=DOWN start=ok read=UP", "start validated ok running started", NULL);
    APPLY(audit, "read=DOWN", "refuse observed policy stopped", "p.json: audit_required true");
    APPLY(audited, "read=DOWN start=ok read=UP", "start validated ok running started", NULL);
    APPLY(read_only, "read=DOWN", "refuse observed wrong_state stopped", "changed since the plan");
}

static void test_confidence_of_a_plan(void **state)
{
    (void)state;
    PLAN(validated, "read=DOWN dry=ok", "start validated ok stopped", NULL);
    PLAN(validated, "read=DOWN dry!permission_denied,403", "refuse observed policy stopped",
         "p.json: min_confidence validated, this start would be unverified.");
    PLAN(validated, "read=DOWN dry!throttled,429", "refuse observed policy stopped", NULL);
    PLAN(validated, "read=DOWN dry!no_capacity", "refuse validated no_capacity stopped", NULL);
    PLAN(validated, "read=DOWN deadline~", "refuse observed policy stopped", NULL);
    PLAN(validated, "read=HALTING", "refuse observed policy stopping", NULL);
    PLAN(validated_without_dry_run, "read=DOWN", "refuse observed policy stopped",
         "this start would be simulated.");
    PLAN(simulated_without_dry_run, "read=DOWN", "start simulated ok stopped", NULL);
    PLAN(unasked, "read=DOWN", "refuse observed policy stopped", "unverified");
    PLAN(unverified, "read=DOWN dry!throttled,429", "start unverified throttled stopped", NULL);
}

/* An apply without a plan asks for the dry run itself, and reads again before the start. */
static void test_confidence_of_an_apply(void **state)
{
    (void)state;
    APPLY(validated, "read=DOWN dry=ok read=DOWN start=ok read=UP",
          "start validated ok running started", NULL);
    APPLY(validated, "read=DOWN dry=ok read=UP", "none observed already_running running", NULL);
    APPLY(validated, "read=DOWN dry=ok read=BOOTING read=UP", "wait observed ok running", NULL);
    APPLY(validated, "read=DOWN dry!no_capacity", "refuse validated no_capacity stopped", NULL);
    APPLY(validated, "read=DOWN dry!permission_denied,403", "refuse observed policy stopped",
          "p.json: min_confidence validated, this start would be unverified.");
    APPLY(validated, "read=DOWN dry!unavailable,unsent", "refuse observed policy stopped", NULL);
    APPLY(validated, "read=DOWN dry!wrong_state read=UP", "none observed already_running running",
          NULL);
    APPLY(validated, "read=HALTING", "refuse observed policy stopping", NULL);
    APPLY(validated, "read=DOWN dry!dry_run_not_honoured,200 read=BOOTING",
          "refuse observed dry_run_not_honoured starting", NULL);
    APPLY(validated, "read=DOWN dry!dry_run_not_honoured,200 deadline~",
          "refuse observed dry_run_not_honoured stopped", NULL);
    APPLY(validated, "read=DOWN deadline~", "refuse observed timed_out stopped", NULL);
    APPLY(validated, "read=DOWN cancel~", "refuse observed cancelled stopped", NULL);
    APPLY(validated_without_dry_run, "read=DOWN", "refuse observed policy stopped", "simulated");
    APPLY(simulated_without_dry_run, "read=DOWN start=ok read=UP",
          "start validated ok running started", NULL);
    APPLY(unasked, "read=DOWN", "refuse observed policy stopped", "unverified");
    APPLY(unverified, "read=DOWN start=ok read=UP", "start validated ok running started", NULL);
    APPLY(planned_validated, "read=DOWN start=ok read=UP", "start validated ok running started",
          NULL);
    APPLY(planned_unverified, "read=DOWN", "refuse observed policy stopped", "unverified");
}

static void test_leave(void **state)
{
    (void)state;
    APPLY(counted, "read=DOWN leave read=DOWN start=ok read=UP",
          "start validated ok running started", NULL);
    APPLY(counted, "read=DOWN refusal", "refuse observed policy stopped",
          "the test: max_starts 1, this apply would start 2.");
    APPLY(counted, "read=DOWN leave read=UP", "none observed already_running running", NULL);
    APPLY(counted, "read=UP", "none observed already_running running", NULL);
    APPLY(counted, "read=HALTING leave read=HALTING read=DOWN start=ok read=UP",
          "start validated ok running started", NULL);
    APPLY(counted, "read=BOOTING read=DOWN leave read=DOWN start=ok read=UP",
          "start validated ok running started", NULL);
    APPLY(counted, "read=DOWN deadline", "refuse observed timed_out stopped", NULL);
    APPLY(counted, "read=DOWN cancel", "refuse observed cancelled stopped", NULL);
    /* It is asked for once, even if the answer to the start is lost. */
    APPLY(counted, "read=DOWN leave read=DOWN start!unavailable,lost read=DOWN start=ok read=UP",
          "start validated ok running started", NULL);
}

/* A plan that asks has ended with the result that it gets with leave. */
static void test_planned_leave(void **state)
{
    struct script script;

    (void)state;
    script_init(&script, ENS_MODE_PLAN);
    counted(&script);
    script_begin(&script);
    assert_null(script_run(&script, "read=DOWN dry=ok"));
    assert_true(script.step.asks);
    assert_string_equal(script_brief(&script), "start validated ok stopped");
    script_done(&script);
    script_init(&script, ENS_MODE_PLAN);
    counted(&script);
    script_begin(&script);
    assert_null(script_run(&script, "read=UP"));
    assert_false(script.step.asks);
    script_done(&script);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_instances),
        cmocka_unit_test(test_confidence_of_a_plan),
        cmocka_unit_test(test_confidence_of_an_apply),
        cmocka_unit_test(test_leave),
        cmocka_unit_test(test_planned_leave),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
