/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "core/batch.h"

#define ITEMS 300

static struct ens_batch_item items[ITEMS];

static void fresh(struct ens_batch *batch, size_t limit, bool ride)
{
    memset(items, 0, sizeof(items));
    ens_batch_init(batch, limit, ride);
}

static void add(struct ens_batch *batch, size_t from, size_t to, int64_t now)
{
    for (size_t i = from; i < to; i++) {
        ens_batch_add(batch, &items[i], now, now);
    }
}

/* Takes the next call and returns its items as text: "0-2 7"; "": no call is due. */
static const char *take(struct ens_batch *batch, int64_t now)
{
    static char text[4096];
    struct ens_batch_item *out[ITEMS];
    size_t count = ens_batch_take(batch, now, out);
    size_t length = 0;

    text[0] = '\0';
    for (size_t i = 0; i < count;) {
        size_t from = (size_t)(out[i] - items);
        size_t to = from;
        for (i++; i < count && out[i] == &items[to + 1]; i++) {
            to++;
        }
        length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%zu",
                                   length > 0 ? " " : "", from);
        if (to > from) {
            length += (size_t)snprintf(text + length, sizeof(text) - length, "-%zu", to);
        }
    }
    return text;
}

static void test_single_item_is_sent_at_once(void **state)
{
    struct ens_batch batch;

    (void)state;
    fresh(&batch, 100, false);
    assert_string_equal(take(&batch, 0), "");
    add(&batch, 0, 1, 0);
    assert_string_equal(take(&batch, 0), "0");
    assert_int_equal(batch.calls, 1);
    ens_batch_done(&batch);
}

static void test_others_join_the_next_call(void **state)
{
    struct ens_batch batch;
    int64_t at = 0;

    (void)state;
    fresh(&batch, 100, false);
    add(&batch, 0, 3, 0); /* in one turn of the loop */
    assert_string_equal(take(&batch, 0), "0-2");
    add(&batch, 3, 10, 5);
    assert_string_equal(take(&batch, 5), "");
    assert_true(ens_batch_next(&batch, 5, &at));
    assert_int_equal(at, 5 + ENS_BATCH_LINGER_MS);
    add(&batch, 10, 12, 8);
    ens_batch_ended(&batch);
    assert_string_equal(take(&batch, 10), "3-11");
    assert_string_equal(take(&batch, 10), "");
    assert_false(ens_batch_next(&batch, 10, &at));
    ens_batch_done(&batch);
}

static void test_full_calls_are_concurrent(void **state)
{
    struct ens_batch batch;

    (void)state;
    fresh(&batch, 100, false);
    add(&batch, 0, 250, 0);
    assert_string_equal(take(&batch, 0), "0-99");
    assert_string_equal(take(&batch, 0), "100-199");
    assert_string_equal(take(&batch, 0), ""); /* 50 don't fill a call */
    ens_batch_ended(&batch);
    assert_string_equal(take(&batch, 0), "");
    ens_batch_ended(&batch);
    assert_string_equal(take(&batch, 0), "200-249");
    ens_batch_done(&batch);
}

static void test_slow_call_delays_others_briefly(void **state)
{
    struct ens_batch batch;

    (void)state;
    fresh(&batch, 100, false);
    add(&batch, 0, 1, 0);
    assert_string_equal(take(&batch, 0), "0");
    add(&batch, 1, 2, 100);
    assert_string_equal(take(&batch, 99 + ENS_BATCH_LINGER_MS), "");
    assert_string_equal(take(&batch, 100 + ENS_BATCH_LINGER_MS), "1");
    ens_batch_done(&batch);
}

static void test_one_id_a_call(void **state)
{
    struct ens_batch batch;
    int64_t at = 0;

    (void)state;
    fresh(&batch, 1, false);
    add(&batch, 0, 40, 0);
    for (unsigned i = 0; i < ENS_BATCH_CALLS; i++) {
        assert_string_not_equal(take(&batch, 0), "");
    }
    assert_string_equal(take(&batch, 0), "");
    assert_string_equal(take(&batch, 1000000), ""); /* not even after a long time */
    assert_false(ens_batch_next(&batch, 0, &at));
    ens_batch_ended(&batch);
    assert_string_equal(take(&batch, 0), "16");
    assert_string_equal(take(&batch, 0), "");
    ens_batch_done(&batch);
}

