/* SPDX-License-Identifier: Apache-2.0 */
/* Every decision of a plan, as scripts of the cloud's replies, and the members of results. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "task_script.h"

/* ---- plan ----------------------------------------------------------------------------------- */

static void test_plan_by_state(void **state)
{
    static const struct script_row rows[] = {
        {"read=UP", "none observed already_running running", "is running"},
        {"read=UP|security", "none observed already_running running", NULL},
        {"read=UP@", "none observed already_running running", NULL},
        {"read=BOOTING", "wait observed in_progress starting", "(BOOTING)"},
        {"read=DOWN dry=ok", "start validated ok stopped", "FakeCloud's own dry run"},
        {"read=HALTING", "start unverified in_progress stopping",
         "stopping (HALTING); it is started once it has stopped."},
        {"read=RESIZING", "start unverified in_progress busy",
         "changing (RESIZING); it is started if it is stopped after that."},
        {"read=BROKEN", "refuse observed wrong_state failed", "(BROKEN)"},
        {"read=UNPAID", "refuse observed expired failed", NULL},
        {"read=GOING", "refuse observed not_found deleting", "(GOING)"},
        /* Absent only after two reads. */
        {"read=GONE read=GONE", "refuse observed not_found absent", NULL},
        {"read=- read=-", "refuse observed not_found absent", "no such instance in moon-1"},
        {"read!not_found,404 read!not_found,404", "refuse observed not_found absent", NULL},
        {"read=- read!not_found,404", "refuse observed not_found absent", NULL},
        {"read=- read=DOWN dry=ok", "start validated ok stopped", NULL},
        {"read=- read=UP", "none observed already_running running", NULL},
        {"read!not_found,404 read=UP", "none observed already_running running", NULL},
        {"read=- read!unavailable", "refuse unverified unavailable unknown", "could not be read"},
        {"read=NEWWORD", "refuse observed wrong_state unknown", "NEWWORD"},
        {"read=FUTURE", "refuse observed wrong_state unknown", "FUTURE"},
        {"read=", "refuse observed wrong_state unknown", NULL},
        {"read=FROZEN", "refuse observed locked stopped", NULL},
        {"read=DOWN|security", "refuse observed locked stopped", "(security)"},
        {"read=DOWN|owing", "refuse observed insufficient_balance stopped", NULL},
        {"read=DOWN|new", "refuse observed locked stopped", NULL},
        {"read=HALTING|security", "refuse observed locked stopping", NULL},
        {"read=DOWN@", "refuse observed expired stopped", "1970-01-12"},
        {"read=HALTING@", "start unverified in_progress stopping", NULL},
    };

    (void)state;
    script_run_rows(rows, ENS_COUNT(rows), ENS_MODE_PLAN, NULL);
}

