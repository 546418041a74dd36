/* buf.h */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"

static void test_grows(void **state)
{
    ENS_AUTO_BUF buf = ens_buf_new(100000);
    size_t expected = 0;

    (void)state;
    assert_string_equal(ens_buf_text(&buf), "");
    for (int i = 0; i < 10000; i++) {
        assert_int_equal(ens_buf_addf(&buf, "%d,", i % 10), ENS_OK);
        expected += 2;
    }
    assert_int_equal(buf.len, expected);
    assert_int_equal(strlen(ens_buf_text(&buf)), expected);
    assert_memory_equal(buf.ptr + expected - 4, "8,9,", 4);
    assert_int_equal(ens_buf_str(&buf).len, expected);
}

static void test_limit(void **state)
{
    ENS_AUTO_BUF buf = ens_buf_new(4);

    (void)state;
    assert_int_equal(ens_buf_add(&buf, ENS_STR("abc")), ENS_OK);
    assert_int_equal(ens_buf_add_char(&buf, 'd'), ENS_OK); /* at the limit */
    assert_int_equal(ens_buf_add(&buf, ENS_STR("")), ENS_OK);
    assert_false(ens_buf_failed(&buf));
    assert_int_equal(ens_buf_add_char(&buf, 'e'), ENS_LIMIT); /* one more */
    assert_true(ens_buf_failed(&buf));
    assert_string_equal(ens_buf_text(&buf), "abcd"); /* nothing changed */
    ens_buf_reset(&buf);
    assert_false(ens_buf_failed(&buf));
    assert_string_equal(ens_buf_text(&buf), "");
    assert_int_equal(ens_buf_addf(&buf, "%s", "12345"), ENS_LIMIT);
    assert_int_equal(ens_buf_add_char(&buf, 'x'), ENS_LIMIT); /* it remembers */
}

static void test_take(void **state)
{
    struct ens_buf buf = ens_buf_new(10);

    (void)state;
    char *empty = ens_buf_take(&buf);
    assert_string_equal(empty, "");
    ens_free(empty);
    assert_int_equal(ens_buf_add(&buf, ENS_STR("a\0b")), ENS_OK);
    char *text = ens_buf_take(&buf);
    assert_memory_equal(text, "a\0b", 4);
    assert_int_equal(buf.len, 0);
    assert_int_equal(ens_buf_add(&buf, ENS_STR("0123456789")), ENS_OK); /* the maximum is kept */
    assert_int_equal(ens_buf_add_char(&buf, 'x'), ENS_LIMIT);
    ens_free(text);
    ens_buf_done(&buf);
    ens_buf_done(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_grows),
        cmocka_unit_test(test_limit),
        cmocka_unit_test(test_take),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
