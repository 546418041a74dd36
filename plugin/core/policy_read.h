/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Readers and a writer of a policy as JSON. As an object of settings (files, fleets, libensure's
 * configuration, Ansible):
 *   {"max_starts": 5, "allow": ["alibaba/cn-hangzhou/i-1"], "deny": [], "min_confidence":
 * "validated", "audit_required": true} and as the list of guards that a document holds: [{"rule",
 * "value", "source"}]. Reading is strict: an unknown key or a wrong value is an error that names
 * the place and the key. Pure.
 */
#ifndef ENSURE_CORE_POLICY_READ_H
#define ENSURE_CORE_POLICY_READ_H

#include "core/json.h"
#include "core/policy.h"

#define ENS_POLICY_FILE_MAX ((size_t)1024 * 1024) /* bytes of a policy file */

struct json_t; /* jansson's */

/* Each adds to *policy what it reads. where is the place in diagnostics; source is that of the
 * guards. */
ens_rc ens_policy_read_text(struct ens_arena *arena, ens_str text, const char *file,
                            struct ens_policy *policy, struct ens_diags *diags) ENS_MUST_USE;
ens_rc ens_policy_read_object(struct ens_arena *arena, const struct json_t *object, ens_str source,
                              const char *where, struct ens_policy *policy,
                              struct ens_diags *diags) ENS_MUST_USE;
ens_rc ens_policy_read_list(struct ens_arena *arena, const struct json_t *list, const char *where,
                            struct ens_policy *policy, struct ens_diags *diags) ENS_MUST_USE;

/* Write the guard's value, or the list, as the next value. */
void ens_policy_write_value(struct ens_json *json, const struct ens_guard *guard);
void ens_policy_write_list(struct ens_json *json, const struct ens_policy *policy);

#endif