static void test_plan_by_dry_run(void **state)
{
    static const struct script_row rows[] = {
        {"read=DOWN dry!no_capacity,500", "refuse validated no_capacity stopped",
         "FakeCloud refused the dry run of the start: Code: Words of the cloud."},
        {"read=DOWN dry!insufficient_balance", "refuse validated insufficient_balance stopped",
         NULL},
        {"read=DOWN dry!in_progress,412", "refuse validated in_progress stopped", NULL},
        {"read=DOWN dry!invalid_argument,403,unknown", "refuse validated invalid_argument stopped",
         NULL},
        {"read=DOWN dry!token_mismatch", "refuse validated token_mismatch stopped", NULL},
        {"read=DOWN dry!not_found,404 read=-", "refuse observed not_found absent", NULL},
        {"read=DOWN dry!not_found,404 read=DOWN dry=ok", "start validated ok stopped", NULL},
        {"read=DOWN dry!not_found,404 read=DOWN dry!not_found,404 read=DOWN dry!not_found,404",
         "refuse validated not_found absent", NULL},
        /* not_found once, after the last read: refused, but the status is not absent. */
        {"read=DOWN dry!wrong_state read=DOWN dry!wrong_state read=DOWN dry!not_found,404",
         "refuse validated not_found stopped", NULL},
        /* Only HTTP 401/403 and a code for it together mean keys that can only read. */
        {"read=DOWN dry!permission_denied,403", "start unverified permission_denied stopped",
         "not permitted: Code: Words of the cloud."},
        {"read=DOWN dry!permission_denied,401", "start unverified permission_denied stopped", NULL},
        {"read=DOWN dry!unauthenticated,401", "start unverified unauthenticated stopped", NULL},
        {"read=DOWN dry!permission_denied,403,nocode", "start unverified permission_denied stopped",
         NULL},
        {"read=DOWN dry!permission_denied,403,unknown",
         "refuse validated permission_denied stopped", NULL},
        {"read=DOWN dry!permission_denied,400", "refuse validated permission_denied stopped", NULL},
        {"read=DOWN dry!unauthenticated,400", "refuse validated unauthenticated stopped", NULL},
        {"read=DOWN dry!no_capacity,403", "refuse validated no_capacity stopped", NULL},
        /* Without a usable answer. */
        {"read=DOWN dry!throttled,429", "start unverified throttled stopped", "not answered"},
        {"read=DOWN dry!unavailable,unsent", "start unverified unavailable stopped", NULL},
        {"read=DOWN dry!unauthenticated,unsent,final", "start unverified unauthenticated stopped",
         "not answered"},
        {"read=DOWN dry!internal,500", "start unverified internal stopped", NULL},
        {"read=DOWN dry!malformed_response,200", "start unverified malformed_response stopped",
         NULL},
        {"read=DOWN dry!clock_skew", "start unverified clock_skew stopped", NULL},
        /* The state is wrong: read again, at most twice. */
        {"read=DOWN dry!wrong_state read=UP", "none observed already_running running", NULL},
        {"read=DOWN dry!wrong_state read=BOOTING", "wait observed in_progress starting", NULL},
        {"read=DOWN dry!wrong_state read=DOWN dry=ok", "start validated ok stopped", NULL},
        {"read=DOWN dry!wrong_state read=DOWN dry!wrong_state read=DOWN dry!wrong_state",
         "refuse validated wrong_state stopped", NULL},
        {"read=DOWN dry!wrong_state,final", "refuse validated wrong_state stopped", NULL},
        {"read=DOWN dry!wrong_state read!throttled", "refuse unverified throttled unknown", NULL},
        /* Answered like a start: dry_run_not_honoured, independent of the next read. */
        {"read=DOWN dry!dry_run_not_honoured,200 read=BOOTING",
         "refuse observed dry_run_not_honoured starting", "may have been started (BOOTING)"},
        {"read=DOWN dry!dry_run_not_honoured,200 read=DOWN",
         "refuse observed dry_run_not_honoured stopped", NULL},
        {"read=DOWN dry!dry_run_not_honoured,200 read=UP",
         "refuse observed dry_run_not_honoured running", NULL},
        {"read=DOWN dry!dry_run_not_honoured,200 read=- read=-",
         "refuse observed dry_run_not_honoured absent", NULL},
        {"read=DOWN dry!dry_run_not_honoured,200 read!unavailable",
         "refuse observed dry_run_not_honoured unknown", NULL},
        {"read=DOWN dry!dry_run_not_honoured,200 deadline",
         "refuse observed dry_run_not_honoured stopped", NULL},
        {"read=DOWN dry!dry_run_not_honoured,200 cancel",
         "refuse observed dry_run_not_honoured stopped", NULL},
    };

    (void)state;
    script_run_rows(rows, ENS_COUNT(rows), ENS_MODE_PLAN, NULL);
}

static void test_plan_unread(void **state)
{
    static const struct script_row rows[] = {
        {"read!throttled", "refuse unverified throttled unknown", "could not be read"},
        {"read!unavailable,unsent", "refuse unverified unavailable unknown", NULL},
        {"read!permission_denied,403", "refuse unverified permission_denied unknown", NULL},
        {"read!unauthenticated,401", "refuse unverified unauthenticated unknown", NULL},
        {"read!malformed_response,200", "refuse unverified malformed_response unknown", NULL},
        {"read!invalid_argument,404,unknown", "refuse unverified invalid_argument unknown", NULL},
        {"deadline", "refuse unverified timed_out unknown", "Time ran out before"},
        {"deadline~", "refuse unverified timed_out unknown", NULL},
        {"cancel~", "refuse unverified cancelled unknown", "Cancelled before"},
        {"read=DOWN deadline~", "start unverified timed_out stopped", NULL},
        {"read=DOWN cancel~", "refuse unverified cancelled unknown", "is stopped"},
    };

    (void)state;
    script_run_rows(rows, ENS_COUNT(rows), ENS_MODE_PLAN, NULL);
}

