/* SPDX-License-Identifier: Apache-2.0 */
/* secret.h */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/secret.h"

static void test_copy(void **state)
{
    char text[] = "s3cret";
    struct ens_secret secret = ens_secret_copy(ens_str_of(text));

    (void)state;
    text[0] = 'X';
    assert_true(ens_str_is(ens_secret_reveal(&secret), "s3cret"));
    ens_secret_done(&secret);
    assert_null(secret.ptr);
    assert_int_equal(ens_secret_reveal(&secret).len, 0);
    ens_secret_done(&secret);
}

static void test_equality(void **state)
{
    static const struct {
        const char *a;
        const char *b;
        bool same;
    } rows[] = {
        {"", "", true},         {"abc", "abc", true},    {"abc", "abd", false},
        {"xbc", "abc", false},  {"abc", "abcd", false},  {"", "a", false},
        {"\x80", "\x80", true}, {"\x80", "\x00", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct ens_secret a = ens_secret_copy(ens_str_of(rows[i].a));
        struct ens_secret b = ens_secret_copy(ens_str_of(rows[i].b));
        assert_int_equal(ens_secret_eq(&a, &b), rows[i].same);
        ens_secret_done(&a);
        ens_secret_done(&b);
    }
    struct ens_secret none = {0};
    struct ens_secret empty = ens_secret_copy(ENS_STR(""));
    assert_true(ens_secret_eq(&none, &empty));
    ens_secret_done(&empty);
}

/* The kernel's flags of the secret's pages contain "dd", which is MADV_DONTDUMP. */
static void test_not_dumped(void **state)
{
    struct ens_secret secret = ens_secret_copy(ENS_STR("s3cret"));
    FILE *maps = fopen("/proc/self/smaps", "r");
    char line[512];
    char start[32];
    bool inside = false;
    bool flagged = false;

    (void)state;
    assert_non_null(maps);
    (void)snprintf(start, sizeof(start), "%lx-", (unsigned long)(uintptr_t)secret.ptr);
    while (fgets(line, sizeof(line), maps) != NULL) {
        if (strncmp(line, start, strlen(start)) == 0) {
            inside = true;
        } else if (inside && strncmp(line, "VmFlags:", strlen("VmFlags:")) == 0) {
            flagged = strstr(line, " dd") != NULL;
            inside = false;
        }
    }
    (void)fclose(maps);
    assert_true(flagged);
    ens_secret_done(&secret);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_copy),
        cmocka_unit_test(test_equality),
        cmocka_unit_test(test_not_dumped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
