/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/leave.h"

static void test_answers(void **state)
{
    static const struct {
        int64_t max_starts;
        size_t undecided;
        size_t wanted;
        enum ens_leave_answer answer;
    } rows[] = {
        {0, 0, 0, ENS_LEAVE_GIVEN}, /* no target asks */
        {0, 1, 0, ENS_LEAVE_WAIT},
        {0, 0, 1, ENS_LEAVE_REFUSED},
        {2, 0, 2, ENS_LEAVE_GIVEN},
        {2, 1, 1, ENS_LEAVE_GIVEN}, /* whatever the last one wants */
        {2, 1, 2, ENS_LEAVE_WAIT},
        {2, 0, 3, ENS_LEAVE_REFUSED},
        {2, 7, 3, ENS_LEAVE_WAIT}, /* refused, and told when all are counted */
        {ENS_STARTS_MAX, 100000, 0, ENS_LEAVE_GIVEN},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        const struct ens_guard limit = {.max_starts = rows[i].max_starts};
        const struct ens_leave leave = {&limit, rows[i].undecided, rows[i].wanted};
        if (ens_leave_answer(&leave) != rows[i].answer) {
            fail_msg("row %zu: %d", i, (int)ens_leave_answer(&leave));
        }
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(test_answers)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
