/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "cli/exit_code.h"
#include "cli/progress.h"

#define NONE    ENS_ACTION_NONE
#define START   ENS_ACTION_START
#define WAIT    ENS_ACTION_WAIT
#define REFUSE  ENS_ACTION_REFUSE
#define RUNNING ENS_STATUS_RUNNING
#define STOPPED ENS_STATUS_STOPPED
#define UNKNOWN ENS_STATUS_UNKNOWN

static const struct ens_result running = {.action = NONE, .status = RUNNING};
static const struct ens_result to_start = {.action = START, .status = STOPPED};
static const struct ens_result to_wait = {.action = WAIT, .status = ENS_STATUS_STARTING};
static const struct ens_result started = {.action = START, .status = RUNNING, .started = true};
static const struct ens_result refused = {
    .action = REFUSE, .status = STOPPED, .reason = ENS_REASON_NO_CAPACITY};
static const struct ens_result unread = {
    .action = REFUSE, .status = UNKNOWN, .reason = ENS_REASON_UNAVAILABLE};
static const struct ens_result stranger = {
    .action = REFUSE, .status = UNKNOWN, .reason = ENS_REASON_UNAUTHENTICATED};
static const struct ens_result misled = {
    .action = REFUSE, .status = UNKNOWN, .reason = ENS_REASON_INVALID_ARGUMENT};
static const struct ens_result wrong_key = {
    .action = REFUSE, .status = UNKNOWN, .reason = ENS_REASON_UNAUTHENTICATED, .http_status = 401};
static const struct ens_result slow = {.action = START,
                                       .status = ENS_STATUS_STARTING,
                                       .reason = ENS_REASON_TIMED_OUT,
                                       .start_sent = true};
static const struct ens_result lost = {
    .action = START, .status = STOPPED, .reason = ENS_REASON_TIMED_OUT, .start_sent = true};
static const struct ens_result stuck = {
    .action = WAIT, .status = ENS_STATUS_STOPPING, .reason = ENS_REASON_TIMED_OUT};
static const struct ens_result late = {
    .action = REFUSE, .status = STOPPED, .reason = ENS_REASON_TIMED_OUT};
static const struct ens_result cancelled = {
    .action = REFUSE, .status = UNKNOWN, .reason = ENS_REASON_CANCELLED};
static const struct ens_result absent = {
    .action = REFUSE, .status = ENS_STATUS_ABSENT, .reason = ENS_REASON_NOT_FOUND};
static const struct ens_result fell_back = {
    .action = START, .status = STOPPED, .reason = ENS_REASON_FELL_BACK, .started = true};

static const struct ens_result failed = {
    .action = REFUSE, .status = ENS_STATUS_FAILED, .reason = ENS_REASON_EXPIRED};
static const struct ens_result going = {
    .action = REFUSE, .status = ENS_STATUS_DELETING, .reason = ENS_REASON_NOT_FOUND};

#define MOST 3

static const struct {
    const char *name;
    enum ens_view view;
    enum ens_exit_code code;
    const struct ens_result *results[MOST]; /* NULL ends the list */
} codes[] = {
    {"an empty plan", ENS_VIEW_PLAN, ENS_EXIT_OK, {NULL}},
    {"an empty apply", ENS_VIEW_APPLY, ENS_EXIT_OK, {NULL}},
    {"all running", ENS_VIEW_PLAN, ENS_EXIT_OK, {&running, &running}},
    {"waiting is not starting", ENS_VIEW_PLAN, ENS_EXIT_OK, {&running, &to_wait}},
    {"a start is pending", ENS_VIEW_PLAN, ENS_EXIT_PENDING, {&running, &to_start}},
    {"a refusal beats a start", ENS_VIEW_PLAN, ENS_EXIT_FAILED, {&to_start, &refused}},
    {"not read is refused", ENS_VIEW_PLAN, ENS_EXIT_FAILED, {&running, &unread}},
    {"no credentials for any", ENS_VIEW_PLAN, ENS_EXIT_USAGE, {&stranger, &stranger}},
    {"no credentials for one cloud", ENS_VIEW_PLAN, ENS_EXIT_FAILED, {&stranger, &to_start}},
    {"no endpoint, and no credentials", ENS_VIEW_PLAN, ENS_EXIT_USAGE, {&misled, &stranger}},
    {"a wrong key was answered", ENS_VIEW_PLAN, ENS_EXIT_FAILED, {&wrong_key}},
    {"all run", ENS_VIEW_APPLY, ENS_EXIT_OK, {&running, &started}},
    {"still starting", ENS_VIEW_APPLY, ENS_EXIT_UNFINISHED, {&started, &slow}},
    {"a start was sent", ENS_VIEW_APPLY, ENS_EXIT_UNFINISHED, {&started, &lost}},
    {"on its way", ENS_VIEW_APPLY, ENS_EXIT_UNFINISHED, {&stuck}},
    {"cancelled", ENS_VIEW_APPLY, ENS_EXIT_UNFINISHED, {&started, &cancelled}},
    {"a failure beats still starting", ENS_VIEW_APPLY, ENS_EXIT_FAILED, {&slow, &fell_back}},
    {"a refusal beats cancelled", ENS_VIEW_APPLY, ENS_EXIT_FAILED, {&cancelled, &refused}},
    {"timed out before it was started", ENS_VIEW_APPLY, ENS_EXIT_FAILED, {&late}},
    {"apply refused", ENS_VIEW_APPLY, ENS_EXIT_FAILED, {&started, &refused}},
    {"apply without credentials", ENS_VIEW_APPLY, ENS_EXIT_USAGE, {&stranger}},
    {"any state is a status", ENS_VIEW_STATUS, ENS_EXIT_OK, {&running, &to_start, &refused}},
    {"a status that is absent", ENS_VIEW_STATUS, ENS_EXIT_FAILED, {&running, &absent}},
    {"a status that was not read", ENS_VIEW_STATUS, ENS_EXIT_FAILED, {&running, &unread}},
    {"a status without credentials", ENS_VIEW_STATUS, ENS_EXIT_USAGE, {&stranger}},
    {"a status that is failed", ENS_VIEW_STATUS, ENS_EXIT_OK, {&failed, &going}},
    {"a wait that has ended, shown", ENS_VIEW_STATUS, ENS_EXIT_UNFINISHED, {&running, &stuck}},
};

