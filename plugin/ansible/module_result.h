/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes the result of the module: one JSON object, which Ansible reads from its output. Pure.
 *
 *     changed    a start was accepted (check mode: would be sent)
 *     failed     an instance was refused, failed or did not come up in time
 *     msg        one line for the user
 *     instances  plan objects (check mode) or apply objects, in the order asked
 *     diff       with --diff: a line per instance, before and after
 *     warnings   of the engine; in check mode also starts that could not be checked beforehand
 *     invocation the arguments, secrets masked
 */
#ifndef ENSURE_ANSIBLE_MODULE_RESULT_H
#define ENSURE_ANSIBLE_MODULE_RESULT_H

#include "ansible/args.h"
#include "core/result.h"

/* The result of a job. Returns whether the run succeeded: false if any instance failed. */
bool ens_module_results(struct ens_buf *out, const struct ens_args *args,
                        const struct ens_result *results, size_t count,
                        const struct ens_job_end *end);

/* The result of a run that failed before its job began: invalid arguments, or a system error. */
void ens_module_failure(struct ens_buf *out, const struct ens_args *args,
                        const struct ens_diags *diags);

#endif
