/*
 * What Terraform sees of the provider: one table per block, one row per attribute. The rows are the
 * only source of the schema on the wire (schema_wire.h), of the check of values (conform.h), of the
 * validation, of what a plan and a state hold (plan.h, state.h), and of the documentation pages. A
 * new attribute is a new row.
 *
 * Everything is static and const.
 */
#ifndef ENSURE_TERRAFORM_SCHEMA_H
#define ENSURE_TERRAFORM_SCHEMA_H

#include "core/result.h"
#include "loader/registry.h"
#include "terraform/value.h"

#define ENS_TF_INSTANCES_MAX 1000 /* in one block */

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

#define ENS_TF_REQUIRED  1u
#define ENS_TF_OPTIONAL  2u
#define ENS_TF_COMPUTED  4u
#define ENS_TF_SENSITIVE 8u
#define ENS_TF_REPLACES  16u /* a change makes a new object */
#define ENS_TF_STABLE    32u /* computed once, kept for the life of the object */

/* The instances that a block names, as far as they are known. */
struct ens_tf_request {
    ens_str cloud;
    ens_str region;
    const struct ens_target *targets; /* each once */
    size_t count;
    bool known; /* cloud, region and every id are known; else targets is empty */
};

/* What is known of one of them after a read or an apply. */
struct ens_tf_instance {
    struct ens_result result;
    ens_str start_request_id; /* of the accepted start; empty: none was needed */
};

/* In the order of the request's targets. */
struct ens_tf_report {
    const struct ens_tf_instance *instances;
    size_t count;
};

/* Whether a known text can be meant; registry tells which clouds there are. */
typedef ens_rc ens_tf_check_fn(const struct ens_registry *registry, ens_str text, const char *where,
                               struct ens_diags *diags);

/* What a computed attribute will be once the planned start has succeeded; unknown if that can't be
 * told. */
typedef struct ens_value ens_tf_plan_fn(struct ens_arena *arena,
                                        const struct ens_tf_request *request);

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

enum ens_tf_kind {
    ENS_TF_PROVIDER,
    ENS_TF_RESOURCE,
    ENS_TF_DATA_SOURCE,
    ENS_TF_ACTION,
};

struct ens_tf_schema {
    enum ens_tf_kind kind;
    bool dry_run;     /* data source: a plan with the clouds' dry runs; else it only reads */
    const char *name; /* such as "ensure_instance_running"; "ensure" for the provider */
    const char *description;
    const struct ens_tf_attribute *attributes;
};

#define ENS_TF_SCHEMA_COUNT 6
extern const struct ens_tf_schema ens_tf_schemas[ENS_TF_SCHEMA_COUNT];

extern const struct ens_tf_schema *const ens_tf_provider_schema;

/* NULL: there is none. */
const struct ens_tf_schema *ens_tf_schema_find(enum ens_tf_kind kind, ens_str name);

size_t ens_tf_attribute_count(const struct ens_tf_attribute *attributes);
const struct ens_tf_attribute *ens_tf_attribute_find(const struct ens_tf_attribute *attributes,
                                                     ens_str name);

#endif
