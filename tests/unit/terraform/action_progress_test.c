/* SPDX-License-Identifier: Apache-2.0 */
/* What an action tells, by scripts of the engine's events. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "blocks.h"
#include "core/messages.h"
#include "terraform/action_progress.h"

/* An event of an instance. text: what is told; NULL: nothing. */
struct step {
    size_t index;
    enum ens_status status;
    int elapsed_s;
    bool started;
    int reason; /* -1: not decided */
    const char *text;
};

#define OPEN (-1)

static struct ens_result result_of(const struct step *step)
{
    static const char *const ids[] = {"i-0", "i-1", "i-2"};
    struct ens_result result =
        test_result(step->index < ENS_COUNT(ids) ? ids[step->index] : "i-n", step->status, "WORD",
                    step->started ? ENS_ACTION_START : ENS_ACTION_REFUSE,
                    step->reason == OPEN ? ENS_REASON_IN_PROGRESS : (enum ens_reason)step->reason);

    result.message = step->reason == OPEN ? ENS_STR("So far.") : ENS_STR("In the end.");
    result.started = step->started;
    result.start_sent = step->started;
    result.elapsed_ms = step->elapsed_s * (int64_t)1000 + 999;
    return result;
}

static void run(struct ens_tf_progress *progress, const struct step *steps, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        const struct ens_result result = result_of(&steps[i]);
        ens_str text = ens_tf_progress_event(progress, arena, steps[i].index, &result,
                                             steps[i].reason != OPEN);
        if (!ens_str_is(text, steps[i].text == NULL ? "" : steps[i].text)) {
            fail_msg("step %zu: %.*s", i, ENS_STR_ARG(text));
        }
    }
}

static void test_each_change_once(void **state)
{
    static const struct step steps[] = {
        {0, ENS_STATUS_STOPPED, 0, true, OPEN, "i-0: stopped. So far."},
        {1, ENS_STATUS_STOPPED, 0, true, OPEN, "i-1: stopped. So far."},
        {0, ENS_STATUS_STOPPED, 1, true, OPEN, NULL},
        {0, ENS_STATUS_STARTING, 2, true, OPEN, "i-0: starting. So far."},
        {1, ENS_STATUS_STOPPED, 2, true, OPEN, NULL},
        {0, ENS_STATUS_STARTING, 3, true, OPEN, NULL},
        {0, ENS_STATUS_RUNNING, 4, true, ENS_REASON_OK, "i-0: running. In the end."},
        {1, ENS_STATUS_STOPPED, 4, true, ENS_REASON_FELL_BACK, "i-1: stopped. In the end."},
    };
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const struct ens_tf_report none = {NULL, 0};
    const ens_str *texts = NULL;
    struct ens_tf_progress *progress = ens_tf_progress_new(arena, ENS_TF_TOLD_EACH_MAX);

    (void)state;
    run(progress, steps, ENS_COUNT(steps));
    assert_int_equal(ens_tf_progress_end(progress, arena, &none, &texts), 0);
}

/* A message at the limit of core and one beyond it: told once, and again only if it differs in the
 * part that is compared, or in length. */
static void test_long_messages(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_tf_progress *progress = ens_tf_progress_new(arena, 1);
    char text[2 * ENS_MESSAGE_MAX];
    struct ens_result result =
        test_result("i-0", ENS_STATUS_STOPPED, "WORD", ENS_ACTION_WAIT, ENS_REASON_THROTTLED);

    (void)state;
    memset(text, 'x', sizeof(text));
    for (size_t length = ENS_MESSAGE_MAX; length <= sizeof(text); length += ENS_MESSAGE_MAX) {
        result.message = (ens_str){text, length};
        assert_int_equal(ens_tf_progress_event(progress, arena, 0, &result, false).len,
                         strlen("i-0: stopped. ") + length);
        assert_int_equal(ens_tf_progress_event(progress, arena, 0, &result, false).len, 0);
    }
}

#define MANY (ENS_TF_TOLD_EACH_MAX + 1)

/* Events of the instances from..to-1, which must tell text with the last one and nothing before. */
static void run_all(struct ens_tf_progress *progress, size_t from, size_t to, struct step step)
{
    const char *text = step.text;

    for (size_t i = from; i < to; i++) {
        step.index = i;
        step.text = i + 1 == to ? text : NULL;
        run(progress, &step, 1);
    }
}

