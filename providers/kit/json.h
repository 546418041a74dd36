/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading JSON. What jansson makes of a text lives inside one reader, in a KIT_AUTO_JSON; only
 * copies of its strings leave it.
 */
#ifndef ENSURE_KIT_JSON_H
#define ENSURE_KIT_JSON_H

#include <jansson.h>

#include "ensure/provider.h"

/* Deeper nesting is not read: no cloud's answer comes near it. */
#define KIT_JSON_DEPTH_MAX 64u

void kit_json_freep(json_t **value);
#define KIT_AUTO_JSON __attribute__((cleanup(kit_json_freep))) json_t

/* The object that is the whole of text, once text was repaired (kit/json_repair.h, whose flags
 * these are). NULL: *error says why, as it goes on after "it is " or "the body is ": "not JSON
 * (line 3, column 7): '}' expected". It never quotes text, which may hold a key. Of members with
 * the same name the last counts. */
json_t *kit_json_object(const struct ens_memory *memory, ens_str text, unsigned flags,
                        ens_str *error);

/* Copies of a member. Empty: there is none, or it is of another type. */
ens_str kit_json_text(const struct ens_memory *memory, const json_t *object, const char *name);
ens_str kit_json_text_or_number(const struct ens_memory *memory, const json_t *object,
                                const char *name);

#endif
