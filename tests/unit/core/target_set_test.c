/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "core/target_set.h"

static bool add(struct ens_target_set *set, unsigned place, size_t number)
{
    char id[32];

    (void)snprintf(id, sizeof(id), "i-3tiefmkskq3vj%07zu", number); /* 22 bytes, as real ids */
    return ens_target_set_add(set, place, ens_str_of(id));
}

static void test_many(void **state)
{
    struct ens_target_set set = {0};

    (void)state;
    for (size_t i = 0; i < ENS_TARGETS_MAX; i++) {
        assert_true(add(&set, 0, i));
    }
    assert_int_equal(set.count, ENS_TARGETS_MAX);
    for (size_t i = 0; i < ENS_TARGETS_MAX; i++) {
        assert_false(add(&set, 0, i));
    }
    assert_int_equal(set.count, ENS_TARGETS_MAX);
    assert_true(add(&set, 1, 0)); /* the same id in another place */
    assert_true(add(&set, UINT16_MAX, 0));
    assert_false(add(&set, UINT16_MAX, 0));
    ens_target_set_done(&set);
    assert_int_equal(set.count, 0);
}

/* An id that is the beginning of another one, and the longest. */
static void test_lengths(void **state)
{
    struct ens_target_set set = {0};
    char longest[ENS_ID_MAX];

    (void)state;
    for (size_t i = 0; i < sizeof(longest); i++) {
        longest[i] = 'x';
        assert_true(ens_target_set_add(&set, 7, (ens_str){longest, i + 1}));
    }
    for (size_t i = 0; i < sizeof(longest); i++) {
        assert_false(ens_target_set_add(&set, 7, (ens_str){longest, i + 1}));
    }
    ens_target_set_done(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_lengths),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
