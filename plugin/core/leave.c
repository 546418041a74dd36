/* SPDX-License-Identifier: Apache-2.0 */
#include "core/leave.h"

enum ens_leave_answer ens_leave_answer(const struct ens_leave *leave)
{
    const size_t most = (size_t)leave->limit->max_starts;

    if (leave->wanted + leave->undecided <= most) {
        return ENS_LEAVE_GIVEN;
    }
    return leave->undecided > 0 ? ENS_LEAVE_WAIT : ENS_LEAVE_REFUSED;
}