static void test_plan_simulated(void **state)
{
    static const struct script_row rows[] = {
        {"read=DOWN", "start simulated ok stopped", "FakeCloud has no dry run"},
        {"read=HALTING", "start simulated in_progress stopping", NULL},
        {"read=RESIZING", "start simulated in_progress busy", NULL},
        {"read=DOWN|owing", "refuse observed insufficient_balance stopped", NULL},
        {"read=DOWN@", "refuse observed expired stopped", NULL},
        {"read=UP", "none observed already_running running", NULL},
    };

    (void)state;
    script_run_rows(rows, ENS_COUNT(rows), ENS_MODE_PLAN, script_without_dry_run);
}

static void no_dry_run(struct script *script)
{
    script->params.no_dry_run = true;
}

static void neither(struct script *script)
{
    script_without_dry_run(script);
    no_dry_run(script);
}

static void test_plan_no_dry_run(void **state)
{
    static const struct script_row rows[] = {
        {"read=DOWN", "start unverified ok stopped", "switched off"},
        {"read=HALTING", "start unverified in_progress stopping", NULL},
        {"read=UP", "none observed already_running running", NULL},
        {"read=DOWN|owing", "refuse observed insufficient_balance stopped", NULL},
    };

    (void)state;
    script_run_rows(rows, ENS_COUNT(rows), ENS_MODE_PLAN, no_dry_run);
    script_run_rows(rows, ENS_COUNT(rows), ENS_MODE_PLAN, neither);
}

static void passed_before(struct script *script)
{
    script->task.dry_run_known = true;
}

static void refused_before(struct script *script)
{
    script->task.dry_run_known = true;
    script->task.dry_run_reason = ENS_REASON_NO_CAPACITY;
}

static void without_dry_run_passed_before(struct script *script)
{
    script_without_dry_run(script);
    passed_before(script);
}

/* The result of an earlier dry run is used instead of another one, but only for a stopped instance.
 */
static void test_plan_answered_before(void **state)
{
    static const struct script_row passed[] = {
        {"read=DOWN", "start validated ok stopped", "passed when it was planned before"},
        {"read=DOWN%", "start validated ok stopped", "may find no stock"},
        {"read=UP", "none observed already_running running", NULL},
        {"read=BOOTING", "wait observed in_progress starting", NULL},
        {"read=HALTING", "start unverified in_progress stopping", NULL},
        {"read=DOWN|security", "refuse observed locked stopped", NULL},
        {"read=- read=-", "refuse observed not_found absent", NULL},
        {"read!throttled", "refuse unverified throttled unknown", NULL},
    };
    static const struct script_row refused[] = {
        {"read=DOWN", "refuse validated no_capacity stopped", "refused the dry run of the start"},
        {"read=UP", "none observed already_running running", NULL},
    };
    static const struct script_row simulated[] = {
        {"read=DOWN", "start simulated ok stopped", NULL},
    };
    static const struct script_row apply[] = {
        {"read=DOWN start=ok read=UP", "start validated ok running started", NULL},
    };

    (void)state;
    script_run_rows(passed, ENS_COUNT(passed), ENS_MODE_PLAN, passed_before);
    script_run_rows(refused, ENS_COUNT(refused), ENS_MODE_PLAN, refused_before);
    script_run_rows(simulated, 1, ENS_MODE_PLAN, without_dry_run_passed_before);
    script_run_rows(apply, 1, ENS_MODE_APPLY, refused_before);
}

/* A list may be empty because a permission is missing: a probe rules that out first. */
static void test_absence_is_probed(void **state)
{
    static const struct script_row rows[] = {
        {"read=- probe=ok read=-", "refuse observed not_found absent", NULL},
        {"read=- probe=ok read=UP", "none observed already_running running", NULL},
        {"read=- probe!not_found,404", "refuse observed not_found absent", NULL},
        {"read=- probe!permission_denied,403", "refuse unverified permission_denied unknown",
         "lists no such instance"},
        {"read=- probe!throttled", "refuse unverified throttled unknown", NULL},
        {"read=- probe!malformed_response,200", "refuse unverified malformed_response unknown",
         NULL},
        {"read=- deadline", "refuse unverified timed_out unknown", NULL},
        {"read=- probe=ok deadline", "refuse unverified timed_out unknown", NULL},
        {"read=DOWN dry!wrong_state read=- probe=ok read=-", "refuse observed not_found absent",
         NULL},
    };

    (void)state;
    script_run_rows(rows, ENS_COUNT(rows), ENS_MODE_PLAN, script_with_probe);
    script_run_rows(rows, 8, ENS_MODE_APPLY, script_with_probe);
}

