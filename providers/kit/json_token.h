/* SPDX-License-Identifier: Apache-2.0 */
/* The tokens of JSON whose form is not obvious, by RFC 8259. */
#ifndef ENSURE_KIT_JSON_TOKEN_H
#define ENSURE_KIT_JSON_TOKEN_H

#include <stdbool.h>

#include "ensure/provider.h"

/* The length of a number at the start of text; 0: there is none. *ret_fits: in 64 bits, or, with a
 * fraction or an exponent, in a double. */
size_t kit_json_number(ens_str text, bool *ret_fits);

/* The code unit of an escape "\uXXXX" at the start of text; -1: there is none. */
int kit_json_unit(ens_str text);

#endif