static void test_times_to_come(void **state)
{
    struct ens_batch batch;
    int64_t at = 0;

    (void)state;
    fresh(&batch, 100, true);
    ens_batch_add(&batch, &items[0], 0, 5000);
    ens_batch_add(&batch, &items[1], 0, 1000);
    ens_batch_add(&batch, &items[2], 0, 1000 + ENS_BATCH_SOON_MS);
    ens_batch_add(&batch, &items[3], 0, 1001 + ENS_BATCH_SOON_MS);
    assert_string_equal(take(&batch, 999), "");
    assert_true(ens_batch_next(&batch, 999, &at));
    assert_int_equal(at, 1000);
    assert_string_equal(take(&batch, 1000), "1-2"); /* an item that is due soon is included */
    ens_batch_ended(&batch);
    assert_string_equal(take(&batch, 1500), "3");
    assert_true(ens_batch_next(&batch, 1500, &at));
    assert_int_equal(at, 5000);
    ens_batch_done(&batch);
}

static void test_optional_items_only_fill_up(void **state)
{
    struct ens_batch batch;

    (void)state;
    fresh(&batch, 2, true);
    ens_batch_add(&batch, &items[2], 0, 10);
    ens_batch_add(&batch, &items[3], 0, 10);
    add(&batch, 0, 1, 0);
    assert_string_equal(take(&batch, 0), "0 2");
    ens_batch_ended(&batch);
    assert_string_equal(take(&batch, 0), ""); /* an optional item alone causes no call */
    ens_batch_done(&batch);

    fresh(&batch, 2, false);
    ens_batch_add(&batch, &items[2], 0, 10);
    add(&batch, 0, 1, 0);
    assert_string_equal(take(&batch, 0), "0");
    ens_batch_done(&batch);
}

static void test_removing(void **state)
{
    struct ens_batch batch;

    (void)state;
    fresh(&batch, 100, true);
    add(&batch, 0, 5, 0);
    ens_batch_add(&batch, &items[5], 0, 100);
    ens_batch_add(&batch, &items[6], 0, 100);
    ens_batch_remove(&batch, &items[0]);
    ens_batch_remove(&batch, &items[2]);
    ens_batch_remove(&batch, &items[4]);
    ens_batch_remove(&batch, &items[5]);
    ens_batch_remove(&batch, &items[5]);
    ens_batch_remove(&batch, &items[9]); /* was never added */
    assert_string_equal(take(&batch, 0), "1 3 6");
    ens_batch_ended(&batch);
    add(&batch, 0, 1, 0);
    ens_batch_remove(&batch, &items[0]);
    assert_string_equal(take(&batch, 0), "");
    ens_batch_done(&batch);
}

static void test_pause(void **state)
{
    struct ens_batch batch;
    int64_t at = 0;

    (void)state;
    fresh(&batch, 1, false);
    add(&batch, 0, 2, 0);
    ens_batch_pause(&batch, 300);
    ens_batch_pause(&batch, 200); /* shorter than the pause before: no effect */
    assert_string_equal(take(&batch, 299), "");
    assert_true(ens_batch_next(&batch, 299, &at));
    assert_int_equal(at, 300);
    assert_string_equal(take(&batch, 300), "0");
    ens_batch_done(&batch);
}

static void test_halves(void **state)
{
    struct ens_batch batch;
    struct ens_batch_item *out[ITEMS];

    (void)state;
    fresh(&batch, 100, true);
    add(&batch, 0, 5, 0);
    assert_int_equal(ens_batch_take(&batch, 0, out), 5);
    add(&batch, 5, 7, 0); /* other items */
    ens_batch_add(&batch, &items[7], 0, 10);
    ens_batch_split(&batch, out, 5, ENS_SPLIT_HALVES, 0);
    ens_batch_ended(&batch);
    assert_string_equal(take(&batch, 0), "0-2"); /* halves: at once, concurrent, without others */
    assert_string_equal(take(&batch, 0), "3-4");
    assert_string_equal(take(&batch, 0), "");
    assert_int_equal(items[0].origin, ENS_ORIGIN_SPLIT);
    /* A half is split again. */
    out[0] = &items[3];
    out[1] = &items[4];
    ens_batch_split(&batch, out, 2, ENS_SPLIT_HALVES, 0);
    ens_batch_ended(&batch);
    assert_string_equal(take(&batch, 0), "3");
    assert_string_equal(take(&batch, 0), "4");
    ens_batch_ended(&batch);
    ens_batch_ended(&batch);
    ens_batch_ended(&batch);
    assert_string_equal(take(&batch, 0), "5-7");
    /* An item that is added again is no longer part of a half. */
    ens_batch_add(&batch, &items[3], 0, 0);
    assert_int_equal(items[3].origin, ENS_ORIGIN_NEW);
    ens_batch_done(&batch);
}

