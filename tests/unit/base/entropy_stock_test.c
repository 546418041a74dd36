/* SPDX-License-Identifier: Apache-2.0 */
/* entropy_stock.h */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/entropy_stock.h"
#include "base/rc.h"

/* Gives 0, 1, 2 and so on, and counts how often it was asked. */
struct source {
    struct ens_entropy entropy;
    size_t given;
    size_t draws;
};

static void count_up(void *ud, void *bytes, size_t size)
{
    struct source *source = ud;
    uint16_t *numbers = bytes;

    assert_int_equal(size % sizeof(*numbers), 0);
    for (size_t i = 0; i < size / sizeof(*numbers); i++) {
        numbers[i] = (uint16_t)source->given++;
    }
    source->draws++;
}

static void take(const struct ens_entropy_stock *stock, void *bytes, size_t size)
{
    stock->entropy.fill(stock->entropy.ud, bytes, size);
}

/* No number is given twice, also where a size does not divide the stock's. */
static void test_each_once(void **state)
{
    static const size_t sizes[] = {
        2, 16, 10, 4, ENS_ENTROPY_STOCK_SIZE, 1000, ENS_ENTROPY_STOCK_SIZE + 2};
    struct source source = {.entropy = {count_up, &source}};
    struct ens_entropy_stock stock;
    bool seen[20000] = {false};
    uint16_t numbers[ENS_ENTROPY_STOCK_SIZE / 2 + 1];

    (void)state;
    ens_entropy_stock_init(&stock, &source.entropy);
    for (size_t i = 0; i < 5 * ENS_COUNT(sizes); i++) {
        const size_t size = sizes[i % ENS_COUNT(sizes)];
        take(&stock, numbers, size);
        for (size_t j = 0; j < size / 2; j++) {
            assert_in_range(numbers[j], 0, ENS_COUNT(seen) - 1);
            assert_false(seen[numbers[j]]);
            seen[numbers[j]] = true;
        }
    }
}

static void test_draws(void **state)
{
    struct source source = {.entropy = {count_up, &source}};
    struct ens_entropy_stock stock;
    unsigned char bytes[ENS_ENTROPY_STOCK_SIZE + 2];

    (void)state;
    ens_entropy_stock_init(&stock, &source.entropy);
    assert_int_equal(source.draws, 0);
    for (size_t i = 0; i < ENS_ENTROPY_STOCK_SIZE / 16; i++) {
        take(&stock, bytes, 16);
        assert_int_equal(source.draws, 1);
    }
    take(&stock, bytes, ENS_ENTROPY_STOCK_SIZE);
    assert_int_equal(source.draws, 2);
    take(&stock, bytes, ENS_ENTROPY_STOCK_SIZE + 2); /* more than it can have */
    assert_int_equal(source.draws, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_once),
        cmocka_unit_test(test_draws),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
