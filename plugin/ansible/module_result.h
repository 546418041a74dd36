/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The result of instance_running. Beside the members of every module (module_output.h):
 *
 *     changed    a start was accepted (check mode: would be sent)
 *     failed     an instance was refused, failed or did not come up in time
 *     instances  plan objects (check mode) or apply objects, in the order asked
 *     diff       with --diff: a line per instance, before and after
 *     warnings   of the engine; in check mode also starts that could not be checked beforehand
 */
#ifndef ENSURE_ANSIBLE_MODULE_RESULT_H
#define ENSURE_ANSIBLE_MODULE_RESULT_H

#include "ansible/args.h"
#include "core/result.h"

/* The result of a job. Returns whether the run succeeded: false if any instance failed. */
bool ens_module_results(struct ens_buf *out, const struct ens_args *args,
                        const struct ens_result *results, size_t count,
                        const struct ens_job_end *end);

#endif
