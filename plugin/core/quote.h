/* SPDX-License-Identifier: Apache-2.0 */
/* A person's own text, made fit to be repeated inside a diagnostic, and cut. */
#ifndef ENSURE_CORE_QUOTE_H
#define ENSURE_CORE_QUOTE_H

#include "base/str.h"

#define ENS_QUOTE_MAX 80 /* characters; what is longer ends with "..." */

struct ens_quote {
    char text[ENS_QUOTE_MAX * 4 + sizeof("...")]; /* of UTF-8 */
};

/* What core/plain.h would not show, tab and line feed too, becomes '?'. Use it in place:
 * ens_quoted(text).text */
struct ens_quote ens_quoted(ens_str text);

#endif