static void test_a_line_per_look(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_tf_progress *progress = ens_tf_progress_new(arena, MANY);

    (void)state;
    run_all(progress, 0, 1,
            (struct step){0, ENS_STATUS_RUNNING, 0, false, ENS_REASON_ALREADY_RUNNING, NULL});
    run_all(progress, 1, 3,
            (struct step){0, ENS_STATUS_STOPPED, 0, false, ENS_REASON_INSUFFICIENT_BALANCE, NULL});
    run_all(progress, 3, MANY,
            (struct step){0, ENS_STATUS_STOPPED, 0, true, OPEN,
                          "After 0 s: 1 of 21 instances running, 18 stopped, 2 refused; 18 starts "
                          "accepted."});
    /* The same within the same second is not told again. */
    run_all(progress, 3, MANY, (struct step){0, ENS_STATUS_STOPPED, 0, true, OPEN, NULL});
    run_all(progress, 3, MANY,
            (struct step){0, ENS_STATUS_STOPPED, 1, true, OPEN,
                          "After 1 s: 1 of 21 instances running, 18 stopped, 2 refused; 18 starts "
                          "accepted."});
    run_all(progress, 3, MANY,
            (struct step){0, ENS_STATUS_STARTING, 2, true, OPEN,
                          "After 2 s: 1 of 21 instances running, 18 starting, 2 refused; 18 starts "
                          "accepted."});
    run_all(progress, 3, 4,
            (struct step){0, ENS_STATUS_STOPPED, 3, true, ENS_REASON_FELL_BACK, NULL});
    run_all(progress, 4, 5,
            (struct step){0, ENS_STATUS_STARTING, 3, true, ENS_REASON_TIMED_OUT, NULL});
    run_all(progress, 5, MANY - 1,
            (struct step){0, ENS_STATUS_RUNNING, 3, true, ENS_REASON_OK, NULL});
    run_all(progress, MANY - 1, MANY,
            (struct step){0, ENS_STATUS_STARTING, 3, true, OPEN,
                          "After 3 s: 16 of 21 instances running, 1 starting, 1 unfinished, 2 "
                          "refused, 1 failed; 18 starts accepted."});
    run_all(progress, MANY - 1, MANY,
            (struct step){0, ENS_STATUS_RUNNING, 4, true, ENS_REASON_OK, NULL});
}

/* Instances that are not read at the same time: a look ends when one is shown again. */
static void test_looks_of_several_reads(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_tf_progress *progress = ens_tf_progress_new(arena, MANY);

    (void)state;
    run_all(progress, 0, 1, (struct step){0, ENS_STATUS_STOPPED, 0, true, OPEN, NULL});
    run_all(progress, 0, 1,
            (struct step){0, ENS_STATUS_STARTING, 1, true, OPEN,
                          "After 1 s: 0 of 21 instances running, 1 stopped, 20 to be read or "
                          "started; 1 start accepted."});
    run_all(progress, 1, 3, (struct step){0, ENS_STATUS_STOPPING, 1, false, OPEN, NULL});
    run_all(progress, 0, 1,
            (struct step){0, ENS_STATUS_RUNNING, 2, true, ENS_REASON_OK,
                          "After 2 s: 0 of 21 instances running, 1 starting, 2 stopping, 18 to be "
                          "read or started; 1 start accepted."});
}

static void test_the_end_of_many(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_tf_progress *progress = ens_tf_progress_new(arena, MANY);
    struct ens_tf_instance instances[MANY] = {{.start_request_id = ENS_STR_INIT("")}};
    const struct ens_tf_report report = {instances, MANY};
    const ens_str *texts = NULL;

    (void)state;
    for (size_t i = 0; i < MANY; i++) {
        instances[i].result =
            result_of(&(struct step){i, i < 5 ? ENS_STATUS_STOPPED : ENS_STATUS_RUNNING, 0, i >= 7,
                                     i < 5   ? ENS_REASON_NO_CAPACITY
                                     : i < 7 ? ENS_REASON_ALREADY_RUNNING
                                             : ENS_REASON_OK,
                                     NULL});
    }
    assert_int_equal(ens_tf_progress_end(progress, arena, &report, &texts), 3);
    assert_true(ens_str_is(texts[0], "14 of 21 instances running: ok."));
    assert_true(ens_str_is(texts[1], "2 of 21 instances running: already_running."));
    assert_true(ens_str_is(texts[2], "5 of 21 instances not running: no_capacity."));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_change_once), cmocka_unit_test(test_long_messages),
        cmocka_unit_test(test_a_line_per_look),  cmocka_unit_test(test_looks_of_several_reads),
        cmocka_unit_test(test_the_end_of_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
