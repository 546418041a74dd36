/* SPDX-License-Identifier: Apache-2.0 */
/* Every decision of an apply, as scripts of the cloud's replies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "task_script.h"

static void test_apply_that_succeeds(void **state)
{
    static const struct script_row rows[] = {
        {"read=UP", "none observed already_running running", NULL},
        {"read=DOWN start=ok read=UP", "start validated ok running started",
         "was started and is running"},
        {"read=DOWN start=ok read=BOOTING read=BOOTING read=UP",
         "start validated ok running started", NULL},
        {"read=DOWN start=ok read=DOWN read=DOWN read=BOOTING read=UP",
         "start validated ok running started", NULL},
        {"read=BOOTING read=BOOTING read=UP", "wait observed ok running", "by itself"},
        {"read=HALTING read=HALTING read=DOWN start=ok read=UP",
         "start validated ok running started", NULL},
        {"read=RESIZING read=UP", "none observed already_running running", NULL},
        {"read=RESIZING read=DOWN start=ok read=UP", "start validated ok running started", NULL},
    };

    (void)state;
    script_run_rows(rows, ENS_COUNT(rows), ENS_MODE_APPLY, NULL);
    script_run_rows(rows, ENS_COUNT(rows), ENS_MODE_APPLY, script_without_dry_run);
}

static void test_apply_refused(void **state)
{
    static const struct script_row rows[] = {
        {"read=- read=-", "refuse observed not_found absent", NULL},
        {"read=BROKEN", "refuse observed wrong_state failed", NULL},
        {"read=NEWWORD", "refuse observed wrong_state unknown", NULL},
        {"read=DOWN|owing", "refuse observed insufficient_balance stopped", NULL},
        {"read=DOWN@", "refuse observed expired stopped", NULL},
        {"read!unavailable,unsent", "refuse unverified unavailable unknown", NULL},
        {"read=DOWN start!no_capacity,500", "refuse validated no_capacity stopped",
         "FakeCloud refused the start: Code: Words of the cloud."},
        {"read=DOWN start!permission_denied,403", "refuse validated permission_denied stopped",
         NULL},
        {"read=DOWN start!token_mismatch", "refuse validated token_mismatch stopped", NULL},
        {"read=DOWN start!not_found,404 read=-", "refuse observed not_found absent", NULL},
        {"read=DOWN start!policy,unsent", "refuse observed policy stopped",
         "The instance is left as it is: Code"},
        {"read=DOWN start!wrong_state,final", "refuse validated wrong_state stopped", NULL},
        {"read=DOWN start!unavailable,unsent,final", "refuse observed unavailable stopped", NULL},
        {"read=DOWN start!unauthenticated,unsent,final", "refuse observed unauthenticated stopped",
         "did not get through"},
        {"read=BOOTING read=BROKEN", "refuse observed wrong_state failed", NULL},
        {"read=HALTING read=DOWN|security", "refuse observed locked stopped", NULL},
    };

    (void)state;
    script_run_rows(rows, ENS_COUNT(rows), ENS_MODE_APPLY, NULL);
}

static void test_apply_again(void **state)
{
    static const struct script_row rows[] = {
        /* The state was wrong: another client started it, or reads lag behind. */
        {"read=DOWN start!wrong_state read=BOOTING read=UP", "wait observed ok running", NULL},
        {"read=DOWN start!wrong_state read=UP", "none observed already_running running", NULL},
        {"read=DOWN start!wrong_state read=DOWN start=ok read=UP",
         "start validated ok running started", NULL},
        /* A retry begins with a read. */
        {"read=DOWN start!throttled,429 read=DOWN start=ok read=UP",
         "start validated ok running started", NULL},
        {"read=DOWN start!throttled,429 read=UP", "none observed already_running running", NULL},
        {"read=DOWN start!in_progress,412 read=DOWN start!in_progress,412 read=DOWN start=ok "
         "read=UP",
         "start validated ok running started", NULL},
        {"read=DOWN start!unavailable,unsent read=DOWN start=ok read=UP",
         "start validated ok running started", NULL},
        /* A lost reply: the next read shows whether the start took effect. */
        {"read=DOWN start!unavailable read=BOOTING read=UP", "start validated ok running started",
         NULL},
        {"read=DOWN start!internal,500 read=UP", "start validated ok running started", NULL},
        {"read=DOWN start!malformed_response,200 read=UP", "start validated ok running started",
         NULL},
        {"read=DOWN start!unavailable read=DOWN start=ok read=UP",
         "start validated ok running started", NULL},
        {"read=DOWN start!unavailable read=DOWN start!wrong_state read=DOWN start!wrong_state "
         "read=BOOTING read=UP",
         "start validated ok running started", NULL},
        {"read=DOWN start!unavailable read=DOWN start!no_capacity,500",
         "start validated no_capacity stopped sent",
         "its answer left open whether it took effect; FakeCloud refused the one that followed"},
        {"read=DOWN start!unavailable read!unavailable read!unavailable read!unavailable "
         "read!unavailable read!unavailable",
         "start unverified ambiguous unknown sent",
         "A start was sent and its answer left open whether it took effect; the instance"},
        {"read=DOWN start!unavailable read!permission_denied,403",
         "start unverified ambiguous unknown sent", NULL},
        {"read=DOWN start!unavailable read!unavailable read=UP",
         "start validated ok running started", NULL},
        {"read=DOWN start!unavailable read!unavailable read=DOWN start=ok read=UP",
         "start validated ok running started", NULL},
    };

    (void)state;
    script_run_rows(rows, ENS_COUNT(rows), ENS_MODE_APPLY, NULL);
}

