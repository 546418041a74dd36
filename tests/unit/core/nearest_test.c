/* SPDX-License-Identifier: Apache-2.0 */
/* Which known word is suggested for a mistyped one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rc.h"
#include "core/nearest.h"

#define LONGEST "abcdefghijklmnopqrstuvwxyzabcdefabcdefghijklmnopqrstuvwxyzabcdef"

static void test_words(void **state)
{
    static const char *const known[] = {"plan",       "apply",   "status",
                                        "volcengine", "timeout", LONGEST};
    static const struct {
        const char *word;
        const char *best; /* "": none */
    } rows[] = {
        {"plna", "plan"},
        {"plann", "plan"},
        {"aply", "apply"},
        {"statsu", "status"},
        {"volcengin", "volcengine"},
        {"volcengien", "volcengine"},
        {"tiemout", "timeout"},
        {"azure", ""},
        {"gcp", ""},
        {"", ""},
        {"tout", ""},
        {LONGEST, LONGEST}, /* at ENS_NEAREST_WORD_MAX */
        {LONGEST "a", ""},  /* one more */
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        struct ens_nearest nearest = ens_nearest_begin(ens_str_of(rows[i].word));
        for (size_t j = 0; j < ENS_COUNT(known); j++) {
            ens_nearest_try(&nearest, ens_str_of(known[j]));
        }
        assert_true(ens_str_is(nearest.best, rows[i].best));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_words)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
