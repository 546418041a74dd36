/* SPDX-License-Identifier: Apache-2.0 */
/* What has to hold for kit_json_pick() on any text. */
#ifndef ENSURE_TESTS_PICK_H
#define ENSURE_TESTS_PICK_H

#include "ensure/provider.h"

/* Picks from text, and compares with jansson's document of the whole text, without the members that
 * are not named. NULL, or what is wrong. */
const char *test_pick_fault(const struct ens_memory *memory, ens_str text, const char *names);

#endif