static void test_apply_gives_up(void **state)
{
    static const struct script_row rows[] = {
        /* The limit of attempts: eight times unavailable, and a last read. */
        {"read=DOWN start!unavailable read=DOWN start!unavailable read=DOWN start!unavailable "
         "read=DOWN start!unavailable read=DOWN start!unavailable read=DOWN start!unavailable "
         "read=DOWN start!unavailable read=DOWN start!unavailable read=DOWN",
         "start observed unavailable stopped sent", "no further start got through: Code: Words"},
        {"read=DOWN start!unavailable,unsent read=DOWN start!unavailable,unsent read=DOWN "
         "start!unavailable,unsent read=DOWN start!unavailable,unsent read=DOWN "
         "start!unavailable,unsent read=DOWN start!unavailable,unsent read=DOWN "
         "start!unavailable,unsent read=DOWN start!unavailable,unsent",
         "refuse observed unavailable stopped", "did not get through: Code: Words"},
        {"read=DOWN start!unavailable read=DOWN start!unavailable read=DOWN start!unavailable "
         "read=DOWN start!unavailable read=DOWN start!unavailable read=DOWN start!unavailable "
         "read=DOWN start!unavailable read=DOWN start!unavailable read=UP",
         "start validated ok running started", NULL},
        /* What was throttled does not count among these. */
        {"read=DOWN start!throttled,429 read=DOWN start!throttled,429 read=DOWN "
         "start!throttled,429 read=DOWN start!throttled,429 read=DOWN start!throttled,429 "
         "read=DOWN start!throttled,429 read=DOWN start!throttled,429 read=DOWN "
         "start!throttled,429 read=DOWN start!unavailable,unsent read=DOWN start=ok read=UP",
         "start validated ok running started", NULL},
        /* At most four starts if the cloud refuses them because of the state. */
        {"read=DOWN start!wrong_state read=DOWN start!wrong_state read=DOWN start!wrong_state "
         "read=DOWN start!wrong_state",
         "refuse validated wrong_state stopped", NULL},
    };

    (void)state;
    script_run_rows(rows, ENS_COUNT(rows), ENS_MODE_APPLY, NULL);
}