static struct ens_document document_of(enum ens_view view, struct ens_result *results,
                                       const struct ens_result *const *list)
{
    static const enum ens_document_kind kinds[] = {[ENS_VIEW_PLAN] = ENS_DOCUMENT_PLAN,
                                                   [ENS_VIEW_APPLY] = ENS_DOCUMENT_APPLY,
                                                   [ENS_VIEW_STATUS] = ENS_DOCUMENT_STATUS};
    struct ens_document document = {.kind = kinds[view], .results = results};

    while (document.count < MOST && list[document.count] != NULL) {
        results[document.count] = *list[document.count];
        ens_document_count_result(&document, &results[document.count]);
        document.count++;
    }
    return document;
}

static void test_exit_codes(void **state)
{
    (void)state;
    for (size_t i = 0; i < ENS_COUNT(codes); i++) {
        struct ens_result results[MOST];
        const struct ens_document document = document_of(codes[i].view, results, codes[i].results);
        const struct ens_report report = {.view = codes[i].view, .document = &document};
        if (ens_exit_code_of(&report, true) != codes[i].code) {
            fail_msg("%s: %d", codes[i].name, (int)ens_exit_code_of(&report, true));
        }
        enum ens_exit_code plain = ens_exit_code_of(&report, false);
        assert_int_equal(plain, codes[i].code == ENS_EXIT_PENDING ? ENS_EXIT_OK : codes[i].code);
    }
}

static void test_exit_codes_of_a_wait(void **state)
{
    static const struct {
        const char *name;
        enum ens_exit_code code;
        const struct ens_result *results[MOST];
    } rows[] = {
        {"a wait until all run", ENS_EXIT_OK, {&running, &running}},
        {"a wait for one that is failed", ENS_EXIT_FAILED, {&running, &failed}},
        {"a wait for one that goes", ENS_EXIT_FAILED, {&running, &going}},
        {"a wait for an absent one", ENS_EXIT_FAILED, {&stuck, &absent}},
        {"a wait that read nothing", ENS_EXIT_FAILED, {&unread, &stuck}},
        {"a wait that was too short", ENS_EXIT_UNFINISHED, {&late, &stuck}},
        {"a wait without credentials", ENS_EXIT_USAGE, {&stranger}},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        struct ens_result results[MOST];
        const struct ens_document document = document_of(ENS_VIEW_STATUS, results, rows[i].results);
        const struct ens_report report = {
            .view = ENS_VIEW_STATUS, .wait = true, .document = &document};
        if (ens_exit_code_of(&report, false) != rows[i].code) {
            fail_msg("%s: %d", rows[i].name, (int)ens_exit_code_of(&report, false));
        }
    }
}

