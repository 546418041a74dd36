/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of instances: common code of read_find, and what narrows a list by its name. */
#ifndef ENSURE_KIT_FOUND_H
#define ENSURE_KIT_FOUND_H

#include "kit/reply.h"
#include "kit/request.h"

/* Names of the members of an instance in a list, beside those that a read has. NULL: the cloud has
 * no such member. */
struct kit_found_shape {
    const struct kit_instance_shape *instance;
    const char *region;
    const char *name;
    const char *zone;
    const char *instance_type;
    const char *charge_type;
    const char *group;  /* a text, */
    const char *groups; /* or a list of objects with these two members */
    const char *group_id;
    const char *group_name;
    const char *tags; /* path of a list, which may be missing */
    const char *tag_key;
    const char *tag_value;
};

/* Reads the instances of a list into ret->found. region: of all of them, where the shape has no
 * member for it. If one is malformed, there are none and the answer is marked malformed. */
void kit_read_found(const struct ens_memory *memory, const json_t *root,
                    const struct kit_found_shape *shape, ens_str region,
                    struct ens_find_result *ret);

bool kit_is_pattern(ens_str name); /* it has a '*' */

/* The longest run without '*' of a name, which each name that fits contains; empty: there is none.
 */
ens_str kit_longest_part(ens_str name);

#endif
