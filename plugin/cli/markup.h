/* SPDX-License-Identifier: Apache-2.0 */
/* Text in XML and HTML documents. */
#ifndef ENSURE_CLI_MARKUP_H
#define ENSURE_CLI_MARKUP_H

#include "base/arena.h"
#include "base/buf.h"

/* Adds text as content of an element or a quoted attribute: made clean (cli/text.h), so that it has
 * no character that XML 1.0 forbids, and < > & " ' escaped. */
void ens_markup_text(struct ens_buf *out, ens_str text);

#endif
