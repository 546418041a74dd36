/* SPDX-License-Identifier: Apache-2.0 */
/* What the arguments name: targets, fleet files, a saved plan. */
#ifndef ENSURE_CLI_INPUT_H
#define ENSURE_CLI_INPUT_H

#include "cli/options.h"
#include "core/document.h"

/*
 * All of them as one document: a fleet of targets in the order of the command line, each once; or,
 * for apply, the saved plan that is the only argument, and then *ret_plan is its path ("-" for
 * standard input), else NULL. plan and status take the targets of any document. Every bad argument
 * is a diagnostic; of a file, its first mistake.
 */
ens_rc ens_input_read(struct ens_arena *arena, const struct ens_options *options,
                      struct ens_document *ret, const char **ret_plan,
                      struct ens_diags *diags) ENS_MUST_USE;

/* The document or fleet in one file; "-" is standard input. */
ens_rc ens_input_document(struct ens_arena *arena, const char *path, struct ens_document *ret,
                          struct ens_diags *diags) ENS_MUST_USE;

#endif
