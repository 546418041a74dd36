/* SPDX-License-Identifier: Apache-2.0 */
/* Parser for INI files; results are slices of the text. */
#ifndef ENSURE_KIT_INI_H
#define ENSURE_KIT_INI_H

#include <stdbool.h>

#include "ensure/provider.h"

bool kit_ini_has(ens_str text, ens_str section);
/* The value of a key; empty if there is none. */
ens_str kit_ini_value(ens_str text, ens_str section, const char *key);

#endif
