/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "core/text_set.h"

static void test_many(void **state)
{
    enum { COUNT = 100000 };
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_text_set set = {.arena = arena};

    (void)state;
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < COUNT; i++) {
            char text[32];
            (void)snprintf(text, sizeof(text), "text %zu", i);
            assert_int_equal(ens_text_set_add(&set, ens_str_of(text)), i);
            assert_string_equal(set.items[i].ptr, text);
        }
        assert_int_equal(set.count, COUNT);
    }
}

/* The empty text, one that begins another, and one with a NUL. */
static void test_similar(void **state)
{
    static const ens_str texts[] = {
        ENS_STR_INIT(""),
        ENS_STR_INIT("a"),
        ENS_STR_INIT("ab"),
        ENS_STR_INIT("a\0b"),
    };
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_text_set set = {.arena = arena};

    (void)state;
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < ENS_COUNT(texts); i++) {
            assert_int_equal(ens_text_set_add(&set, texts[i]), i);
            assert_true(ens_str_eq(set.items[i], texts[i]));
        }
    }
    assert_int_equal(ens_text_set_add(&set, (ens_str){NULL, 0}), 0);
    assert_int_equal(set.count, ENS_COUNT(texts));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_similar),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
