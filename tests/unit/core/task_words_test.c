/* SPDX-License-Identifier: Apache-2.0 */
/* Texts of results: advice, the basis of a plan, and filtered texts of the cloud. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "task_script.h"

/* Advice by the code, else by the end of the task, else by the reason. */
static void test_advice(void **state)
{
    static const struct {
        const char *line;
        const char *advice;
    } rows[] = {
        {"read=DOWN dry!wrong_state,code:DiskGone,final", "Ask FakeCloud for a disk."},
        {"read=DOWN dry!no_capacity,code:DiskGone", "Ask FakeCloud for a disk."},
        {"read=DOWN dry!no_capacity", "Ask FakeCloud for more."},
        {"read=DOWN dry!in_progress",
         "Run it again in a minute: the cloud is still busy with an earlier request for this "
         "instance."},
        {"read=HALTING",
         "An apply waits for that and starts it then; to have the start checked first, "
         "plan again once it has stopped."},
        {"read=RESIZING", "An apply waits for that and starts it then; to have the start checked "
                          "first, plan again once it has stopped."},
        {"read=BOOTING", "Nothing to do: the instance is changing by itself and is waited for."},
        {"read!malformed_response",
         "Run it again; if it goes on, report the request id to the cloud's support: its answer "
         "can't be read."},
        {"read!malformed_response,proxy",
         "Check the endpoint and any proxy in between: the answer was not the cloud's."},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        struct script script;
        script_init(&script, ENS_MODE_PLAN);
        script_begin(&script);
        assert_null(script_run(&script, rows[i].line));
        if (!ens_str_is(script.step.result.advice, rows[i].advice)) {
            fail_msg("%s: %.*s", rows[i].line, ENS_STR_ARG(script.step.result.advice));
        }
        script_done(&script);
    }
}

/* The message of a plan says what the dry run has checked, and warns if the capacity was released.
 */
static void test_basis_of_a_plan(void **state)
{
    static const struct {
        const char *line;
        bool checks;
        bool warns;
    } rows[] = {
        {"read=DOWN dry=ok", true, false},
        {"read=DOWN% dry=ok", true, true},
        {"read=DOWN% dry!permission_denied,403", false, true},
        {"read=DOWN% dry!unavailable", false, true},
        {"read=DOWN% dry!no_capacity", false, false},
        {"read=DOWN% dry!wrong_state read=DOWN dry=ok", true, false},
        {"read=UP%", false, false},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        struct script script;
        script_init(&script, ENS_MODE_PLAN);
        script_begin(&script);
        assert_null(script_run(&script, rows[i].line));
        const char *message = ens_arena_dup(script.arena, script.step.result.message).ptr;
        const bool checks = strstr(message, " The dry run checks everything.") != NULL;
        const bool warns = strstr(message, " Warning: its capacity is not kept") != NULL;
        if (checks != rows[i].checks || warns != rows[i].warns) {
            fail_msg("%s: %s", rows[i].line, message);
        }
        script_done(&script);
    }
}

/* The progress of an apply, whose sentence and status must not contradict each other. */
static void test_progress_of_an_apply(void **state)
{
    static const struct {
        const char *line;
        enum ens_status status;
        const char *message;
    } rows[] = {
        {"read=BOOTING", ENS_STATUS_STARTING, "The instance is coming up by itself (BOOTING)."},
        {"read=HALTING", ENS_STATUS_STOPPING,
         "The instance is stopping (HALTING); it is started once it has stopped."},
        {"read=RESIZING", ENS_STATUS_BUSY,
         "The instance is changing (RESIZING); it is started if it is stopped after that."},
        {"read=DOWN start=ok", ENS_STATUS_STOPPED, "The start was accepted."},
        {"read=DOWN start=ok read=DOWN", ENS_STATUS_STOPPED,
         "The start was accepted; the cloud does not show it yet (DOWN)."},
        {"read=DOWN start=ok read=HALTING", ENS_STATUS_STOPPING,
         "The start was accepted; the cloud does not show it yet (HALTING)."},
        {"read=DOWN start=ok read=BOOTING", ENS_STATUS_STARTING,
         "The start was accepted; the instance is on its way (BOOTING)."},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        struct script script;
        script_init(&script, ENS_MODE_APPLY);
        script_begin(&script);
        assert_string_equal(script_run(&script, rows[i].line), "not done");
        const struct ens_result *result = &script.step.result;
        assert_true(script.step.report);
        assert_int_equal(result->status, rows[i].status);
        if (!ens_str_is(result->message, rows[i].message)) {
            fail_msg("%s: %.*s", rows[i].line, ENS_STR_ARG(result->message));
        }
        script_done(&script);
    }
}

/* Request ids are shown by every front end, so they are filtered. */
static void test_request_id_is_filtered(void **state)
{
    struct script script;
    const struct ens_outcome accepted = {.kind = ENS_CALL_START,
                                         .sent = true,
                                         .http_status = 200,
                                         .request_id = ENS_STR("x\xe2\x80\xa8y")};
    const struct ens_observation seen = {.struct_size = sizeof(seen), .word = ENS_STR("DOWN")};
    const struct ens_outcome read = {.kind = ENS_CALL_READ, .http_status = 200, .seen = &seen};

    (void)state;
    script_init(&script, ENS_MODE_APPLY);
    script_begin(&script);
    script_give(&script, &read);
    script_give(&script, &accepted);
    assert_null(script_run(&script, "read=UP"));
    assert_true(ens_str_is(script.step.result.request_id, "x\xef\xbf\xbdy"));
    script_done(&script);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_advice),
        cmocka_unit_test(test_basis_of_a_plan),
        cmocka_unit_test(test_progress_of_an_apply),
        cmocka_unit_test(test_request_id_is_filtered),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