static void test_singles(void **state)
{
    struct ens_batch batch;
    struct ens_batch_item *out[ITEMS];

    (void)state;
    fresh(&batch, 100, false);
    add(&batch, 0, 40, 0);
    assert_int_equal(ens_batch_take(&batch, 0, out), 40);
    ens_batch_split(&batch, out, 40, ENS_SPLIT_SINGLES, 0);
    ens_batch_ended(&batch);
    for (unsigned i = 0; i < ENS_BATCH_CALLS; i++) {
        char expected[16];
        (void)snprintf(expected, sizeof(expected), "%u", i);
        assert_string_equal(take(&batch, 0), expected);
    }
    assert_string_equal(take(&batch, 0), "");
    ens_batch_done(&batch);
}

static void test_spread(void **state)
{
    static const struct {
        enum ens_call_kind kind;
        enum ens_reason reason;
        size_t count;
        enum ens_batch_origin origin;
        enum ens_split split;
    } rows[] = {
        {ENS_CALL_DRY_RUN, ENS_REASON_INVALID_ARGUMENT, 2, ENS_ORIGIN_NEW, ENS_SPLIT_HALVES},
        {ENS_CALL_DRY_RUN, ENS_REASON_INVALID_ARGUMENT, 1, ENS_ORIGIN_NEW, ENS_SPLIT_NONE},
        {ENS_CALL_READ, ENS_REASON_NOT_FOUND, 2, ENS_ORIGIN_SPLIT, ENS_SPLIT_HALVES},
        {ENS_CALL_DRY_RUN, ENS_REASON_WRONG_STATE, 2, ENS_ORIGIN_NEW, ENS_SPLIT_HALVES},
        {ENS_CALL_DRY_RUN, ENS_REASON_LOCKED, 2, ENS_ORIGIN_NEW, ENS_SPLIT_HALVES},
        {ENS_CALL_DRY_RUN, ENS_REASON_EXPIRED, 2, ENS_ORIGIN_NEW, ENS_SPLIT_HALVES},
        {ENS_CALL_DRY_RUN, ENS_REASON_INSUFFICIENT_BALANCE, 2, ENS_ORIGIN_NEW, ENS_SPLIT_HALVES},
        {ENS_CALL_DRY_RUN, ENS_REASON_NO_CAPACITY, 2, ENS_ORIGIN_NEW, ENS_SPLIT_HALVES},
        {ENS_CALL_DRY_RUN, ENS_REASON_SPOT_PRICE, 2, ENS_ORIGIN_NEW, ENS_SPLIT_HALVES},
        {ENS_CALL_DRY_RUN, ENS_REASON_KEY_DISABLED, 2, ENS_ORIGIN_NEW, ENS_SPLIT_HALVES},
        {ENS_CALL_DRY_RUN, ENS_REASON_IN_PROGRESS, 2, ENS_ORIGIN_NEW, ENS_SPLIT_HALVES},
        {ENS_CALL_DRY_RUN, ENS_REASON_TOKEN_MISMATCH, 2, ENS_ORIGIN_NEW, ENS_SPLIT_HALVES},
        {ENS_CALL_START, ENS_REASON_WRONG_STATE, 2, ENS_ORIGIN_NEW, ENS_SPLIT_SINGLES},
        {ENS_CALL_START, ENS_REASON_WRONG_STATE, 1, ENS_ORIGIN_SPLIT, ENS_SPLIT_NONE},
        {ENS_CALL_DRY_RUN, ENS_REASON_PERMISSION_DENIED, 2, ENS_ORIGIN_NEW, ENS_SPLIT_FIRST},
        {ENS_CALL_START, ENS_REASON_PERMISSION_DENIED, 2, ENS_ORIGIN_NEW, ENS_SPLIT_FIRST},
        {ENS_CALL_DRY_RUN, ENS_REASON_PERMISSION_DENIED, 2, ENS_ORIGIN_SPLIT, ENS_SPLIT_HALVES},
        {ENS_CALL_START, ENS_REASON_PERMISSION_DENIED, 2, ENS_ORIGIN_SPLIT, ENS_SPLIT_SINGLES},
        {ENS_CALL_DRY_RUN, ENS_REASON_PERMISSION_DENIED, 1, ENS_ORIGIN_NEW, ENS_SPLIT_NONE},
        {ENS_CALL_DRY_RUN, ENS_REASON_PERMISSION_DENIED, 2, ENS_ORIGIN_REST, ENS_SPLIT_FIRST},
        {ENS_CALL_PROBE, ENS_REASON_PERMISSION_DENIED, 2, ENS_ORIGIN_NEW, ENS_SPLIT_NONE},
        {ENS_CALL_DRY_RUN, ENS_REASON_UNAUTHENTICATED, 9, ENS_ORIGIN_NEW, ENS_SPLIT_NONE},
        {ENS_CALL_DRY_RUN, ENS_REASON_CLOCK_SKEW, 9, ENS_ORIGIN_NEW, ENS_SPLIT_NONE},
        {ENS_CALL_DRY_RUN, ENS_REASON_THROTTLED, 9, ENS_ORIGIN_NEW, ENS_SPLIT_NONE},
        {ENS_CALL_DRY_RUN, ENS_REASON_UNAVAILABLE, 9, ENS_ORIGIN_NEW, ENS_SPLIT_NONE},
        {ENS_CALL_DRY_RUN, ENS_REASON_INTERNAL, 9, ENS_ORIGIN_NEW, ENS_SPLIT_FIRST},
        {ENS_CALL_DRY_RUN, ENS_REASON_INTERNAL, 9, ENS_ORIGIN_SPLIT, ENS_SPLIT_HALVES},
        {ENS_CALL_DRY_RUN, ENS_REASON_INTERNAL, 9, ENS_ORIGIN_REST, ENS_SPLIT_NONE},
        {ENS_CALL_READ, ENS_REASON_MALFORMED_RESPONSE, 9, ENS_ORIGIN_NEW, ENS_SPLIT_FIRST},
        {ENS_CALL_READ, ENS_REASON_MALFORMED_RESPONSE, 1, ENS_ORIGIN_NEW, ENS_SPLIT_NONE},
        {ENS_CALL_READ, ENS_REASON_INVALID_ARGUMENT, 9, ENS_ORIGIN_REST, ENS_SPLIT_HALVES},
        {ENS_CALL_START, ENS_REASON_INTERNAL, 9, ENS_ORIGIN_NEW, ENS_SPLIT_NONE},
        {ENS_CALL_START, ENS_REASON_MALFORMED_RESPONSE, 9, ENS_ORIGIN_SPLIT, ENS_SPLIT_NONE},
        {ENS_CALL_DRY_RUN, ENS_REASON_DRY_RUN_NOT_HONOURED, 9, ENS_ORIGIN_NEW, ENS_SPLIT_NONE},
    };

    struct ens_batch batch;

    (void)state;
    ens_batch_init(&batch, 100, false);
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        if (ens_batch_split_of(&batch, rows[i].kind, rows[i].reason, rows[i].count,
                               rows[i].origin) != rows[i].split) {
            fail_msg("row %zu: %s %s", i, ens_call_kind_name(rows[i].kind),
                     ens_reason_name(rows[i].reason));
        }
    }
}

