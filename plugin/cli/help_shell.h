/* Completions, one function per shell. */
#ifndef ENSURE_CLI_HELP_SHELL_H
#define ENSURE_CLI_HELP_SHELL_H

#include "base/buf.h"

void ens_help_bash(struct ens_buf *out);
void ens_help_zsh(struct ens_buf *out);
void ens_help_fish(struct ens_buf *out);

#endif