static void test_changed(void **state)
{
    static const struct {
        enum ens_action planned;
        enum ens_status was;
        enum ens_action found;
        enum ens_status is;
        bool changed;
    } rows[] = {
        {NONE, RUNNING, NONE, RUNNING, false},
        {NONE, RUNNING, REFUSE, STOPPED, true},
        {NONE, RUNNING, WAIT, RUNNING, true},
        {START, STOPPED, START, RUNNING, false},
        {START, STOPPED, START, STOPPED, false},
        {START, STOPPED, NONE, RUNNING, true},
        {START, STOPPED, WAIT, RUNNING, true},
        {START, STOPPED, REFUSE, STOPPED, false},
        {START, STOPPED, REFUSE, ENS_STATUS_ABSENT, true},
        {START, STOPPED, REFUSE, UNKNOWN, false},
        {WAIT, ENS_STATUS_STARTING, NONE, RUNNING, false},
        {WAIT, ENS_STATUS_STARTING, WAIT, RUNNING, false},
        {WAIT, ENS_STATUS_STARTING, START, RUNNING, true},
        {REFUSE, STOPPED, REFUSE, STOPPED, false},
        {REFUSE, ENS_STATUS_FAILED, REFUSE, STOPPED, true},
        {REFUSE, STOPPED, NONE, RUNNING, true},
        {REFUSE, STOPPED, NONE, UNKNOWN, false},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        const struct ens_result planned = {.action = rows[i].planned, .status = rows[i].was};
        const struct ens_result found = {.action = rows[i].found, .status = rows[i].is};
        if (ens_result_changed(&planned, &found) != rows[i].changed) {
            fail_msg("row %zu", i);
        }
    }
}

/* More results of a kind than the initial capacity of a list, in the order of the document. */
static void test_notes_hold_many(void **state)
{
    enum { COUNT = 1000 };
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_result *results = ens_arena_array(arena, COUNT, sizeof(*results));
    const struct ens_document document = {.results = results, .count = COUNT};
    const struct ens_report report = {.view = ENS_VIEW_PLAN, .document = &document};

    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        results[i] = i % 2 == 0 ? refused : unread;
        results[i].advice = i % 4 == 0 ? ENS_STR("other") : ENS_STR("one");
    }
    const struct ens_notes notes = ens_notes_of(arena, &report);
    assert_int_equal(notes.count, 3);
    assert_int_equal(notes.items[0].count, COUNT / 4);
    assert_int_equal(notes.items[1].count, COUNT / 2);
    assert_int_equal(notes.items[1].reason, ENS_REASON_UNAVAILABLE);
    for (size_t i = 0; i < ENS_NOTES_MAX; i++) {
        assert_int_equal(notes.items[1].indexes[i], 2 * i + 1);
    }
}

static void test_progress_line(void **state)
{
    const struct ens_style style = {.ascii = true, .width = 79};
    const struct ens_style plain = {0};
    const struct ens_style tight = {.ascii = true, .width = 40};
    struct ens_progress_counts progress = {
        .view = ENS_VIEW_APPLY, .total = 4, .done = 1, .failed = 1, .elapsed_ms = 1500};
    ENS_AUTO_BUF out = ens_buf_new(1000);

    (void)state;
    progress.by_status[ENS_STATUS_STARTING] = 2;
    progress.by_status[ENS_STATUS_STOPPED] = 1;
    ens_progress_text(&out, &progress, &style);
    assert_string_equal(ens_buf_text(&out), "applying #####............... 1/4, 2 starting, "
                                            "1 stopped, 1 failed  1.5 s");
    ens_buf_reset(&out);
    ens_progress_text(&out, &progress, &tight);
    assert_string_equal(ens_buf_text(&out), "applying #####............... 1/4, 2 s\xE2\x80\xA6");
    ens_buf_reset(&out);
    ens_progress_text(&out, &progress, &plain);
    assert_string_equal(ens_buf_text(&out), "applying 1/4, 2 starting, 1 stopped, 1 failed  1.5 s");
}

/* Only instances with a selected action or reason are shown. */
static void test_progress_of_a_find(void **state)
{
    ENS_AUTO_BUF out = ens_buf_new(4096);
    struct ens_progress_counts progress = {.find = true, .done = 1, .elapsed_ms = 12000};

    (void)state;
    ens_progress_text(&out, &progress, &(struct ens_style){0});
    assert_string_equal(ens_buf_text(&out), "finding: 1 instance  12.0 s");
    ens_buf_reset(&out);
    progress.done = 1234;
    ens_progress_text(&out, &progress, &(struct ens_style){.width = 20});
    assert_string_equal(ens_buf_text(&out), "finding: 1234 insta\xE2\x80\xA6");
}

static void test_only(void **state)
{
    const struct ens_document document = {0};
    struct ens_report report = {.view = ENS_VIEW_PLAN, .document = &document};

    (void)state;
    assert_true(ens_report_shows(&report, &running));
    report.only = (struct ens_only){.actions = 1u << START};
    assert_false(ens_report_shows(&report, &running));
    assert_true(ens_report_shows(&report, &to_start));
    assert_false(ens_report_shows(&report, &refused));
    report.only.reasons = 1u << ENS_REASON_NO_CAPACITY;
    assert_true(ens_report_shows(&report, &to_start));
    assert_true(ens_report_shows(&report, &refused));
    assert_false(ens_report_shows(&report, &unread));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exit_codes),    cmocka_unit_test(test_exit_codes_of_a_wait),
        cmocka_unit_test(test_changed),       cmocka_unit_test(test_notes_hold_many),
        cmocka_unit_test(test_progress_line), cmocka_unit_test(test_progress_of_a_find),
        cmocka_unit_test(test_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
