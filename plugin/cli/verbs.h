/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verbs. Each returns the exit code of the process; messages to the user go into the
 * diagnostics, which main() prints.
 */
#ifndef ENSURE_CLI_VERBS_H
#define ENSURE_CLI_VERBS_H

#include "cli/exit_code.h"
#include "cli/options.h"
#include "core/diagnosis.h"

enum ens_exit_code ens_verb_plan(struct ens_arena *arena, const struct ens_options *options,
                                 struct ens_diags *diags);
enum ens_exit_code ens_verb_apply(struct ens_arena *arena, const struct ens_options *options,
                                  struct ens_diags *diags);
enum ens_exit_code ens_verb_status(struct ens_arena *arena, const struct ens_options *options,
                                   struct ens_diags *diags);
enum ens_exit_code ens_verb_doctor(struct ens_arena *arena, const struct ens_options *options,
                                   struct ens_diags *diags);
/* Prints what doctor found out, and adds its warnings to the diagnostics. */
ens_rc ens_verb_doctor_print(enum ens_format format, const struct ens_diagnoses *diagnoses,
                             struct ens_diags *diags) ENS_MUST_USE;
enum ens_exit_code ens_verb_find(struct ens_arena *arena, const struct ens_options *options,
                                 struct ens_diags *diags);
enum ens_exit_code ens_verb_wait(struct ens_arena *arena, const struct ens_options *options,
                                 struct ens_diags *diags);
enum ens_exit_code ens_verb_merge(struct ens_arena *arena, const struct ens_options *options,
                                  struct ens_diags *diags);
enum ens_exit_code ens_verb_show(struct ens_arena *arena, const struct ens_options *options,
                                 struct ens_diags *diags);
enum ens_exit_code ens_verb_explain(struct ens_arena *arena, const struct ens_options *options,
                                    struct ens_diags *diags);
enum ens_exit_code ens_verb_providers(struct ens_arena *arena, const struct ens_options *options,
                                      struct ens_diags *diags);

#endif
