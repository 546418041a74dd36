/* SPDX-License-Identifier: Apache-2.0 */
/* Common code of the clouds' reply readers. */
#ifndef ENSURE_KIT_REPLY_H
#define ENSURE_KIT_REPLY_H

#include <stdbool.h>

#include "kit/json.h"

/* The most elements that a list in a reply may have. */
#define KIT_LIST_MAX ((size_t)1000)

bool kit_reply_is_success(const struct ens_http_reply *reply); /* HTTP 2xx */

/* Marks the answer as malformed; the detail is one clause. */
void kit_malformed(struct ens_answer *answer, ens_str detail);

/* Parses the body as a JSON object, after repair, with the members of these names (joined by ' ')
 * at any depth; NULL: with all. Returns NULL if it is something else. Then the answer is marked
 * malformed, with two exceptions: an empty body, if may_be_empty or the HTTP status is an
 * error; and an error in the cloud's XML format, whose code is put into the answer. */
json_t *kit_reply_object(const struct ens_memory *memory, const struct ens_http_reply *reply,
                         const char *names, bool may_be_empty, struct ens_answer *answer);

/* The value at a path of member names joined by '.'; NULL: there is none. */
const json_t *kit_json_at(const json_t *object, const char *path);

/* The list at such a path; NULL: there is none, and the answer is marked
 * malformed. */
const json_t *kit_reply_list(const struct ens_memory *memory, const json_t *object,
                             const char *path, struct ens_answer *answer);

/* Reads a string member of an element of a list; an id must not be empty. False: it is missing or
 * has another type, and the answer is marked malformed. */
bool kit_item_text(const struct ens_memory *memory, const json_t *item, const char *name,
                   struct ens_answer *answer, ens_str *ret);
bool kit_item_id(const struct ens_memory *memory, const json_t *item, const char *name,
                 struct ens_answer *answer, ens_str *ret);

/* Prepends the position in the list to the detail of a malformed answer. */
void kit_malformed_at(const struct ens_memory *memory, const char *path, size_t index,
                      struct ens_answer *answer);

/* Names of the members of an instance in a cloud's reply. */
struct kit_instance_shape {
    const char *path; /* of the list */
    const char *id;
    const char *status;
    const char *expiry; /* RFC 3339; may be missing or null */
    /* Reads members that only this cloud has; may be NULL. False: the answer is malformed. */
    bool (*read_more)(const struct ens_memory *memory, const json_t *item,
                      struct ens_answer *answer, struct ens_observation *observation);
};

/* Reads one instance. False: it is malformed, and the answer is marked so. */
bool kit_read_instance(const struct ens_memory *memory, const json_t *item,
                       const struct kit_instance_shape *shape, struct ens_answer *answer,
                       struct ens_observation *ret);

/* Reads the instances of a reply into ret->observations. If one is malformed, there are none and
 * the answer is marked malformed. */
void kit_read_instances(const struct ens_memory *memory, const json_t *root,
                        const struct kit_instance_shape *shape, struct ens_describe_result *ret);

/* Sets *ret to the mark of the next page; empty: this was the last. The mark of the page just read
 * would lead to an endless loop, so it is malformed. */
void kit_read_next_page(const struct ens_call_spec *call, ens_str mark, struct ens_answer *answer,
                        ens_str *ret);

/* An array of count items for ens_start_result.items, zeroed but for their struct_size. */
struct ens_start_item *const *kit_start_items_new(const struct ens_memory *memory, size_t count);

#endif
