/* SPDX-License-Identifier: Apache-2.0 */
/* Every decision of a wait, as scripts of the cloud's replies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "task_script.h"

static void test_until_it_runs(void **state)
{
    static const struct script_row rows[] = {
        {"read=UP", "none observed already_running running", "is running"},
        {"read=BOOTING read=BOOTING read=UP", "none observed already_running running", NULL},
        {"read=DOWN read=DOWN read=BOOTING read=UP", "none observed already_running running", NULL},
        {"read=DOWN|security read=UP", "none observed already_running running", NULL},
        {"read=DOWN@ read=UP", "none observed already_running running", NULL},
        {"read=FROZEN read=UP", "none observed already_running running", NULL},
        {"read=HALTING read=DOWN read=UP", "none observed already_running running", NULL},
        {"read=RESIZING read=UP", "none observed already_running running", NULL},
        {"read=NEWWORD read=FUTURE read=UP", "none observed already_running running", NULL},
        {"read=- read=DOWN read=UP", "none observed already_running running", NULL},
        {"read!unavailable read!throttled read=UP", "none observed already_running running", NULL},
        {"read=DOWN read!internal read=UP", "none observed already_running running", NULL},
    };

    (void)state;
    script_run_rows(rows, ENS_COUNT(rows), ENS_MODE_WAIT, NULL);
    script_run_rows(rows, ENS_COUNT(rows), ENS_MODE_WAIT, script_without_dry_run);
}

/* Nothing that is waited for can come any more. */
static void test_that_ends_at_once(void **state)
{
    static const struct script_row rows[] = {
        {"read=BROKEN", "refuse observed wrong_state failed", "(BROKEN)"},
        {"read=UNPAID", "refuse observed expired failed", NULL},
        {"read=GOING", "refuse observed not_found deleting", NULL},
        {"read=- read=-", "refuse observed not_found absent", "no such instance in moon-1"},
        {"read=DOWN read!not_found,404 read=-", "refuse observed not_found absent", NULL},
        {"read=BOOTING read=BROKEN", "refuse observed wrong_state failed", NULL},
        {"read!permission_denied,403", "refuse unverified permission_denied unknown",
         "could not be read"},
        {"read=DOWN read!unauthenticated,401", "refuse unverified unauthenticated unknown", NULL},
        {"read!unavailable,unsent,final", "refuse unverified unavailable unknown", NULL},
    };
    static const struct script_row probed[] = {
        {"read=- probe=ok read=-", "refuse observed not_found absent", NULL},
        {"read=DOWN read=- probe!permission_denied,403",
         "refuse unverified permission_denied unknown", "missing permission"},
    };

    (void)state;
    script_run_rows(rows, ENS_COUNT(rows), ENS_MODE_WAIT, NULL);
    script_run_rows(probed, ENS_COUNT(probed), ENS_MODE_WAIT, script_with_probe);
}

static void test_until_the_time_is_up(void **state)
{
    static const struct script_row rows[] = {
        {"read=DOWN deadline", "wait observed timed_out stopped",
         "Time ran out before the instance was started; it is stopped, and a wait starts nothing."},
        {"read=BOOTING read=BOOTING deadline~", "wait observed timed_out starting",
         "Time ran out before the instance was seen running (BOOTING)."},
        {"read=HALTING deadline", "wait observed timed_out stopping", "(HALTING)"},
        {"read=RESIZING deadline", "wait observed timed_out busy", "(RESIZING)"},
        {"read=BOOTING read!unavailable deadline", "wait observed timed_out starting", NULL},
        {"read=NEWWORD deadline", "wait unverified timed_out unknown", NULL},
        {"read!unavailable read!unavailable deadline", "wait unverified timed_out unknown",
         "before the instance was seen running"},
        {"deadline~", "wait unverified timed_out unknown", NULL},
        {"read=DOWN cancel", "wait observed cancelled stopped", "Cancelled before"},
        {"cancel", "wait unverified cancelled unknown", NULL},
    };

    (void)state;
    script_run_rows(rows, ENS_COUNT(rows), ENS_MODE_WAIT, NULL);
}

/* Each read is told, and the pauses between them are those of an apply. */
static void test_pauses(void **state)
{
    static const int64_t pauses_ms[] = {500,  625,  781,  976,  1220, 1525, 1906,
                                        2382, 2977, 3721, 4651, 5000, 5000};
    struct ens_observation seen = {
        .struct_size = sizeof(seen), .id = ENS_STR("i-1"), .word = ENS_STR("DOWN")};
    const struct ens_outcome stopped = {
        .kind = ENS_CALL_READ, .sent = true, .http_status = 200, .seen = &seen};
    struct script script;

    (void)state;
    script_init(&script, ENS_MODE_WAIT);
    script_begin(&script);
    for (size_t i = 0; i < ENS_COUNT(pauses_ms); i++) {
        script_give(&script, &stopped);
        assert_false(script.step.done);
        assert_int_equal(script.step.kind, ENS_CALL_READ);
        assert_int_equal(script.step.at_ms - script.now_ms, pauses_ms[i]);
        assert_int_equal(script.reports, i + 1);
        assert_int_equal(script.step.result.action, ENS_ACTION_WAIT);
        assert_int_equal(script.step.result.reason, ENS_REASON_IN_PROGRESS);
        assert_int_equal(script.step.result.client_token.len, 0);
    }
    script_done(&script);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_until_it_runs),
        cmocka_unit_test(test_that_ends_at_once),
        cmocka_unit_test(test_until_the_time_is_up),
        cmocka_unit_test(test_pauses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
