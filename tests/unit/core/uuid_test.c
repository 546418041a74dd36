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

/* What is read is written again, and the case of the letters is told. */
static void test_cases(void **state)
{
    static const struct {
        const char *text;
        enum ens_uuid_case letters;
    } rows[] = {
        {"0123abcd-4567-4ef0-8123-456789abcdef", ENS_UUID_LOWER},
        {"FEDC0123-4567-4EF0-8123-456789ABCDEF", ENS_UUID_UPPER},
        {"01234567-4567-4560-8123-456789012345", ENS_UUID_LOWER}, /* without a letter */
        {"0123abcd-4567-4ef0-8123-456789abcdeF", ENS_UUID_NONE},
        {"0123abcd-4567-4ef0-8123+456789abcdef", ENS_UUID_NONE},
        {"0123abcd-4567-4ef0-8123-456789abcde\xff", ENS_UUID_NONE},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        uint8_t bytes[ENS_UUID_SIZE];
        char text[ENS_UUID_LEN + 1];
        assert_int_equal(ens_uuid_read(ens_str_of(rows[i].text), bytes), rows[i].letters);
        if (rows[i].letters != ENS_UUID_NONE) {
            ens_uuid_write(bytes, rows[i].letters, text);
            assert_string_equal(text, rows[i].text);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_digits_in_order),
        cmocka_unit_test(test_valid),
        cmocka_unit_test(test_cases),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