/* An instance that is starting by itself, but is stopped in the end, is started. */
static void test_apply_of_starting_instance(void **state)
{
    static const struct script_row rows[] = {
        {"read=BOOTING read=DOWN start=ok read=UP", "start validated ok running started", NULL},
        {"read=BOOTING read=DOWN start=ok read=DOWN read=UP", "start validated ok running started",
         NULL},
        {"read=BOOTING read=DOWN start=ok read=BOOTING read=DOWN",
         "start validated fell_back stopped started", NULL},
        {"read=BOOTING read=DOWN start!unavailable read=DOWN start=ok read=UP",
         "start validated ok running started", NULL},
        {"read=DOWN start!wrong_state read=BOOTING read=DOWN start=ok read=UP",
         "start validated ok running started", NULL},
    };

    (void)state;
    script_run_rows(rows, ENS_COUNT(rows), ENS_MODE_APPLY, NULL);
}

static void test_apply_after_the_start(void **state)
{
    static const struct script_row rows[] = {
        {"read=DOWN start=ok read=BOOTING read=DOWN", "start validated fell_back stopped started",
         "fell back"},
        {"read=DOWN start=ok +29000 read=DOWN read=UP", "start validated ok running started", NULL},
        {"read=DOWN start=ok +30000 read=DOWN", "start validated fell_back stopped started",
         "still stopped"},
        {"read=DOWN start=ok read=HALTING read=HALTING read=UP",
         "start validated ok running started", NULL},
        {"read=DOWN start!unavailable read=BOOTING read=DOWN",
         "start validated fell_back stopped started", NULL},
        {"read=DOWN start=ok read=BROKEN", "start validated wrong_state failed started",
         "The start was accepted, but the instance is in a state"},
        {"read=DOWN start=ok read=UNPAID", "start validated expired failed started", NULL},
        {"read=DOWN start=ok read=GOING", "start validated not_found deleting started", NULL},
        /* Transient errors of polls only delay the wait; a refusal of a poll ends it. */
        {"read=DOWN start=ok read!throttled read!unavailable read!internal read!unavailable "
         "read!unavailable read!unavailable read!unavailable read=UP",
         "start validated ok running started", NULL},
        {"read=DOWN start=ok read!permission_denied,403",
         "start unverified permission_denied unknown started", "The start was accepted, but"},
        {"read=BOOTING read!unavailable read=UP", "wait observed ok running", NULL},
        {"read=DOWN start=ok read=BOOTING read!unavailable deadline",
         "start validated timed_out starting started", NULL},
    };

    (void)state;
    script_run_rows(rows, ENS_COUNT(rows), ENS_MODE_APPLY, NULL);
}

/* After a start was sent, a read without the instance or with an unknown word decides only if it is
 * the third in a row and 5 s after the first. */
