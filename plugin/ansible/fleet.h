/* SPDX-License-Identifier: Apache-2.0 */
/* The results of a run together, and sentences about those of them that have a reason in common. */
#ifndef ENSURE_ANSIBLE_FLEET_H
#define ENSURE_ANSIBLE_FLEET_H

#include "ansible/args.h"
#include "base/buf.h"
#include "core/result.h"

struct ens_fleet {
    const struct ens_args *args;
    const struct ens_result *results;
    size_t count;
};

typedef bool ens_select_fn(const struct ens_args *args, const struct ens_result *result);

bool ens_fleet_any(const struct ens_fleet *fleet, ens_select_fn *selected);

/* Appends "i-1, i-2: message and advice of the first (reason, code, request id)", or nothing if no
 * selected instance has the reason. */
void ens_fleet_add_reason(struct ens_buf *text, const struct ens_fleet *fleet,
                          ens_select_fn *selected, enum ens_reason reason);

/* The same for every reason, each after "; ". */
void ens_fleet_add_reasons(struct ens_buf *text, const struct ens_fleet *fleet,
                           ens_select_fn *selected);

#endif
