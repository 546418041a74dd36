/* SPDX-License-Identifier: Apache-2.0 */
/* The user's text quoted in a diagnostic: sanitized and truncated. */
#ifndef ENSURE_CORE_QUOTE_H
#define ENSURE_CORE_QUOTE_H

#include "base/str.h"

#define ENS_QUOTE_MAX 80 /* characters; a longer text is truncated, with "..." appended */

struct ens_quote {
    char text[ENS_QUOTE_MAX * 4 + sizeof("...")]; /* of UTF-8 */
};

/* Characters that are not visible (ens_plain_is_shown) become '?'. Use it inside the call of the
 * formatting function: ens_quoted(text).text */
struct ens_quote ens_quoted(ens_str text);

#endif
