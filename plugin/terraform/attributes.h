/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attributes of a block: the rows that describe them, the functions that the rows point to, and
 * what is read from and written into a value by its rows.
 */
#ifndef ENSURE_TERRAFORM_ATTRIBUTES_H
#define ENSURE_TERRAFORM_ATTRIBUTES_H

#include "terraform/targets.h"

/* ---- rows ------------------------------------------------------------------------------------ */

enum ens_tf_type {
    ENS_TF_STRING,
    ENS_TF_NUMBER,
    ENS_TF_BOOL,
    ENS_TF_STRING_SET,
    ENS_TF_STRING_MAP,
    ENS_TF_OBJECT,      /* written as name = { ... } */
    ENS_TF_OBJECT_LIST, /* computed: one object per instance */
    ENS_TF_BLOCK,       /* written as name { ... } */
};

#define ENS_TF_REQUIRED       1u
#define ENS_TF_OPTIONAL       2u
#define ENS_TF_COMPUTED       4u
#define ENS_TF_SENSITIVE      8u
#define ENS_TF_REPLACES       16u /* a change makes a new object */
#define ENS_TF_STABLE         32u /* computed once, kept for the life of the object */
#define ENS_TF_EMPTY_IS_UNSET 64u /* the empty text means the same as null */

/* Whether a known text can be meant; registry tells which clouds there are. */
typedef ens_rc ens_tf_check_fn(const struct ens_registry *registry, ens_str text, const char *where,
                               struct ens_diags *diags);

/* What a computed attribute will be once the planned start has succeeded; unknown if that can't be
 * told. */
typedef struct ens_value ens_tf_plan_fn(struct ens_arena *arena,
                                        const struct ens_tf_targets *targets);

/* What a computed attribute is, by a report. Inside an object list the report is of one instance.
 */
typedef struct ens_value ens_tf_fill_fn(struct ens_arena *arena,
                                        const struct ens_tf_report *report);

struct ens_tf_attribute {
    const char *name; /* NULL ends a table */
    enum ens_tf_type type;
    unsigned flags;
    const char *description;               /* Markdown, for editors and for the pages */
    const struct ens_tf_attribute *nested; /* rows of objects and blocks */
    ens_tf_check_fn *check;                /* of a string, or of each string of a set */
    ens_tf_plan_fn *plan;                  /* NULL: unknown until applied */
    ens_tf_fill_fn *fill;
    size_t items_max; /* of a set, which then needs one at least; 0: no limits */
    size_t setting;   /* of a cloud's settings: offset in struct ens_cloud_settings */
};

/* Of an attribute that is EMPTY_IS_UNSET. Unknown is set. value may be NULL. */
bool ens_tf_is_set(const struct ens_value *value);

size_t ens_tf_attribute_count(const struct ens_tf_attribute *attributes);
const struct ens_tf_attribute *ens_tf_attribute_find(const struct ens_tf_attribute *attributes,
                                                     ens_str name);

/* ---- values of a block ----------------------------------------------------------------------- */

/* An object of the rows with nothing but nulls. */
struct ens_value ens_tf_null_object(struct ens_arena *arena,
                                    const struct ens_tf_attribute *attributes);

/* Sets every attribute of object that a report fills. */
void ens_tf_fill_computed(struct ens_arena *arena, const struct ens_tf_attribute *attributes,
                          const struct ens_tf_report *report, struct ens_value *object);

/* The time that a block allows, checked before: at is "timeout", "create" or "update". 0: it says
 * nothing. */
int64_t ens_tf_timeout(const struct ens_value *object, const char *at);

/* ---- what rows point to: checks, values of a plan, values of a report ------------------------ */

ens_tf_check_fn ens_tf_check_cloud;
ens_tf_check_fn ens_tf_check_region;
ens_tf_check_fn ens_tf_check_instance_id;
ens_tf_check_fn ens_tf_check_duration; /* core/duration.h */
ens_tf_check_fn ens_tf_check_preflight;
ens_tf_check_fn ens_tf_check_endpoint;

ens_tf_plan_fn ens_tf_plan_target;     /* cloud/region/instance-id */
ens_tf_plan_fn ens_tf_plan_target_set; /* cloud/region/hash of the ids */
ens_tf_plan_fn ens_tf_plan_running;
ens_tf_plan_fn ens_tf_plan_all_running;

/* Of the first instance. */
ens_tf_fill_fn ens_tf_fill_target;
ens_tf_fill_fn ens_tf_fill_status;
ens_tf_fill_fn ens_tf_fill_provider_status;
ens_tf_fill_fn ens_tf_fill_action;
ens_tf_fill_fn ens_tf_fill_confidence;
ens_tf_fill_fn ens_tf_fill_reason;
ens_tf_fill_fn ens_tf_fill_message;
ens_tf_fill_fn ens_tf_fill_advice;
ens_tf_fill_fn ens_tf_fill_provider_code;
ens_tf_fill_fn ens_tf_fill_http_status;
ens_tf_fill_fn ens_tf_fill_request_id;
ens_tf_fill_fn ens_tf_fill_start_request_id;

/* Of all. */
ens_tf_fill_fn ens_tf_fill_statuses;
ens_tf_fill_fn ens_tf_fill_none_refused;

#endif
