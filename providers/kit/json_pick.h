/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Leaves out the members of a JSON text that its reader does not use: an instance has some sixty
 * members, of which a read uses three, and jansson takes its time for each.
 */
#ifndef ENSURE_KIT_JSON_PICK_H
#define ENSURE_KIT_JSON_PICK_H

#include "ensure/provider.h"

/* A copy of an object without the members, at any depth, whose name is not one of names (joined by
 * ' '), and without those of a name that ends in '?' there if their value is an empty object or
 * list, or has only such in it (of two of an object one may be kept). What is left out has been
 * checked: with KIT_REPAIR_CONTROLS, kit_json_object() accepts the copy if and only if it accepts
 * text. A text that it would refuse, and one with a name that has an escape or a NUL, is returned
 * as it is. */
ens_str kit_json_pick(const struct ens_memory *memory, ens_str text, const char *names);

#endif
