/* SPDX-License-Identifier: Apache-2.0 */
/* diag.h */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/alloc.h"
#include "base/diag.h"

static void test_add(void **state)
{
    ENS_AUTO_DIAGS diags = {0};

    (void)state;
    assert_false(ens_diags_has_error(&diags));
    ens_diags_add(&diags, ENS_WARNING, NULL, NULL, "%d %s", 3, "things");
    assert_false(ens_diags_has_error(&diags));
    assert_int_equal(ens_fail(&diags, ENS_LIMIT, "ids[3]", "too %s", "long"), ENS_LIMIT);
    assert_true(ens_diags_has_error(&diags));
    assert_int_equal(diags.count, 2);
    assert_int_equal(diags.items[0].severity, ENS_WARNING);
    assert_string_equal(diags.items[0].summary, "3 things");
    assert_string_equal(diags.items[0].detail, "");
    assert_string_equal(diags.items[0].where, "");
    assert_int_equal(diags.items[1].severity, ENS_ERROR);
    assert_string_equal(diags.items[1].summary, "too long");
    assert_string_equal(diags.items[1].where, "ids[3]");
}

static void test_null_list(void **state)
{
    (void)state;
    assert_int_equal(ens_fail(NULL, ENS_IO, NULL, "x"), ENS_IO);
    ens_diags_add(NULL, ENS_ERROR, NULL, NULL, "x");
    ens_diags_prefix(NULL, "x");
}

static void test_prefix(void **state)
{
    ENS_AUTO_DIAGS diags = {0};

    (void)state;
    ens_diags_prefix(&diags, "nothing is there to prefix");
    assert_int_equal(diags.count, 0);
    (void)ens_fail(&diags, ENS_IO, NULL, "first");
    (void)ens_fail(&diags, ENS_IO, NULL, "last");
    ens_diags_prefix(&diags, "context");
    assert_string_equal(diags.items[0].summary, "first");
    assert_string_equal(diags.items[1].summary, "context: last");
}

static void test_limit(void **state)
{
    ENS_AUTO_DIAGS diags = {0};

    (void)state;
    for (int i = 0; i < ENS_DIAGS_MAX; i++) {
        ens_diags_add(&diags, ENS_WARNING, NULL, NULL, "%d", i);
    }
    assert_int_equal(diags.count, ENS_DIAGS_MAX);
    assert_int_equal(diags.dropped, 0);
    (void)ens_fail(&diags, ENS_IO, "where", "one more");
    assert_int_equal(diags.count, ENS_DIAGS_MAX);
    assert_int_equal(diags.dropped, 1);
    assert_string_equal(diags.items[ENS_DIAGS_MAX - 1].summary, "99");
}

static void test_long_text_is_cut(void **state)
{
    ENS_AUTO_DIAGS diags = {0};
    char *text = ens_alloc(200001);

    (void)state;
    memset(text, 'x', 200000);
    (void)ens_fail(&diags, ENS_IO, NULL, "%s", text);
    assert_int_equal(strlen(diags.items[0].summary), 64 * 1024);
    ens_free(text);
}

static void test_line(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_DIAGS diags = {0};

    (void)state;
    (void)ens_fail(&diags, ENS_INVALID, "ids[3]", "too long");
    ens_diags_add(&diags, ENS_WARNING, NULL, "detail", "alone");
    assert_string_equal(ens_diag_line(arena, &diags.items[0]).ptr, "ids[3]: too long");
    assert_string_equal(ens_diag_line(arena, &diags.items[1]).ptr, "alone");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_add),
        cmocka_unit_test(test_null_list),
        cmocka_unit_test(test_prefix),
        cmocka_unit_test(test_limit),
        cmocka_unit_test(test_long_text_is_cut),
        cmocka_unit_test(test_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
