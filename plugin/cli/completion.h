/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shell completions (ensure completion SHELL): the templates of plugin/cli/completions, filled from
 * the tables of cli/options.h.
 *
 * A template line that begins with "%KIND " is repeated for each row of that kind:
 * "verb" for each verb, "words" for each verb whose arguments are known words, "files" for each
 * whose arguments may be files, and for each option of each verb "flag" (it takes no value),
 * "choice" (its values are known), "file" or "text". @NAME@ is replaced with a field of the row:
 * verb, summary, argument, options, words (of the verb); option, summary, argument, choices, short
 * (fish's " -s x", or nothing), names (a pattern of bash for verb and option in one word), both and
 * forms (of zsh's _arguments: "(-o --format)" and "{-o+,--format=}"). @verbs@ is the list of all
 * verbs.
 */
#ifndef ENSURE_CLI_COMPLETION_H
#define ENSURE_CLI_COMPLETION_H

#include "base/buf.h"

/* shell: bash, zsh or fish. */
void ens_completion_write(struct ens_buf *out, const char *shell);

/* The templates, embedded by CMake when the build is configured. */
extern const char ens_completion_bash[];
extern const char ens_completion_zsh[];
extern const char ens_completion_fish[];

#endif
