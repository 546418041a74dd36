/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The result of instance_info, which changes nothing. Beside the members of every module
 * (module_output.h):
 *
 *     failed     the list has no answer, or no complete one; or an instance could not be read
 *     instances  what was found (objects of ensure.find/v1), in the cloud's order, absent if the
 *                list failed; or the instances that were asked for (objects of ensure.status/v1),
 * in the order asked
 */
#ifndef ENSURE_ANSIBLE_INFO_RESULT_H
#define ENSURE_ANSIBLE_INFO_RESULT_H

#include "ansible/args.h"
#include "base/buf.h"
#include "core/finding.h"
#include "core/result.h"

#define ENS_INFO_MAX ((size_t)256 * 1024 * 1024) /* bytes of a result */

/* Gathers what a find shows. */
struct ens_info_list {
    struct ens_buf instances; /* JSON */
    struct ens_buf failure;   /* one line; empty: there is none */
    struct ens_json json;
    size_t by_status[ENS_STATUS_COUNT];
};

void ens_info_list_begin(struct ens_info_list *list); /* the list must stay where it is */
void ens_info_list_done(struct ens_info_list *list);
void ens_info_list_add(struct ens_info_list *list, const struct ens_finding *finding);
void ens_info_list_fail(struct ens_info_list *list, const struct ens_find_failure *failure);

/* The result of a find, with its warnings, once it has ended. Returns whether it succeeded. */
bool ens_info_found(struct ens_buf *out, const struct ens_args *args, struct ens_info_list *list,
                    const ens_str *warnings, size_t warning_count);

/* The result of a read of named instances, of which ens_result_keep_read was called. Returns
 * whether all could be read. */
bool ens_info_read(struct ens_buf *out, const struct ens_args *args,
                   const struct ens_result *results, size_t count, const struct ens_job_end *end);

#endif
