/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/uuid.h"

static void fill(void *ud, void *bytes, size_t size)
{
    memset(bytes, *(uint8_t *)ud, size);
}

static void test_random(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();

    (void)state;
    for (int byte = 0; byte < 256; byte++) {
        uint8_t value = (uint8_t)byte;
        const struct ens_entropy entropy = {.fill = fill, .ud = &value};
        ens_str uuid = ens_uuid_random(arena, &entropy);
        assert_true(ens_uuid_valid(uuid));
        assert_int_equal(uuid.ptr[14], '4'); /* the version */
    }
}

static void count_up(void *ud, void *bytes, size_t size)
{
    (void)ud;
    for (size_t i = 0; i < size; i++) {
        ((uint8_t *)bytes)[i] = (uint8_t)(0x12 * (i + 1));
    }
}

static void test_digits_in_order(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const struct ens_entropy entropy = {.fill = count_up};

    (void)state;
    assert_string_equal(ens_uuid_random(arena, &entropy).ptr,
                        "12243648-5a6c-4e90-a2b4-c6d8eafc0e20");
}

static void test_valid(void **state)
{
    static const char *const wrong[] = {
        "",
        "01010101-0101-4101-8101-01010101010",
        "01010101-0101-4101-8101-0101010101010",
        "01010101-0101-4101-8101-01010101010A",
        "01010101-0101-4101-8101-01010101010g",
        "0101010100101-4101-8101-010101010101",
        "-1010101-0101-4101-8101-010101010101",
        "01010101 0101 4101 8101 010101010101",
    };

    (void)state;
    assert_true(ens_uuid_valid(ENS_STR("01010101-0101-4101-8101-0101010101af")));
    for (size_t i = 0; i < ENS_COUNT(wrong); i++) {
        assert_false(ens_uuid_valid(ens_str_of(wrong[i])));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_digits_in_order),
        cmocka_unit_test(test_valid),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