/* After a number of denials of single ids in a row, the other ids of their calls count as denied.
 */
static void test_denials(void **state)
{
    static const struct {
        unsigned denials;
        enum ens_batch_origin origin;
        enum ens_split split;
    } rows[] = {
        {ENS_BATCH_DENIALS - 1, ENS_ORIGIN_REST, ENS_SPLIT_FIRST},
        {ENS_BATCH_DENIALS, ENS_ORIGIN_REST, ENS_SPLIT_NONE},
        {ENS_BATCH_DENIALS, ENS_ORIGIN_NEW, ENS_SPLIT_FIRST},
        {ENS_BATCH_DENIALS, ENS_ORIGIN_SPLIT, ENS_SPLIT_HALVES},
    };
    struct ens_batch batch;

    (void)state;
    ens_batch_init(&batch, 100, false);
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        batch.denials = rows[i].denials;
        assert_int_equal(ens_batch_split_of(&batch, ENS_CALL_DRY_RUN, ENS_REASON_PERMISSION_DENIED,
                                            9, rows[i].origin),
                         rows[i].split);
    }
}

/* The ids of a denied call after the first are sent as one call. */
static void test_rest_of_a_denied_call(void **state)
{
    struct ens_batch batch;
    struct ens_batch_item *out[ITEMS];

    (void)state;
    fresh(&batch, 100, false);
    add(&batch, 0, 5, 0);
    assert_int_equal(ens_batch_take(&batch, 0, out), 5);
    ens_batch_split(&batch, out + 1, 4, ENS_SPLIT_FIRST, 0);
    ens_batch_ended(&batch);
    assert_int_equal(items[1].origin, ENS_ORIGIN_REST);
    assert_string_equal(take(&batch, 0), "1-4");
    ens_batch_done(&batch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_single_item_is_sent_at_once),
        cmocka_unit_test(test_others_join_the_next_call),
        cmocka_unit_test(test_full_calls_are_concurrent),
        cmocka_unit_test(test_slow_call_delays_others_briefly),
        cmocka_unit_test(test_one_id_a_call),
        cmocka_unit_test(test_times_to_come),
        cmocka_unit_test(test_optional_items_only_fill_up),
        cmocka_unit_test(test_removing),
        cmocka_unit_test(test_pause),
        cmocka_unit_test(test_halves),
        cmocka_unit_test(test_singles),
        cmocka_unit_test(test_spread),
        cmocka_unit_test(test_denials),
        cmocka_unit_test(test_rest_of_a_denied_call),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
