/* SPDX-License-Identifier: Apache-2.0 */
/* What "ensure explain" prints. The Markdown of all reasons is the page .github/REASONS.md. */
#ifndef ENSURE_CLI_REASONS_H
#define ENSURE_CLI_REASONS_H

#include "cli/style.h"
#include "core/explain.h"

void ens_reasons_text(struct ens_buf *out, const struct ens_explanation *items, size_t count,
                      const struct ens_style *style);
void ens_reasons_markdown(struct ens_buf *out, const struct ens_explanation *items, size_t count);

#endif
