/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conversion between the types of core and the messages of ensure.v1, in both directions. Pure:
 * used by the plugin process, which writes the messages, and by the host tool, which reads them.
 *
 * *_to_proto: every text is copied into the arena and made valid UTF-8. *_from_proto: slices point
 * into the message, which must outlive them; an unknown word or a malformed target is ENS_MALFORMED
 * with one diagnostic at where.
 */
#ifndef ENSURE_ENSURE_V1_CONVERT_H
#define ENSURE_ENSURE_V1_CONVERT_H

#include "core/capabilities.h"
#include "core/diagnosis.h"
#include "core/finding.h"
#include "core/policy.h"
#include "core/result.h"
#include "core/selector.h"
#include "ensure/v1/ensure.pb-c.h"

/* A copy of the text for a message. Constant words are copied too, because generated structs have
 * members of type char *, not const char *. */
char *ens_proto_text(struct ens_arena *arena, ens_str text);

void ens_result_to_proto(struct ens_arena *arena, const struct ens_result *result,
                         Ensure__V1__InstancePlan *ret);
ens_rc ens_result_from_proto(const Ensure__V1__InstancePlan *message, const char *where,
                             struct ens_result *ret, struct ens_diags *diags) ENS_MUST_USE;

/* Reads what an apply needs of a plan: target, action and client_token. All else may be empty. */
ens_rc ens_planned_from_proto(const Ensure__V1__InstancePlan *message, const char *where,
                              struct ens_result *ret, struct ens_diags *diags) ENS_MUST_USE;

/* Guards of a message; source is that of a guard that names none. The place in a diagnostic is
 * "policy[INDEX]". */
Ensure__V1__Guard **ens_policy_to_proto(struct ens_arena *arena, const struct ens_policy *policy,
                                        size_t *ret_count);
ens_rc ens_policy_from_proto(struct ens_arena *arena, Ensure__V1__Guard *const *list, size_t count,
                             const char *source, struct ens_policy *ret,
                             struct ens_diags *diags) ENS_MUST_USE;

/* created_at: RFC 3339, copied. */
void ens_summary_to_proto(struct ens_arena *arena, const struct ens_job_end *end,
                          ens_str created_at, Ensure__V1__Summary *ret);
/* Counts and warnings, which are copied into the arena; the guards are read by
 * ens_policy_from_proto. */
struct ens_job_end ens_summary_from_proto(struct ens_arena *arena,
                                          const Ensure__V1__Summary *message);

void ens_diagnoses_to_proto(struct ens_arena *arena, const struct ens_diagnoses *diagnoses,
                            Ensure__V1__DiagnoseResponse *ret);
/* The lists are in the arena. */
ens_rc ens_diagnoses_from_proto(struct ens_arena *arena,
                                const Ensure__V1__DiagnoseResponse *message, const char *where,
                                struct ens_diagnoses *ret, struct ens_diags *diags) ENS_MUST_USE;
void ens_finding_to_proto(struct ens_arena *arena, const struct ens_finding *finding,
                          Ensure__V1__FoundInstance *ret);
/* The list of tags is in the arena. */
ens_rc ens_finding_from_proto(struct ens_arena *arena, const Ensure__V1__FoundInstance *message,
                              const char *where, struct ens_finding *ret,
                              struct ens_diags *diags) ENS_MUST_USE;

void ens_find_failure_to_proto(struct ens_arena *arena, const struct ens_find_failure *failure,
                               Ensure__V1__FindFailure *ret);
ens_rc ens_find_failure_from_proto(const Ensure__V1__FindFailure *message, const char *where,
                                   struct ens_find_failure *ret,
                                   struct ens_diags *diags) ENS_MUST_USE;

void ens_selector_to_proto(struct ens_arena *arena, const struct ens_selector *selector,
                           Ensure__V1__Selector *ret);
/* Checks all but whether the cloud has a provider. Tags are copied into the arena. */
ens_rc ens_selector_from_proto(struct ens_arena *arena, const Ensure__V1__Selector *message,
                               const char *where, struct ens_selector *ret,
                               struct ens_diags *diags) ENS_MUST_USE;

void ens_capabilities_to_proto(struct ens_arena *arena, const struct ens_capabilities *capabilities,
                               Ensure__V1__GetCapabilitiesResponse *ret);
/* The lists are in the arena. */
struct ens_capabilities ens_capabilities_from_proto(
    struct ens_arena *arena, const Ensure__V1__GetCapabilitiesResponse *message);

#endif
