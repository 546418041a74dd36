/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rc.h"
#include "core/time_heap.h"

#define COUNT 1000

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static void test_order(void **state)
{
    static struct ens_time_node timers[COUNT];
    struct ens_time_heap all = {0};
    uint32_t seed = 7;
    int64_t before = INT64_MIN;
    size_t count = 0;

    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        ens_time_heap_set(&all, &timers[i], next_random(&seed) % 500);
    }
    for (size_t i = 0; i < COUNT; i += 3) { /* moved, both ways */
        ens_time_heap_set(&all, &timers[i], next_random(&seed) % 500);
    }
    for (size_t i = 1; i < COUNT; i += 3) {
        ens_time_heap_clear(&all, &timers[i]);
        ens_time_heap_clear(&all, &timers[i]); /* not in the heap: no effect */
        assert_int_equal(timers[i].place, 0);
    }
    for (struct ens_time_node *first = ens_time_heap_first(&all); first != NULL;
         first = ens_time_heap_first(&all)) {
        assert_true(first->at_ms >= before);
        before = first->at_ms;
        ens_time_heap_clear(&all, first);
        count++;
    }
    assert_int_equal(count, COUNT - (COUNT + 1) / 3);
    ens_time_heap_done(&all);
}

static void test_none(void **state)
{
    struct ens_time_heap all = {0};
    struct ens_time_node timer = {0};

    (void)state;
    assert_null(ens_time_heap_first(&all));
    ens_time_heap_clear(&all, &timer);
    ens_time_heap_set(&all, &timer, 5);
    ens_time_heap_set(&all, &timer, 6);
    assert_ptr_equal(ens_time_heap_first(&all), &timer);
    ens_time_heap_clear(&all, &timer);
    assert_null(ens_time_heap_first(&all));
    ens_time_heap_done(&all);
    ens_time_heap_done(&all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
