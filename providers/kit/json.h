/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON parsing with jansson. A document is owned by one function, in a KIT_AUTO_JSON, and freed
 * when that returns; results are copies of its strings.
 */
#ifndef ENSURE_KIT_JSON_H
#define ENSURE_KIT_JSON_H

#include <jansson.h>

#include "ensure/provider.h"

/* Deeper nesting is an error; no reply of a cloud has nearly as many levels. */
#define KIT_JSON_DEPTH_MAX 64u

void kit_json_freep(json_t **value);
#define KIT_AUTO_JSON __attribute__((cleanup(kit_json_freep))) json_t

/* The same for a document with keys: its texts are overwritten first. */
void kit_json_wipep(json_t **value);
#define KIT_SECRET_JSON __attribute__((cleanup(kit_json_wipep))) json_t

/* Repairs text (flags: see kit/json_repair.h) and parses it as one JSON object. Of members with the
 * same name the last counts. NULL: *error is a clause that continues "it is " or "the body is ",
 * such as "not JSON (line 3, column 7): '}' expected". It never quotes text, which may contain a
 * key. */
json_t *kit_json_object(const struct ens_memory *memory, ens_str text, unsigned flags,
                        ens_str *error);

/* A copy of a member of the object. Empty: there is none, or it has another type. */
ens_str kit_json_text(const struct ens_memory *memory, const json_t *object, const char *name);
ens_str kit_json_text_or_number(const struct ens_memory *memory, const json_t *object,
                                const char *name);

#endif
