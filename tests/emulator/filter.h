/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EMU_FILTER_H
#define EMU_FILTER_H

/* Filters of reads: parsed from parameters by a table per cloud, then compared with instances. All
 * filters of a call must match. */

#include "instance.h"
#include "message.h"

enum emu_field {
    EMU_FIELD_NONE, /* a parameter that is no filter and is parsed elsewhere */
    EMU_FIELD_STATUS,
    EMU_FIELD_NAME,
    EMU_FIELD_ZONE,
    EMU_FIELD_TYPE,
    EMU_FIELD_GROUP,
    EMU_FIELD_CHARGE,
    EMU_FIELD_TAG,
};

enum emu_form {
    EMU_ONE,     /* NAME=value */
    EMU_PATTERN, /* NAME=value, where '*' matches any run of characters */
    EMU_PART,    /* NAME=value, a substring of the instance's */
    EMU_LIST,    /* NAME.1=value, NAME.2=value; of a tag NAME.1.Key, NAME.1.Value[s.1] */
    EMU_COMMAS,  /* NAME=value,value; of a tag key:value */
};

/* A parameter of a read; the table ends with name NULL. */
struct emu_filter_rule {
    const char *name;
    enum emu_field field;
    enum emu_form form;
};

struct emu_filter {
    const struct emu_filter_rule *rule;
    int64_t number;  /* N of a tag NAME.N */
    ens_str key;     /* of a tag */
    ens_str *values; /* one of them has to match; none: the tag has to exist */
    size_t count;
};

struct emu_filters {
    struct ens_arena *arena;
    struct emu_filter *items;
    size_t count;
};

/* Adds the filter of a parameter, if it is one. false if no rule has its name, or the cloud has no
 * such status. */
bool emu_filters_add(struct emu_filters *filters, enum emu_cloud cloud,
                     const struct emu_filter_rule *rules, const struct ens_pair *param);
bool emu_filters_match(const struct emu_filters *filters, struct emu_instance *instance,
                       int64_t now_ms);

/* The most instances that the cloud shows, in all pages, of a read that is narrowed by these;
 * SIZE_MAX for any number. */
size_t emu_filters_most(const struct emu_filters *filters, enum emu_cloud cloud);

/* The value of a field of an instance; text of the arena, or of the instance. */
ens_str emu_trait(const struct emu_instance *instance, enum emu_field field,
                  struct ens_arena *arena);

#endif