/* ---- other members of a result -------------------------------------------------------------- */

static void test_tokens(void **state)
{
    struct script script;

    (void)state;
    script_init(&script, ENS_MODE_PLAN);
    script_begin(&script);
    assert_null(script_run(&script, "read=DOWN dry=ok"));
    assert_true(
        ens_str_is(script.step.result.client_token, "01010101-0101-4101-8101-010101010101"));
    script_done(&script);

    script_init(&script, ENS_MODE_PLAN); /* no token unless a start is planned */
    script_begin(&script);
    assert_null(script_run(&script, "read=UP"));
    assert_int_equal(script.entropy, 0);
    assert_int_equal(script.step.result.client_token.len, 0);
    script_done(&script);

    script_init(&script, ENS_MODE_PLAN);
    script.provider.capabilities = ENS_CAP_DRY_RUN;
    script_begin(&script);
    assert_null(script_run(&script, "read=DOWN dry=ok"));
    assert_int_equal(script.step.result.client_token.len, 0);
    script_done(&script);

    script_init(&script, ENS_MODE_APPLY); /* the token of a saved plan, in every retry */
    script.task.client_token = ENS_STR("of-the-plan");
    script_begin(&script);
    assert_null(script_run(&script, "read=DOWN start!unavailable read=DOWN start=ok read=UP"));
    assert_true(ens_str_is(script.step.result.client_token, "of-the-plan"));
    assert_int_equal(script.entropy, 0);
    script_done(&script);

    script_init(&script, ENS_MODE_APPLY); /* a new token, made once */
    script_begin(&script);
    assert_null(script_run(&script, "read=DOWN start!unavailable read=DOWN start=ok read=UP"));
    assert_int_equal(script.entropy, 1);
    assert_int_equal(script.step.result.client_token.len, 36);
    script_done(&script);
}

static void test_evidence_of_a_plan(void **state)
{
    struct script script;

    (void)state;
    script_init(&script, ENS_MODE_PLAN);
    script_begin(&script);
    assert_null(script_run(&script, "read=DOWN dry!no_capacity,500"));
    assert_int_equal(script.step.result.http_status, 500);
    assert_true(ens_str_is(script.step.result.provider_code, "Code"));
    assert_true(ens_str_is(script.step.result.request_id, "dry_run-id"));
    assert_true(ens_str_is(script.step.result.provider_status, "DOWN"));
    assert_true(ens_str_is(script.step.result.advice, "Ask FakeCloud for more."));
    assert_int_equal(script.step.result.elapsed_ms, 0);
    script_done(&script);

    script_init(&script, ENS_MODE_PLAN); /* a provider of ABI 1.0, without an advice table */
    script.provider.advice = NULL;
    script_begin(&script);
    assert_null(script_run(&script, "read=DOWN dry!no_capacity,500"));
    assert_true(ens_str_is(script.step.result.advice, ens_reason_advice(ENS_REASON_NO_CAPACITY)));
    script_done(&script);

    script_init(&script, ENS_MODE_PLAN);
    script_begin(&script);
    assert_null(script_run(&script, "read=DOWN dry!dry_run_not_honoured,200 read=UP"));
    assert_true(ens_str_is(script.step.result.request_id, "dry_run-id"));
    script_done(&script);

    script_init(&script, ENS_MODE_PLAN); /* no reply of this plan says what is known */
    refused_before(&script);
    script_begin(&script);
    assert_null(script_run(&script, "read=DOWN"));
    assert_int_equal(script.step.result.http_status, 0);
    assert_int_equal(script.step.result.request_id.len, 0);
    assert_true(ens_str_is(script.step.result.advice, "Ask FakeCloud for more."));
    script_done(&script);

    script_init(&script, ENS_MODE_PLAN);
    script_begin(&script);
    assert_null(script_run(&script, "deadline"));
    assert_int_equal(script.step.result.http_status, 0);
    assert_int_equal(script.step.result.provider_status.len, 0);
    script_done(&script);
}

