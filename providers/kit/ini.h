/* SPDX-License-Identifier: Apache-2.0 */
/* INI files, read in place. */
#ifndef ENSURE_KIT_INI_H
#define ENSURE_KIT_INI_H

#include <stdbool.h>

#include "ensure/provider.h"

bool kit_ini_has(ens_str text, ens_str section);
/* A slice of text; empty when there is no such key. */
ens_str kit_ini_value(ens_str text, ens_str section, const char *key);

#endif
