/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/alloc.h"
#include "cli/sequence.h"

#define COUNT (4 * ENS_HELD_MAX)

/* What was passed on; the number of a result is its elapsed_ms. */
struct passed {
    int64_t *numbers;
    size_t count;
    size_t fails_at; /* that many; 0: never */
};

static ens_rc pass(void *ud, const struct ens_result *result, struct ens_diags *diags)
{
    struct passed *passed = ud;

    (void)diags;
    assert_true(ens_str_is(result->message, "told"));
    passed->numbers[passed->count++] = result->elapsed_ms;
    return passed->count == passed->fails_at ? ENS_IO : ENS_OK;
}

static ens_rc add(struct ens_sequence *sequence, size_t number)
{
    char told[] = "told";
    const struct ens_result result = {.elapsed_ms = (int64_t)number, .message = ens_str_of(told)};

    ens_rc rc = ens_sequence_add(sequence, number, &result, NULL);
    memset(told, 'x', sizeof(told) - 1); /* it keeps copies */
    return rc;
}

static void expect(const struct passed *passed, const size_t *numbers, size_t count)
{
    assert_int_equal(passed->count, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(passed->numbers[i], numbers[i]);
    }
}

static void test_order(void **state)
{
    static const size_t comes[] = {2, 1, 0, 3, 5, 6, 4, 7};
    static const size_t after[] = {0, 0, 3, 4, 4, 4, 7, 8}; /* so many are passed on */
    static const size_t order[] = {0, 1, 2, 3, 4, 5, 6, 7};
    int64_t numbers[ENS_COUNT(comes)];
    struct passed passed = {.numbers = numbers};
    struct ens_sequence sequence = ens_sequence_begin(ENS_COUNT(comes), pass, &passed);

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(comes); i++) {
        assert_int_equal(add(&sequence, comes[i]), ENS_OK);
        expect(&passed, order, after[i]);
    }
    ens_sequence_done(&sequence);
}

/* Two that take long are overtaken once many others wait for them, one after the other. */
static void test_overtaken(void **state)
{
    const size_t slow[] = {1, 100};
    struct passed passed = {.numbers = ens_alloc_array(COUNT, sizeof(int64_t))};
    struct ens_sequence sequence = ens_sequence_begin(COUNT, pass, &passed);
    size_t most = 0;

    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        if (i != slow[0] && i != slow[1]) {
            assert_int_equal(add(&sequence, i), ENS_OK);
            most = sequence.held_count > most ? sequence.held_count : most;
        }
        if (i == ENS_HELD_MAX) {
            const size_t first[] = {0};
            expect(&passed, first, 1);
        }
    }
    assert_int_equal(most, ENS_HELD_MAX - 1);
    assert_int_equal(passed.count, COUNT - 2);
    assert_int_equal(add(&sequence, slow[1]), ENS_OK);
    assert_int_equal(add(&sequence, slow[0]), ENS_OK);
    assert_int_equal(passed.count, COUNT);
    for (size_t i = 1; i < COUNT - 2; i++) {
        assert_true(passed.numbers[i] > passed.numbers[i - 1]);
    }
    assert_int_equal(passed.numbers[COUNT - 2], slow[1]);
    assert_int_equal(passed.numbers[COUNT - 1], slow[0]);
    ens_sequence_done(&sequence);
    ens_free(passed.numbers);
}

static void test_failure(void **state)
{
    int64_t numbers[8];
    struct passed passed = {.numbers = numbers, .fails_at = 2};
    struct ens_sequence sequence = ens_sequence_begin(8, pass, &passed);

    (void)state;
    assert_int_equal(add(&sequence, 1), ENS_OK);
    assert_int_equal(add(&sequence, 2), ENS_OK);
    assert_int_equal(add(&sequence, 0), ENS_IO);
    assert_int_equal(passed.count, 2);
    ens_sequence_done(&sequence); /* frees what it still holds */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_overtaken),
        cmocka_unit_test(test_failure),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
