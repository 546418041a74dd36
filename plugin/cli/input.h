/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the arguments of the command line: targets, fleet files, a saved plan. */
#ifndef ENSURE_CLI_INPUT_H
#define ENSURE_CLI_INPUT_H

#include "cli/options.h"
#include "core/document.h"

/*
 * *ret is one document: a fleet of the targets in the order of the command line, without
 * duplicates, or of the shard of them that the options name, and of the selectors, which are not
 * resolved (cli/resolve.h) and can't be sharded; or, for apply, the saved plan that is
 * the only argument, and then *ret_plan is its path ("-" for standard input), else NULL. plan and
 * status accept the targets of any document. Each invalid argument is one diagnostic, also a file
 * with several mistakes.
 */
ens_rc ens_input_read(struct ens_arena *arena, const struct ens_options *options,
                      struct ens_document *ret, const char **ret_plan,
                      struct ens_diags *diags) ENS_MUST_USE;

/* What diagnostics call the file: its path, or "standard input". */
const char *ens_input_name(const char *path);

/* Reads the bytes of one file; "-" is standard input. */
ens_rc ens_input_text(const char *path, struct ens_buf *out, struct ens_diags *diags) ENS_MUST_USE;

/* For verbs that take documents alone: fails if the text is empty, or lines. expected: what they
 * take. */
ens_rc ens_input_check_document(ens_str text, const char *name, const char *expected,
                                struct ens_diags *diags) ENS_MUST_USE;

#endif
