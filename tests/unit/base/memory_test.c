/* SPDX-License-Identifier: Apache-2.0 */
/* alloc.h, arena.h and container.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdalign.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/container.h"

static bool is_zero(const void *bytes, size_t size)
{
    const unsigned char *at = bytes;

    for (size_t i = 0; i < size; i++) {
        if (at[i] != 0) {
            return false;
        }
    }
    return true;
}

/* Runs the function in a child process; true if it aborted. */
static bool aborts(void (*function)(void))
{
    int status = 0;
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        (void)close(STDERR_FILENO); /* the panic line is expected */
        function();
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static volatile size_t half = SIZE_MAX / 2; /* volatile, or the compiler warns of the overflow */

static void overflow_array(void)
{
    ens_free(ens_alloc_array(half, 3));
}

static void overflow_realloc(void)
{
    ens_free(ens_realloc_array(NULL, 0, half, 3));
}

static void shrink_realloc(void)
{
    ens_free(ens_realloc_array(ens_alloc(8), 8, 4, 1));
}

static void overflow_arena_array(void)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();

    (void)ens_arena_array(arena, half, 3);
}

static void overflow_arena(void)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();

    (void)ens_arena_alloc(arena, half * 2 + 1);
}

static void test_allocations_are_zeroed(void **state)
{
    unsigned *numbers = ens_alloc_array(3, sizeof(*numbers));

    (void)state;
    assert_true(is_zero(numbers, 3 * sizeof(*numbers)));
    numbers[2] = 7;
    numbers = ens_realloc_array(numbers, 3, 50, sizeof(*numbers));
    assert_int_equal(numbers[2], 7);
    assert_true(is_zero(numbers + 3, 47 * sizeof(*numbers)));
    ens_free(numbers);
    void *nothing = ens_alloc(0);
    assert_non_null(nothing);
    ens_free(nothing);
    ens_free(NULL);
}

static void test_copies_of_text(void **state)
{
    const char *text = "abc";
    char *copy = ens_strdup(text);

    (void)state;
    assert_string_equal(copy, text);
    assert_ptr_not_equal(copy, text);
    ens_free_char(&copy);
    assert_null(copy);
}

static void test_overflow_aborts(void **state)
{
    (void)state;
    assert_true(aborts(overflow_array));
    assert_true(aborts(overflow_realloc));
    assert_true(aborts(shrink_realloc));
    assert_true(aborts(overflow_arena_array));
    assert_true(aborts(overflow_arena));
}

static void test_arena_allocations(void **state)
{
    /* Around the size of a block, and sizes that get a block of their own. */
    static const size_t sizes[] = {0,    1,    15,   16,   17,     100, 2047, 2048, 2049,
                                   4096, 8191, 8192, 8193, 100000, 3,   8192, 1};
    ENS_AUTO_ARENA *arena = ens_arena_new();
    unsigned char *pieces[ENS_COUNT(sizes)];

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(sizes); i++) {
        pieces[i] = ens_arena_alloc(arena, sizes[i]);
        assert_int_equal((uintptr_t)pieces[i] % alignof(max_align_t), 0);
        assert_true(is_zero(pieces[i], sizes[i]));
        memset(pieces[i], (int)i + 1, sizes[i]);
    }
    for (size_t i = 0; i < ENS_COUNT(sizes); i++) {
        for (size_t k = 0; k < sizes[i]; k++) {
            assert_int_equal(pieces[i][k], i + 1);
        }
    }
}

static void assert_zero(const unsigned char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        assert_int_equal(bytes[i], 0);
    }
}

/* What did not fit into one block does the next time; what is kept is limited, and always zeroed.
 */
static void test_arena_reset(void **state)
{
    static const size_t rooms[] = {100, 5000, 20000, 128 * 1024 - 64, 200000, 100};
    ENS_AUTO_ARENA *arena = ens_arena_new();

    (void)state;
    ens_arena_reset(arena);
    for (size_t i = 0; i < ENS_COUNT(rooms); i++) {
        const size_t piece = rooms[i] / 4;
        for (size_t round = 0; round < 3; round++) {
            unsigned char *pieces[4];
            for (size_t j = 0; j < 4; j++) {
                pieces[j] = ens_arena_alloc(arena, piece);
                assert_zero(pieces[j], piece);
                memset(pieces[j], 0xff, piece);
            }
            for (size_t j = 1; j < 4 && round > 0 && rooms[i] <= 128 * (size_t)1024 - 64; j++) {
                assert_true(pieces[j] - pieces[j - 1] < (ptrdiff_t)piece + 16); /* of one block */
            }
            ens_arena_reset(arena);
        }
    }
}

static void test_arena_text(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_memory memory = ens_arena_memory(arena);

    (void)state;
    assert_string_equal(ens_arena_dup(arena, (ens_str){"abcdef", 3}).ptr, "abc");
    assert_string_equal(ens_arena_dup(arena, (ens_str){NULL, 0}).ptr, "");
    ens_str text = ens_arena_printf(arena, "%d-%s", 42, "x");
    assert_string_equal(text.ptr, "42-x");
    assert_int_equal(text.len, 4);
    for (int width = 250; width <= 260; width++) { /* around the size of the stack buffer */
        text = ens_arena_printf(arena, "%*d", width, 7);
        assert_int_equal(text.len, width);
        assert_int_equal(strlen(text.ptr), width);
        assert_int_equal(text.ptr[width - 1], '7');
    }
    assert_true(is_zero(memory.alloc(memory.ctx, 64), 64));
    ens_arena_free(NULL);
}

static void test_arena_grow(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    size_t *items = NULL;

    (void)state;
    for (size_t i = 0; i < 100; i++) {
        items = ens_arena_grow(arena, items, i, sizeof(*items));
        assert_int_equal(items[i], 0);
        items[i] = i + 1;
    }
    for (size_t i = 0; i < 100; i++) {
        assert_int_equal(items[i], i + 1);
    }
    size_t *full = items;
    items = ens_arena_grow(arena, items, 127, sizeof(*items));
    assert_ptr_equal(items, full);
    items = ens_arena_grow(arena, items, 128, sizeof(*items));
    assert_ptr_not_equal(items, full);
    assert_int_equal(items[99], 100);
}

struct inner {
    int number;
};

struct outer {
    char before;
    struct inner inner;
};

static void test_container(void **state)
{
    struct outer outer = {'x', {3}};
    struct inner *inner = &outer.inner;

    (void)state;
    assert_ptr_equal(ENS_CONTAINER_OF(inner, struct outer, inner), &outer);
    assert_ptr_equal(ENS_CONTAINER_OF(&inner->number, struct outer, inner.number), &outer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_allocations_are_zeroed),
        cmocka_unit_test(test_copies_of_text),
        cmocka_unit_test(test_overflow_aborts),
        cmocka_unit_test(test_arena_allocations),
        cmocka_unit_test(test_arena_reset),
        cmocka_unit_test(test_arena_text),
        cmocka_unit_test(test_arena_grow),
        cmocka_unit_test(test_container),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
