/* SPDX-License-Identifier: Apache-2.0 */
/* Reading replies: what the readers of all three clouds have in common. */
#ifndef ENSURE_KIT_REPLY_H
#define ENSURE_KIT_REPLY_H

#include <stdbool.h>

#include "kit/json.h"

/* The most elements that a list in a reply may have. */
#define KIT_LIST_MAX ((size_t)1000)

bool kit_reply_is_success(const struct ens_http_reply *reply); /* HTTP 2xx */

/* Marks the answer as malformed; the detail is one clause. */
void kit_malformed(struct ens_answer *answer, ens_str detail);

/* The object in the body, repaired where that is needed. NULL: there is none, and the answer is
 * malformed unless the body is empty and may be (that of a refusal always may), or is a refusal in
 * the cloud's XML: then the answer has its code. */
json_t *kit_reply_object(const struct ens_memory *memory, const struct ens_http_reply *reply,
                         bool may_be_empty, struct ens_answer *answer);

/* The list at a path of names joined by '.', or NULL with the answer malformed. */
const json_t *kit_reply_list(const struct ens_memory *memory, const json_t *object,
                             const char *path, struct ens_answer *answer);

/* A member of an element of a list. False: it isn't there or isn't text (an id: is empty), and the
 * answer is malformed. */
bool kit_item_text(const struct ens_memory *memory, const json_t *item, const char *name,
                   struct ens_answer *answer, ens_str *ret);
bool kit_item_id(const struct ens_memory *memory, const json_t *item, const char *name,
                 struct ens_answer *answer, ens_str *ret);

/* Says in the detail of a malformed answer which element of the list it is about. */
void kit_malformed_at(const struct ens_memory *memory, const char *path, size_t index,
                      struct ens_answer *answer);

/* How a cloud writes instances. */
struct kit_instance_shape {
    const char *path; /* of the list */
    const char *id;
    const char *status;
    const char *expiry; /* RFC 3339; may be missing or null */
    /* What is special to the cloud; may be NULL. False: the answer is malformed. */
    bool (*read_more)(const struct ens_memory *memory, const json_t *item,
                      struct ens_answer *answer, struct ens_observation *observation);
};

/* The observations in a reply: all of them, or none and the answer is malformed. */
void kit_read_instances(const struct ens_memory *memory, const json_t *root,
                        const struct kit_instance_shape *shape, struct ens_describe_result *ret);

/* Takes the mark of the page after this one (empty: this was the last). A mark that was just used
 * would never end, so it is malformed. */
void kit_read_next_page(const struct ens_call_spec *call, ens_str mark,
                        struct ens_describe_result *ret);

/* Room for what became of count ids, for ret->items; the elements are zeroed but for their size. */
struct ens_start_item *const *kit_start_items_new(const struct ens_memory *memory, size_t count);

#endif
