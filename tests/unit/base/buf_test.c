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

/* The first room of a buffer is 64 bytes: printed at once, just so, and a second time. */
static void test_prints(void **state)
{
    char digits[71];

    (void)state;
    memset(digits, '7', sizeof(digits) - 1);
    digits[sizeof(digits) - 1] = '\0';
    for (int length = 58; length <= 70; length++) {
        ENS_AUTO_BUF buf = ens_buf_new(100);
        assert_int_equal(ens_buf_addf(&buf, "%s", "ab"), ENS_OK);
        assert_int_equal(ens_buf_addf(&buf, "%.*s", length, digits), ENS_OK);
        assert_int_equal(buf.len, 2 + length);
        assert_int_equal(strlen(buf.ptr), buf.len);
        assert_memory_equal(buf.ptr, "ab7", 3);
        assert_int_equal(buf.ptr[buf.len - 1], '7');
    }
    ENS_AUTO_BUF small = ens_buf_new(4);
    assert_int_equal(ens_buf_addf(&small, "%s", "ab"), ENS_OK);
    assert_int_equal(ens_buf_addf(&small, "%s", "xyz"), ENS_LIMIT);
    assert_string_equal(ens_buf_text(&small), "ab"); /* nothing changed, though there was room */
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
        cmocka_unit_test(test_prints),
        cmocka_unit_test(test_take),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
