/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attributes of a block: the table rows that describe them, the callbacks that rows point to, and
 * functions that read or write a value by its rows.
 */
#ifndef ENSURE_TERRAFORM_ATTRIBUTES_H
#define ENSURE_TERRAFORM_ATTRIBUTES_H

#include "core/finding.h"
#include "terraform/targets.h"

/* ---- attribute tables ------------------------------------------------------------------------ */

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
#define ENS_TF_REPLACES       16u  /* a change replaces the resource */
#define ENS_TF_STABLE         32u  /* computed at creation, then never changed */
#define ENS_TF_EMPTY_IS_UNSET 64u  /* the empty string means the same as null */
#define ENS_TF_CLOUD          128u /* the settings of the cloud of that name */

/* Validates a known string of the configuration. registry: the known clouds. */
typedef ens_rc ens_tf_check_fn(const struct ens_registry *registry, ens_str text, const char *where,
                               struct ens_diags *diags);

/* Returns the planned value of a computed attribute, which it has once the start has succeeded;
 * ENS_UNKNOWN if that can't be predicted. */
typedef struct ens_value ens_tf_plan_fn(struct ens_arena *arena,
                                        const struct ens_tf_targets *targets);

/* Returns the value of a computed attribute after a job. Inside an object list the report has one
 * instance. */
typedef struct ens_value ens_tf_fill_fn(struct ens_arena *arena,
                                        const struct ens_tf_report *report);

/* Returns the value of an attribute of an instance that a selector found. */
typedef struct ens_value ens_tf_show_fn(struct ens_arena *arena, const struct ens_finding *finding);

struct ens_tf_attribute {
    const char *name; /* NULL ends a table */
    enum ens_tf_type type;
    unsigned flags;
    const char *description;               /* Markdown, for editors and for the pages */
    const struct ens_tf_attribute *nested; /* rows of objects and blocks */
    ens_tf_check_fn *check;                /* of a string, or of each string of a set */
    int64_t least;                         /* of a number, a whole one from least to most */
    int64_t most;                          /* 0: no limits */
    ens_tf_plan_fn *plan;                  /* NULL: unknown until applied */
    ens_tf_fill_fn *fill;
    ens_tf_show_fn *show; /* NULL: null */
    size_t items_max;     /* of a set, which must not be empty then; 0: no limits */
    size_t setting;       /* offset in struct ens_cloud_settings, for rows of a cloud's settings */
};

/* Whether an EMPTY_IS_UNSET attribute is set; unknown counts as set. value may be NULL. */
bool ens_tf_is_set(const struct ens_value *value);

size_t ens_tf_attribute_count(const struct ens_tf_attribute *attributes);
const struct ens_tf_attribute *ens_tf_attribute_find(const struct ens_tf_attribute *attributes,
                                                     ens_str name);

/* ---- values of a block ----------------------------------------------------------------------- */

/* An object with all attributes of the rows, each null. */
struct ens_value ens_tf_null_object(struct ens_arena *arena,
                                    const struct ens_tf_attribute *attributes);

/* Sets every attribute of object whose row has a fill function, and every object list. */
void ens_tf_fill_computed(struct ens_arena *arena, const struct ens_tf_attribute *attributes,
                          const struct ens_tf_report *report, struct ens_value *object);

/* An object with what the rows show of an instance. Texts are copied, without what
 * controls a terminal (core/plain.h). */
struct ens_value ens_tf_show(struct ens_arena *arena, const struct ens_tf_attribute *attributes,
                             const struct ens_finding *finding);

/* The timeout in a block, in ms; at is "timeout", "create" or "update". 0: none is set. The value
 * was validated before. */
int64_t ens_tf_timeout(const struct ens_value *object, const char *at);

/* ---- callbacks of rows ----------------------------------------------------------------------- */

ens_tf_check_fn ens_tf_check_cloud;
ens_tf_check_fn ens_tf_check_region;
ens_tf_check_fn ens_tf_check_instance_id;
ens_tf_check_fn ens_tf_check_duration; /* core/duration.h */
ens_tf_check_fn ens_tf_check_preflight;
ens_tf_check_fn ens_tf_check_endpoint;
ens_tf_check_fn ens_tf_check_pattern;        /* of a guard: core/policy.h */
ens_tf_check_fn ens_tf_check_min_confidence; /* likewise */

ens_tf_plan_fn ens_tf_plan_target;     /* cloud/region/instance-id */
ens_tf_plan_fn ens_tf_plan_target_set; /* cloud/region/hash of the ids */
ens_tf_plan_fn ens_tf_plan_running;
ens_tf_plan_fn ens_tf_plan_all_running;

/* Values of the first instance of the report. */
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

/* Values over all instances. */
ens_tf_fill_fn ens_tf_fill_statuses;
ens_tf_fill_fn ens_tf_fill_none_refused;

ens_tf_show_fn ens_tf_show_target;
ens_tf_show_fn ens_tf_show_cloud;
ens_tf_show_fn ens_tf_show_region;
ens_tf_show_fn ens_tf_show_instance_id;
ens_tf_show_fn ens_tf_show_name;
ens_tf_show_fn ens_tf_show_status;
ens_tf_show_fn ens_tf_show_settled_status; /* as in a state (change.h): "running" when starting */
ens_tf_show_fn ens_tf_show_provider_status;
ens_tf_show_fn ens_tf_show_zone;
ens_tf_show_fn ens_tf_show_instance_type;
ens_tf_show_fn ens_tf_show_charge_type;
ens_tf_show_fn ens_tf_show_tags;
ens_tf_show_fn ens_tf_show_start_request_id; /* empty */

#endif
