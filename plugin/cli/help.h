/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Help texts and the manual page (ensure help --format man), generated from the tables of
 * cli/options.h.
 */
#ifndef ENSURE_CLI_HELP_H
#define ENSURE_CLI_HELP_H

#include "base/buf.h"
#include "cli/options.h"

void ens_help_overview(struct ens_buf *out);
void ens_help_verb(struct ens_buf *out, enum ens_verb verb);

/* format is one of those of the verb help. */
void ens_help_write(struct ens_buf *out, enum ens_format format);

#endif