static void test_odd_reads(void **state)
{
    static const struct script_row rows[] = {
        {"read=DOWN start=ok read=- read=UP", "start validated ok running started", NULL},
        {"read=DOWN start=ok read=NEWWORD read=UP", "start validated ok running started", NULL},
        {"read=DOWN start=ok read= read=- read=GONE read!not_found,404 read=UP",
         "start validated ok running started", NULL},
        {"read=DOWN start=ok read=- read=NEWWORD +5000 read=-",
         "start validated not_found absent started",
         "The start was accepted, but FakeCloud has no "
         "such instance in moon-1."},
        /* ... but absent only after two reads without it. */
        {"read=DOWN start=ok read=NEWWORD read=NEWWORD +5000 read=- read=UP",
         "start validated ok running started", NULL},
        {"read=DOWN start=ok read=NEWWORD read=NEWWORD +5000 read=- read=-",
         "start validated not_found absent started", NULL},
        {"read=DOWN start=ok read=- +5000 read=- read=NEWWORD",
         "start validated wrong_state unknown started", "NEWWORD"},
        {"read=DOWN start=ok read=- read=- +4000 read=- read=UP",
         "start validated ok running started", NULL},
        {"read=DOWN start=ok read=- +5000 read=BOOTING read=- read=UP",
         "start validated ok running started", NULL},
        {"read=DOWN start=ok read=- read!unavailable +5000 read=- read=-",
         "start validated not_found absent started", NULL},
        {"read=DOWN start=ok read=- deadline", "start validated timed_out stopped started", NULL},
        {"read=DOWN start!unavailable read=- read=BOOTING read=UP",
         "start validated ok running started", NULL},
        {"read=DOWN start!unavailable read=NEWWORD read=DOWN start=ok read=UP",
         "start validated ok running started", NULL},
        {"read=DOWN start!unavailable read=- read=- +5000 read=-",
         "start observed not_found absent sent",
         "took effect; FakeCloud has no such instance in moon-1."},
        {"read=DOWN start!unavailable,lost read=- read=- +5000 read=-",
         "start observed not_found absent sent",
         "A start was sent and its answer was lost; FakeCloud has no such instance in moon-1."},
        {"read=DOWN start!unavailable,lost read=BROKEN", "start observed wrong_state failed sent",
         "its answer was lost; the instance is in a state that it can't be started from (BROKEN)."},
    };
    static const struct script_row probed[] = {
        {"read=DOWN start=ok read=NEWWORD read=NEWWORD +5000 read=- probe=ok read=UP",
         "start validated ok running started", NULL},
        {"read=DOWN start=ok read=- read=- +5000 read=- probe=ok",
         "start validated not_found absent started", NULL},
        {"read=DOWN start=ok read=- read=- +5000 read=- probe!permission_denied,403",
         "start unverified permission_denied unknown started", NULL},
    };

    (void)state;
    script_run_rows(rows, ENS_COUNT(rows), ENS_MODE_APPLY, NULL);
    script_run_rows(probed, ENS_COUNT(probed), ENS_MODE_APPLY, script_with_probe);
}

static void test_apply_ended(void **state)
{
    static const struct script_row rows[] = {
        {"deadline", "refuse unverified timed_out unknown", NULL},
        {"cancel", "refuse unverified cancelled unknown", NULL},
        {"read=BOOTING deadline", "wait observed timed_out starting", NULL},
        {"read=HALTING cancel", "wait observed cancelled stopping", "was not started"},
        {"read=DOWN cancel", "refuse observed cancelled stopped", "it is stopped"},
        {"read=DOWN cancel~", "start observed cancelled stopped sent", "ambiguous"},
        {"read=DOWN deadline~", "start observed timed_out stopped sent", "ambiguous"},
        {"read=DOWN start!unavailable deadline", "start observed timed_out stopped sent",
         "ambiguous"},
        {"read=DOWN start!throttled,429 deadline", "refuse observed timed_out stopped",
         "it is stopped (the last answer: Code: Words of the cloud)."},
        {"read=DOWN start=ok deadline", "start validated timed_out stopped started", NULL},
        {"read=DOWN start=ok read=BOOTING deadline", "start validated timed_out starting started",
         "(BOOTING)"},
        {"read=DOWN start=ok read=BOOTING cancel~", "start validated cancelled starting started",
         NULL},
    };

    (void)state;
    script_run_rows(rows, ENS_COUNT(rows), ENS_MODE_APPLY, NULL);
}

static void read_only(struct script *script)
{
    script->task.read_only = true;
}

static void test_apply_of_read_only_target(void **state)
{
    static const struct script_row rows[] = {
        {"read=UP", "none observed already_running running", NULL},
        {"read=BOOTING read=UP", "wait observed ok running", NULL},
        {"read=DOWN", "refuse observed wrong_state stopped", "changed since the plan"},
        {"read=HALTING read=DOWN", "refuse observed wrong_state stopped", "changed since the plan"},
        {"read=RESIZING read=UP", "none observed already_running running", NULL},
        {"read=BOOTING read=DOWN", "refuse observed wrong_state stopped", "changed since the plan"},
        {"read=- read=-", "refuse observed not_found absent", NULL},
    };

    (void)state;
    script_run_rows(rows, ENS_COUNT(rows), ENS_MODE_APPLY, read_only);
}