static void test_evidence_of_an_apply(void **state)
{
    struct script script;

    (void)state;
    script_init(&script, ENS_MODE_APPLY); /* request id of the start, not of the last poll */
    script_begin(&script);
    assert_null(script_run(&script, "read=DOWN start=ok read=BOOTING read=UP"));
    assert_int_equal(script.step.result.http_status, 200);
    assert_true(ens_str_is(script.step.result.request_id, "start-id"));
    assert_true(ens_str_is(script.step.result.provider_status, "UP"));
    assert_int_equal(script.step.result.elapsed_ms, 500 + 625);
    assert_true(ens_str_is(script.step.result.start_request_id, "start-id"));
    assert_int_equal(script.reports, 2); /* start accepted, starting */
    script_done(&script);

    script_init(&script, ENS_MODE_APPLY); /* no code of a later probe */
    script_with_probe(&script);
    script_begin(&script);
    assert_null(script_run(&script, "read=DOWN start=ok read=- +5000 read=- read=- probe=ok"));
    assert_int_equal(script.step.result.http_status, 200);
    assert_int_equal(script.step.result.provider_code.len, 0);
    script_done(&script);

    script_init(&script, ENS_MODE_PLAN); /* no code of the probe of an absent instance */
    script_with_probe(&script);
    script_begin(&script);
    assert_null(script_run(&script, "read=- probe=ok read=-"));
    assert_int_equal(script.step.result.provider_code.len, 0);
    assert_int_equal(script.step.result.http_status, 200);
    script_done(&script);
}

static void test_evidence_of_a_failed_apply(void **state)
{
    struct script script;

    (void)state;
    script_init(&script, ENS_MODE_APPLY); /* the start's id outlives a read that fails */
    script_begin(&script);
    assert_null(script_run(&script, "read=DOWN start=ok read!permission_denied,403"));
    assert_true(ens_str_is(script.step.result.start_request_id, "start-id"));
    assert_true(ens_str_is(script.step.result.request_id, "describe-id"));
    script_done(&script);

    script_init(&script, ENS_MODE_APPLY); /* a refused start sets neither */
    script_begin(&script);
    assert_null(script_run(&script, "read=DOWN start!no_capacity,500"));
    assert_int_equal(script.step.result.start_request_id.len, 0);
    assert_false(script.step.result.start_sent);
    script_done(&script);

    script_init(&script, ENS_MODE_APPLY); /* no time for another attempt after in_progress */
    script_begin(&script);
    script.params.deadline_ms = script.now_ms + 500;
    assert_null(script_run(&script, "read=DOWN start!in_progress,412"));
    assert_string_equal(script_brief(&script), "refuse observed timed_out stopped");
    assert_true(ens_str_is(script.step.result.provider_code, "Code"));
    script_done(&script);

    script_init(&script, ENS_MODE_APPLY); /* at the deadline, of the last refusal */
    script_begin(&script);
    assert_null(script_run(&script, "read=DOWN start!in_progress,412 read=DOWN deadline"));
    assert_int_equal(script.step.result.reason, ENS_REASON_TIMED_OUT);
    assert_int_equal(script.step.result.http_status, 412);
    assert_true(ens_str_is(script.step.result.provider_code, "Code"));
    assert_true(ens_str_is(script.step.result.request_id, "start-id"));
    script_done(&script);
}

/* The first poll 0.5 s after the accepted start, then at intervals that grow by 1.25, up to 5 s. */
static void test_polls(void **state)
{
    static const int64_t pauses[] = {500,  625,  781,  976,  1220, 1525, 1906,
                                     2382, 2977, 3721, 4651, 5000, 5000};
    struct script script;

    (void)state;
    script_init(&script, ENS_MODE_APPLY);
    script_begin(&script);
    assert_string_equal(script_run(&script, "read=HALTING read=DOWN start=ok"), "not done");
    for (size_t i = 0; i < ENS_COUNT(pauses); i++) {
        assert_int_equal(script.step.at_ms - script.now_ms, pauses[i]);
        assert_string_equal(script_run(&script, "read=BOOTING"), "not done");
    }
    script_done(&script);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plan_by_state),
        cmocka_unit_test(test_plan_by_dry_run),
        cmocka_unit_test(test_plan_unread),
        cmocka_unit_test(test_plan_simulated),
        cmocka_unit_test(test_plan_no_dry_run),
        cmocka_unit_test(test_plan_answered_before),
        cmocka_unit_test(test_absence_is_probed),
        cmocka_unit_test(test_tokens),
        cmocka_unit_test(test_evidence_of_a_plan),
        cmocka_unit_test(test_evidence_of_an_apply),
        cmocka_unit_test(test_evidence_of_a_failed_apply),
        cmocka_unit_test(test_polls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
