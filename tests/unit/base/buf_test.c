/* SPDX-License-Identifier: Apache-2.0 */
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
        ens_buf_addf(&buf, "%d,", i % 10);
        expected += 2;
    }
    assert_int_equal(buf.len, expected);
    assert_int_equal(strlen(ens_buf_text(&buf)), expected);
    assert_memory_equal(buf.ptr + expected - 4, "8,9,", 4);
    assert_int_equal(ens_buf_str(&buf).len, expected);
}

/* A secret grows by copies of its own, which are overwritten; its text is the same. */
static void test_secret(void **state)
{
    ENS_AUTO_BUF buf = ens_buf_new_secret(100000);
    ENS_AUTO_BUF other = ens_buf_new(100000);

    (void)state;
    for (int i = 0; i < 10000; i++) {
        ens_buf_addf(&buf, "%d,", i);
        ens_buf_addf(&other, "%d,", i);
        assert_true(ens_str_eq(ens_buf_str(&buf), ens_buf_str(&other)));
        if (i % 100 == 0) {
            assert_int_equal(strlen(ens_buf_text(&buf)), buf.len);
        }
    }
    ens_buf_done(&buf);
    assert_true(buf.secret);
    ens_buf_add(&buf, ENS_STR("again"));
    assert_string_equal(ens_buf_text(&buf), "again");
}

/* Room that is written by the caller: the text ends behind it also before it is. */
static void test_extend(void **state)
{
    struct ens_buf bufs[] = {ens_buf_new(300), ens_buf_new_secret(300)};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        for (size_t size = 0; size < 24; size++) { /* 276 in all */
            char *place = ens_buf_extend(&bufs[i], size);
            assert_ptr_equal(place + size, bufs[i].ptr + bufs[i].len);
            assert_int_equal(bufs[i].ptr[bufs[i].len], '\0');
            memset(place, 'a' + (int)size, size);
        }
        assert_int_equal(strlen(ens_buf_text(&bufs[i])), 276);
        assert_memory_equal(ens_buf_text(&bufs[i]), "bccddd", 6);
        assert_null(ens_buf_extend(&bufs[i], 25));
        assert_true(ens_buf_failed(&bufs[i]));
        assert_int_equal(bufs[i].len, 276);
        ens_buf_reset(&bufs[i]);
        assert_non_null(ens_buf_extend(&bufs[i], 300)); /* the limit */
        ens_buf_done(&bufs[i]);
    }
}

static void test_limit(void **state)
{
    ENS_AUTO_BUF buf = ens_buf_new(4);

    (void)state;
    ens_buf_add(&buf, ENS_STR("abc"));
    ens_buf_add_char(&buf, 'd'); /* at the limit */
    ens_buf_add(&buf, ENS_STR(""));
    assert_false(ens_buf_failed(&buf));
    ens_buf_add_char(&buf, 'e'); /* one more */
    assert_true(ens_buf_failed(&buf));
    assert_string_equal(ens_buf_text(&buf), "abcd"); /* nothing changed */
    ens_buf_reset(&buf);
    assert_false(ens_buf_failed(&buf));
    assert_string_equal(ens_buf_text(&buf), "");
    ens_buf_addf(&buf, "%s", "12345");
    assert_true(ens_buf_failed(&buf));
    ens_buf_add_char(&buf, 'x'); /* the failure is permanent until the reset */
    assert_true(ens_buf_failed(&buf));
}

/* Around the initial capacity of 64 bytes, beyond which text is formatted a second time. */
static void test_prints(void **state)
{
    char digits[71];

    (void)state;
    memset(digits, '7', sizeof(digits) - 1);
    digits[sizeof(digits) - 1] = '\0';
    for (int length = 58; length <= 70; length++) {
        ENS_AUTO_BUF buf = ens_buf_new(100);
        ens_buf_addf(&buf, "%s", "ab");
        ens_buf_addf(&buf, "%.*s", length, digits);
        assert_int_equal(buf.len, 2 + length);
        assert_int_equal(strlen(buf.ptr), buf.len);
        assert_memory_equal(buf.ptr, "ab7", 3);
        assert_int_equal(buf.ptr[buf.len - 1], '7');
    }
    ENS_AUTO_BUF small = ens_buf_new(4);
    ens_buf_addf(&small, "%s", "ab");
    ens_buf_addf(&small, "%s", "xyz");
    assert_true(ens_buf_failed(&small));
    assert_string_equal(ens_buf_text(&small), "ab"); /* unchanged, although there was capacity */
}

static void test_take(void **state)
{
    struct ens_buf buf = ens_buf_new(10);

    (void)state;
    char *empty = ens_buf_take(&buf);
    assert_string_equal(empty, "");
    ens_free(empty);
    ens_buf_add(&buf, ENS_STR("a\0b"));
    char *text = ens_buf_take(&buf);
    assert_memory_equal(text, "a\0b", 4);
    assert_int_equal(buf.len, 0);
    ens_buf_add(&buf, ENS_STR("0123456789")); /* the maximum is kept */
    ens_buf_add_char(&buf, 'x');
    assert_true(ens_buf_failed(&buf));
    ens_free(text);
    ens_buf_done(&buf);
    ens_buf_done(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_grows), cmocka_unit_test(test_secret), cmocka_unit_test(test_extend),
        cmocka_unit_test(test_limit), cmocka_unit_test(test_prints), cmocka_unit_test(test_take),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