static void without_tokens(struct script *script)
{
    script->provider.capabilities = ENS_CAP_DRY_RUN;
}

/* Without client tokens a second start is not sent before ENS_LAG_MS, because the first one may
 * take effect late. */
static void test_reads_without_tokens(void **state)
{
    static const struct script_row rows[] = {
        {"read=DOWN start!unavailable read=DOWN read=DOWN read=DOWN start=ok read=UP",
         "start validated ok running started", NULL},
        {"read=DOWN start!unavailable read=DOWN read=DOWN read=BOOTING read=UP",
         "start validated ok running started", NULL},
        {"read=DOWN start!unavailable read=DOWN read=UP", "start validated ok running started",
         NULL},
        {"read=DOWN start!unavailable +4000 read=DOWN start=ok read=UP",
         "start validated ok running started", NULL},
        {"read=DOWN start!throttled,429 read=DOWN start=ok read=UP",
         "start validated ok running started", NULL},
    };
    static const int64_t looks[] = {500, 1500, 4000};
    struct script script;

    (void)state;
    script_run_rows(rows, ENS_COUNT(rows), ENS_MODE_APPLY, without_tokens);
    script_init(&script, ENS_MODE_APPLY);
    without_tokens(&script);
    script_begin(&script);
    assert_string_equal(script_run(&script, "read=DOWN start!unavailable"), "not done");
    const int64_t lost_ms = script.now_ms;
    for (size_t i = 0; i < ENS_COUNT(looks); i++) {
        assert_int_equal(script.step.kind, ENS_CALL_READ);
        assert_int_equal(script.step.at_ms - lost_ms, looks[i]);
        assert_string_equal(script_run(&script, "read=DOWN"), "not done");
    }
    assert_int_equal(script.step.kind, ENS_CALL_START);
    script_done(&script);
}

static void planned(struct script *script)
{
    script->task.client_token = ENS_STR("of-the-plan");
    script->task.planned_token = true;
}

/* A cloud answers a repeated token like the first time, without starting anything. */
static void test_repeated_token(void **state)
{
    static const struct script_row rows[] = {
        {"read=DOWN start=ok read=DOWN +30000 read=DOWN",
         "start validated wrong_state stopped sent", "accepted a repeated token"},
        {"read=DOWN start=ok read=HALTING +30000 read=DOWN",
         "start validated fell_back stopped started", NULL},
        {"read=DOWN start=ok read=BOOTING read=DOWN", "start validated fell_back stopped started",
         NULL},
        {"read=DOWN start=ok read=DOWN read=UP", "start validated ok running started", NULL},
    };
    struct script script;

    (void)state;
    script_run_rows(rows, ENS_COUNT(rows), ENS_MODE_APPLY, planned);
    script_init(&script, ENS_MODE_APPLY);
    planned(&script);
    script_begin(&script);
    assert_null(script_run(&script, rows[0].line));
    assert_true(ens_str_is(script.step.result.start_request_id, "start-id"));
    script_done(&script);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_apply_that_succeeds),
        cmocka_unit_test(test_apply_refused),
        cmocka_unit_test(test_apply_again),
        cmocka_unit_test(test_apply_gives_up),
        cmocka_unit_test(test_apply_of_starting_instance),
        cmocka_unit_test(test_apply_after_the_start),
        cmocka_unit_test(test_odd_reads),
        cmocka_unit_test(test_reads_without_tokens),
        cmocka_unit_test(test_repeated_token),
        cmocka_unit_test(test_apply_ended),
        cmocka_unit_test(test_apply_of_read_only_target),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
