/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the results of all modules have in common: one line of JSON, which Ansible reads from the
 * output of the module. Pure.
 *
 *     changed    whether a start was accepted
 *     failed     whether the task fails
 *     msg        one line for the user
 *     warnings   sentences; absent if there are none
 *     invocation the arguments, secrets masked; the last member
 */
#ifndef ENSURE_ANSIBLE_MODULE_OUTPUT_H
#define ENSURE_ANSIBLE_MODULE_OUTPUT_H

#include "ansible/args.h"
#include "base/buf.h"

#define ENS_MODULE_TEXT_MAX ((size_t)64 * 1024 * 1024) /* bytes of a text in the result */

/* A writer of pure ASCII: Ansible splits the output of a module into lines at Unicode line
 * separators too. */
struct ens_json ens_module_json(struct ens_buf *out);

void ens_module_bool(struct ens_json *json, const char *name, bool value);

/* The last member, and the end of the result. */
void ens_module_end(struct ens_json *json, const struct ens_args *args);

/* Appends "code CODE, request ID" to a list, without what is empty. */
void ens_module_add_reply(struct ens_buf *text, ens_str provider_code, ens_str request_id);

/* The result of a run that failed before its job began: invalid arguments, or a system error. */
void ens_module_failure(struct ens_buf *out, const struct ens_args *args,
                        const struct ens_diags *diags);

#endif
